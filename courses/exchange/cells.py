"""The cells of a notebook that count: which there are, what a person calls them, and whether all are there."""

import json
import re
from collections import Counter
from typing import Any

import nbformat
from nbformat import NotebookNode

from conventions.errors import ClearingHouseError
from conventions.texts import N_

HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
STAMP = "chm"  # the notebook metadata in which the release says which task, version and language a file is of


def read(content: bytes) -> NotebookNode:
    """The notebook in these bytes; refused with `submission-empty` or `submission-not-a-notebook`."""
    if not content.strip():
        raise ClearingHouseError(
            "submission-empty",
            N_("The file is empty. Save your notebook, then hand it in again. Nothing was stored."),
        )
    try:
        if json.loads(content)["nbformat"] != 4:
            raise ValueError("not nbformat 4")
        notebook: NotebookNode = nbformat.v4.reads(content.decode())
        nbformat.validate(notebook, relax_add_props=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, nbformat.ValidationError) as error:
        raise ClearingHouseError(
            "submission-not-a-notebook",
            N_(
                "This file is not a Jupyter notebook of format 4, so nothing was stored. "
                "Hand in the .ipynb file of the task, as it was saved by the notebook editor."
            ),
        ) from error
    return notebook


def grade_id(cell: NotebookNode) -> str:
    """What nbgrader calls the cell, or `""` if the cell is not one of its own."""
    marks = cell.metadata.get("nbgrader")
    return str(marks.get("grade_id", "")) if isinstance(marks, dict) else ""


def marks(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """nbgrader's metadata of each of its cells, in order."""
    return {name: dict(cell.metadata["nbgrader"]) for cell in notebook.cells if (name := grade_id(cell))}


def stamp(notebook: NotebookNode) -> dict[str, str]:
    """What the release wrote into the notebook: course, item, kind, version, language. Empty for another file."""
    found = notebook.metadata.get(STAMP)
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def titles(notebook: NotebookNode) -> dict[str, str]:
    """What a person calls each cell: the heading above it, in the notebook's language; else the cell's own name."""
    heading, found = "", {}
    for cell in notebook.cells:
        heading = _heading(cell) or heading
        if name := grade_id(cell):
            found[name] = heading or name
    return found


def check(submitted: NotebookNode, released: NotebookNode) -> None:
    """Refuse a submission in which cells that count are missing or twice, naming them by their headings."""
    have = Counter(map(grade_id, submitted.cells))
    names = titles(released)
    needed = [grade_id(cell) for cell in released.cells if grade_id(cell) and not _only_text(cell)]
    if missing := [name for name in needed if not have[name]]:
        raise ClearingHouseError(
            "submission-cells-missing",
            N_(
                "These cells of the task are missing: {cells}. Nothing was stored and your file is as it was. "
                "Open a fresh copy of the task, copy your answers into it and hand that in."
            ),
            cells=_called(missing, names),
        )
    if twice := [name for name in names if have[name] > 1]:
        raise ClearingHouseError(
            "submission-cells-duplicated",
            N_(
                "These cells of the task are there more than once: {cells}. Nothing was stored and your file is as "
                "it was. Delete the copies, or copy your answers into a fresh copy of the task, and hand that in."
            ),
            cells=_called(twice, names),
        )


def _only_text(cell: NotebookNode) -> bool:
    """Text that is shown and never graded: the grader does not miss it."""
    marks = cell.metadata["nbgrader"]
    return cell.cell_type != "code" and not any(marks.get(key) for key in ("grade", "solution", "task"))


def _heading(cell: NotebookNode) -> str:
    lines = cell.source.splitlines() if cell.cell_type == "markdown" else []
    return next((found[1].strip() for line in reversed(lines) if (found := HEADING.match(line))), "")


def _called(names: list[str], by_name: dict[str, str]) -> str:
    said = (by_name.get(name, name) for name in names)
    return "; ".join(f"{title} ({name})" if title != name else name for name, title in zip(names, said, strict=True))
