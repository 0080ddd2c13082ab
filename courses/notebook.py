"""Notebooks as files, and what nbgrader's metadata says of their cells."""

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import rejoin_lines
from nbformat.validator import iter_validate

from conventions.errors import ClearingHouseError
from conventions.texts import N_

# What nbgrader takes out of a learner's copy, by what it calls the lines that begin and end it.
REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
MARKERS = tuple(f"{edge} {region}" for region in REGIONS for edge in ("BEGIN", "END"))


def parse(text: str, name: str) -> NotebookNode:
    """The notebook that `text` is; refused with `notebook-bad` if it is none or lacks cell ids (nbformat 4.5)."""
    try:
        values = json.loads(text)
        if (values["nbformat"], values["nbformat_minor"]) < (4, 5):
            raise ValueError("nbformat 4.5 or later is needed, since older cells have no ids")
        if fault := next(iter_validate(values), None):
            raise ValueError(str(fault))
        notebook: NotebookNode = rejoin_lines(nbformat.from_dict(values))
        _check_grading(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ClearingHouseError(
            "notebook-bad",
            N_("{name} is not a valid notebook: {reason}. Save it again from JupyterLab."),
            name=name,
            reason=str(error).splitlines()[0] if str(error) else type(error).__name__,
        ) from error
    return notebook


def _check_grading(notebook: NotebookNode) -> None:
    """What nbgrader says of a cell is a table, and points are a number; its own check goes on from there."""
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if not isinstance(known, dict) or not isinstance(known.get("points", 0), (int, float)):
            raise ValueError(f"metadata.nbgrader of the cell {cell.id} is {known!r}")


def read(path: Path) -> NotebookNode:
    """The notebook of a file; see `parse`."""
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ClearingHouseError(
            "notebook-bad",
            N_("{name} is not a valid notebook: {reason}. Save it again from JupyterLab."),
            name=path.name,
            reason=str(error),
        ) from error


def dump(notebook: NotebookNode) -> str:
    """The notebook as text: the same notebook always gives the same text."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text + "\n"


def grading(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader knows of a cell: `grade_id`, `grade`, `solution`, `locked`, `points`; empty if nothing."""
    return dict(cell.metadata.get("nbgrader", {}))


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell holds the tests of a question: it counts, and the learner does not write it."""
    known = grading(cell)
    return bool(known.get("grade")) and not known.get("solution")


def points(notebook: NotebookNode) -> float:
    """The most a learner can get."""
    known = [grading(cell) for cell in notebook.cells]
    return float(sum(one.get("points", 0) for one in known if one.get("grade") or one.get("task")))


def has_region(cell: NotebookNode, region: str) -> bool:
    """Whether a cell has a part that nbgrader takes out; `region` is one of `REGIONS`."""
    return f"BEGIN {region}" in cell.source
