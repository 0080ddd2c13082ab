"""The sheet of an assignment: what the grader knows of each cell from the author's source notebook."""

import ast
import builtins
import re
from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import is_grade, is_solution, is_task

from courses.exchange.cells import grade_id

PLACE = r"[\w.-]{0,12}"
ERRORS = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)}


@dataclass(frozen=True)
class Sheet:
    """`cells` are the source's nbgrader cells as the gradebook has them: solutions taken out, tests whole."""

    notebook: NotebookNode
    cells: dict[str, NotebookNode] = field(default_factory=dict)

    @classmethod
    def of(cls, source: NotebookNode) -> "Sheet":
        notebook = deepcopy(source)
        for step in (ClearSolutions(), LockCells(), ComputeChecksums()):
            notebook, _ = step.preprocess(notebook, {})
        return cls(notebook, {name: cell for cell in notebook.cells if (name := grade_id(cell))})

    def is_test(self, name: str) -> bool:
        """Whether it is a test: code that is graded and that the learner does not write."""
        cell = self.cells.get(name)
        return cell is not None and cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)

    def is_hidden(self, name: str, seen: NotebookNode | None) -> bool:
        """Whether the learner's copy of the cell, if any, shows less than the source does."""
        return seen is None or seen.source != self.cells[name].source

    @property
    def questions(self) -> list[str]:
        """The cells that count, in order."""
        return [name for name, cell in self.cells.items() if is_grade(cell) or is_task(cell)]

    @property
    def modules(self) -> list[str]:
        """The modules that tests and other locked cells import."""
        locked = [cell for cell in self.cells.values() if cell.cell_type == "code" and not is_solution(cell)]
        found = [name for cell in locked for node in _nodes(cell.source) for name in _imported(node)]
        return list(dict.fromkeys(found))

    def hint(self, name: str, said: str) -> str:
        """The author's own sentence of a failed test. Anything else may be the learner's doing and is not shown."""
        nodes = [node for node in _nodes(self.cells[name].source) if isinstance(node, ast.Assert)]
        patterns = (_sentence(node.msg) for node in nodes)
        return said if any(pattern and re.fullmatch(pattern, said) for pattern in patterns) else ""

    def gives_part(self, name: str) -> bool:
        """Whether the test ends with an expression, whose value can be a score in part."""
        try:
            body = ast.parse(self.cells[name].source).body
        except SyntaxError:
            return True
        return bool(body) and isinstance(body[-1], ast.Expr)


def _nodes(source: str) -> list[ast.AST]:
    """The parts of a cell's code; none when it holds magics, which are no Python."""
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return []


def _sentence(message: ast.expr | None) -> str:
    """A pattern for what an assertion says; a place in it can hold a short word and no text of a hidden test."""
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    known = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else PLACE for part in parts]
    return "".join(known) if known != [PLACE] else ""


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
