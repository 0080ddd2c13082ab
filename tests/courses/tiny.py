"""A tiny course on disk, with a real lesson, a real assignment and a French translation, for the tests."""

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from courses import notebook, translation

TOML = """
[course]
id = "tiny"
convention = "basel"
version = "1.0.0"
level = "introductory"
hours = 1.5
authors = ["Regional Centre"]
prerequisites = []
date = 2026-11-23
[course.title]
en = "A tiny course"
fr = "Un très petit cours"
[course.summary]
en = "What it is about."
[course.outcomes]
en = ["Tell hazardous waste from other waste"]
[[course.citations]]
title = "Basel Convention, Article 1"
url = "https://www.basel.int/"
[[lesson]]
id = "classify"
file = "classify.ipynb"
title = { en = "Is it hazardous waste?", fr = "Est-ce un déchet dangereux ?" }
[[assignment]]
id = "task"
file = "task.ipynb"
title = { en = "Classify three shipments" }
"""


def graded(cell: NotebookNode, name: str, *, points: float | None = None, **what: bool) -> NotebookNode:
    """A cell with nbgrader's metadata."""
    known: dict[str, Any] = {"schema_version": 3, "grade_id": name, "task": False}
    known |= {key: what.get(key, False) for key in ("grade", "solution", "locked")}
    cell.metadata["nbgrader"] = known | ({} if points is None else {"points": points})
    return cell


def prose(source: str) -> NotebookNode:
    made: NotebookNode = v4.new_markdown_cell(source)
    return made


def code(source: str) -> NotebookNode:
    made: NotebookNode = v4.new_code_cell(source)
    return made


def book(*cells: NotebookNode) -> NotebookNode:
    """A notebook for Python of those cells, whose ids are `c0`, `c1` …"""
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: NotebookNode = v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
    return made


def lesson() -> NotebookNode:
    return book(
        prose("# Is it waste?\n\nRead [Article 1](https://www.basel.int/) and `Annex I`.\n\n- One\n- Two"),
        code('# Look up the code.\ncode = "A1180"  # of e-waste\ncode'),
    )


def task() -> NotebookNode:
    solution = """def answer(code):
    # Say yes or no.
    ### BEGIN SOLUTION
    return code[0] == "A"
    ### END SOLUTION"""
    tests = """# Visible
assert answer("A1180")
### BEGIN HIDDEN TESTS
assert not answer("B1110")
### END HIDDEN TESTS"""
    return book(
        graded(prose("Write a function."), "intro", locked=True),
        graded(code(solution), "answer", solution=True),
        graded(code(tests), "test_answer", grade=True, locked=True, points=3),
        graded(prose("The model answer"), "why", grade=True, solution=True, points=2),
    )


FRENCH = {
    "Is it waste?": "Est-ce un déchet ?",
    "Read [Article 1](https://www.basel.int/) and `Annex I`.": (
        "Lisez [l'article 1](https://www.basel.int/) et `Annex I`."
    ),
    "Look up the code.": "Cherchez le code.",
}


def write(path: Path, made: NotebookNode) -> None:
    nbformat.validate(made)
    path.write_text(notebook.dump(made), encoding="utf-8")


def course(content: Path, toml: str = TOML) -> Path:
    """Write the tiny course into a content folder; its folder."""
    folder = content / "tiny"
    (folder / "locale" / "fr").mkdir(parents=True)
    (folder / "course.toml").write_text(toml, encoding="utf-8")
    write(folder / "classify.ipynb", lesson())
    write(folder / "task.ipynb", task())
    file = translation.path(folder, "fr", "classify")
    made = translation.update(lesson(), translation.read(file, "fr"))
    for entry in made:
        entry.msgstr = FRENCH.get(entry.msgid, "")
    made.save(str(file))
    return folder
