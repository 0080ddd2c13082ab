"""A new course to begin with: a description, one lesson and one task that pass the check."""

import re
from datetime import date
from pathlib import Path

import nbformat

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses import catalogue, notebook

NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
DESCRIPTION = """[course]
id = "{name}"
convention = "joint"  # basel, rotterdam, stockholm or joint
version = "0.1.0"
level = "introductory"  # introductory, intermediate or advanced
hours = 1
authors = ["Who makes it"]
prerequisites = []
date = {date}

[course.title]
en = "{name}"

[course.summary]
en = "What this course is about, in one sentence."

[course.outcomes]
en = ["What a learner can do afterwards"]

[[course.citations]]
title = "Where the facts come from"

[[lesson]]
id = "first"
file = "first.ipynb"
title = {{ en = "First lesson" }}

[[assignment]]
id = "task"
file = "task.ipynb"
title = {{ en = "First task" }}
"""
SOLUTION = (
    "def answer():\n    # Say what the function gives back.\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
)
TESTS = "assert answer() == 1\n### BEGIN HIDDEN TESTS\nassert isinstance(answer(), int)\n### END HIDDEN TESTS"
CELLS: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "first.ipynb": [("markdown", "# First lesson\n\nWhat there is to know.", {})],
    "task.ipynb": [
        ("markdown", "# First task\n\nWhat there is to do.", {"grade_id": "intro", "locked": True}),
        ("code", SOLUTION, {"grade_id": "answer", "solution": True}),
        ("code", TESTS, {"grade_id": "test-answer", "grade": True, "locked": True, "points": 1}),
    ],
}
PLAIN = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def plant(content: Path, name: str) -> Path:
    """Write a new course into the content folder; refused if its name is bad or taken."""
    if not NAME.fullmatch(name) or name in catalogue.RESERVED:
        message = N_("A course cannot be called {name}. Use small letters, digits and hyphens, a letter first.")
        raise ClearingHouseError("course-name-bad", message, name=name)
    folder = content / name
    if folder.exists():
        raise ClearingHouseError("course-exists", N_("There is a course {name} already."), status=409, name=name)
    folder.mkdir(parents=True)
    text = DESCRIPTION.format(name=name, date=date.today().isoformat())
    (folder / catalogue.FILE).write_text(text, encoding="utf-8")
    for file, cells in CELLS.items():
        made = [_cell(kind, source, known, f"{kind}-{place}") for place, (kind, source, known) in enumerate(cells)]
        values = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL}, "cells": made}
        node = nbformat.from_dict(values)
        (folder / file).write_text(notebook.dump(node), encoding="utf-8")
    return folder


def _cell(kind: str, source: str, known: dict[str, object], name: str) -> dict[str, object]:
    cell = {"cell_type": kind, "id": name, "source": source, "metadata": {"nbgrader": PLAIN | known} if known else {}}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
