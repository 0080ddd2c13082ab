"""A small real course for the tests, made by nbgrader's own preprocessors as a release makes it."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

COURSE, ITEM, LESSON = "e-waste", "classify", "what-is-waste"
HIDDEN = """word = 'waste'
assert threshold(2000) == word, f'{word} \u2717 \u2192 1.3'
assert all([threshold(1001) == word, len(word) == 5]), 'Look again at amounts above the threshold.'"""
SOLUTION = "def threshold(amount):\n    return 'waste' if amount > 1000 else 'product'"
STUBS = {"en": "# YOUR CODE HERE\nraise NotImplementedError()", "fr": "# Votre code ici.\nraise NotImplementedError()"}


def marked(grade_id: str, *, grade: bool = False, solution: bool = False, points: float = 0) -> dict[str, Any]:
    """nbgrader's metadata of a cell."""
    marks: dict[str, Any] = {"grade_id": grade_id, "grade": grade, "solution": solution, "locked": not solution}
    marks |= {"schema_version": 3, "task": False} | ({"points": points} if grade else {})
    return {"nbgrader": marks}


def source(title: str = "Is it waste?") -> NotebookNode:
    """An assignment with a tested question, a question scored in part, and an essay for a person."""
    made: NotebookNode = new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        cells=[
            new_markdown_cell(f"# {title}\n\n## Question 1", metadata=marked("intro"), id="intro"),
            new_code_cell(
                f"### BEGIN SOLUTION\n{SOLUTION}\n### END SOLUTION", metadata=marked("q1", solution=True), id="q1"
            ),
            new_code_cell(
                "assert threshold(1) == 'product'\n### BEGIN HIDDEN TESTS\n" + HIDDEN + "\n### END HIDDEN TESTS",
                metadata=marked("q1-test", grade=True, points=4),
                id="q1-test",
            ),
            new_markdown_cell("## Question 2", id="h2"),
            new_code_cell(
                "### BEGIN SOLUTION\nshare = 3\n### END SOLUTION", metadata=marked("q2", solution=True), id="q2"
            ),
            new_code_cell("min(share, 2)", metadata=marked("q2-test", grade=True, points=2), id="q2-test"),
            new_markdown_cell("## Question 3", id="h3"),
            new_markdown_cell(
                "Because it is discarded.", metadata=marked("q3", grade=True, solution=True, points=4), id="q3"
            ),
        ],
    )
    return made


def student(made_from: NotebookNode, version: str, language: str) -> NotebookNode:
    """The learner's copy of a source notebook."""
    notebook = deepcopy(made_from)
    steps = [
        LockCells(),
        ClearSolutions(code_stub={"python": STUBS[language]}),
        ClearHiddenTests(),
        ClearMarkScheme(),
        ComputeChecksums(),
    ]
    for step in steps:
        notebook, _ = step.preprocess(notebook, {})
    if language == "fr":
        for cell in notebook.cells:
            cell.source = cell.source.replace("Is it waste?", "Est-ce un déchet ?")
    stamp = {"course": COURSE, "item": ITEM, "kind": "assignment", "version": version, "language": language}
    notebook.metadata["chm"] = stamp
    return notebook


def release(folder: Path, version: str = "1.0.0", made_from: NotebookNode | None = None) -> None:
    """Put a version of the course on the shelf that is kept in `folder`."""
    made_from = made_from or source()
    items = [
        {"id": LESSON, "kind": "lesson", "title": {"en": "What is waste?"}},
        {
            "id": ITEM,
            "kind": "assignment",
            "title": {"en": "Is it waste?", "fr": "Est-ce un déchet ?"},
            "points": 10,
            "due": "2031-05-01T12:00:00Z",
        },
    ]
    released = folder / "released" / COURSE / version
    lesson = new_notebook(cells=[new_markdown_cell("# What is waste?")])
    lesson.metadata["chm"] = {"course": COURSE, "item": LESSON, "kind": "lesson", "version": version, "language": "en"}
    _write(released / "en" / f"{LESSON}.ipynb", lesson)
    for language in STUBS:
        _write(released / language / f"{ITEM}.ipynb", student(made_from, version, language))
    _write(folder / "source" / COURSE / version / f"{ITEM}.ipynb", made_from)
    course = {"id": COURSE, "version": version, "languages": list(STUBS), "items": items}
    (released / "course.json").write_text(json.dumps(course), encoding="utf-8")


def answered(
    folder: Path,
    answers: dict[str, str],
    change: Callable[[dict[str, NotebookNode]], None] | None = None,
    *,
    language: str = "en",
    version: str = "1.0.0",
) -> bytes:
    """The learner's copy with answers written into the cells of these ids, as bytes."""
    path = folder / "released" / COURSE / version / language / f"{ITEM}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    by_id = {cell["id"]: cell for cell in notebook.cells}
    for grade_id, text in answers.items():
        by_id[grade_id].source = text
    if change:
        change(by_id)
    return str(nbformat.writes(notebook)).encode()


GOOD = {"q1": SOLUTION, "q2": "share = 1.5", "q3": "It is meant to be discarded."}


def _write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def bad(folder: Path, limit: int) -> dict[str, bytes]:
    """What cannot be handed in, by the code of its refusal; `limit` is the exchange's."""

    def delete(cells: dict[str, NotebookNode]) -> None:
        cells["q1-test"].metadata.clear()

    def copy(cells: dict[str, NotebookNode]) -> None:
        cells["h2"].metadata.update(cells["q3"].metadata)

    return {
        "submission-empty": b" \n",
        "submission-not-a-notebook": b"PK\x03\x04 not a notebook",
        "submission-too-large": b" " * (limit + 1),
        "submission-cells-missing": answered(folder, GOOD, delete),
        "submission-cells-duplicated": answered(folder, GOOD, copy),
    }


# What each is told in two of the languages: the thing and value named, and what to do next.
SAID: dict[str, dict[str, tuple[str, ...]]] = {
    "submission-empty": {
        "ar": ("الملف فارغ.", "احفظوا دفتركم"),
        "fr": ("Le fichier est vide.", "Enregistrez votre carnet"),
    },
    "submission-not-a-notebook": {
        "ar": ("هذا الملف ليس دفتر Jupyter", "سلّموا ملف الواجب"),
        "fr": ("Ce fichier n'est pas un carnet Jupyter", "Remettez le fichier .ipynb du devoir"),
    },
    "submission-too-large": {
        "ar": ("حجم الملف", "بايت، والحد الأقصى {limit}.", "امسحوا المخرجات الكبيرة"),
        "fr": ("Le fichier fait", "{limit} au plus sont acceptés.", "Effacez les sorties volumineuses"),
    },
    "submission-cells-missing": {
        "ar": ("خلايا الواجب التالية ناقصة: Question 1 (q1-test).", "افتحوا نسخة جديدة من الواجب"),
        "fr": ("Il manque ces cellules du devoir\xa0: Question 1 (q1-test).", "Ouvrez une nouvelle copie du devoir"),
    },
    "submission-cells-duplicated": {
        "ar": ("خلايا الواجب التالية مكررة: Question 3 (q3).", "احذفوا النسخ المكررة"),
        "fr": ("Ces cellules du devoir figurent plusieurs fois\xa0: Question 3 (q3).", "Supprimez les doublons"),
    },
}
