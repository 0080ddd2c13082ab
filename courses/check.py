"""Checks courses: finds every problem at once, each with its path, and writes nothing."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polib
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError, ValidationError

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from courses import catalogue, notebook, translation
from courses.catalogue import Course, Item
from courses.faults import faults
from courses.notebook import REGIONS, grading, has_region
from courses.problem import Problem
from courses.units import units
from widgets import questions

Found = Iterator[Problem]


def problems(content: Path) -> list[Problem]:
    """Every problem of every course in a content folder; paths are relative to it."""
    return [problem for folder in catalogue.folders(content) for problem in course_problems(folder)]


def course_problems(folder: Path) -> list[Problem]:
    """Every problem of the course in a folder."""
    course, found = catalogue.parse(folder)
    return found if course is None else list(_course(course, folder))


def _course(course: Course, folder: Path) -> Found:
    if not course.citations:
        message = N_("No citation. Say where the facts of the course come from.")
        yield Problem(f"{folder.name}/{catalogue.FILE}", "course.citations", message)
    for name in course.prerequisites:
        if not (folder.parent / name).is_dir():
            message = N_("There is no course {name} to be required.")
            yield Problem(f"{folder.name}/{catalogue.FILE}", "course.prerequisites", message, {"name": name})
    yield from _strays(course, folder)
    for item in course.items:
        yield from _item(item, folder)


def _strays(course: Course, folder: Path) -> Found:
    expected = {folder / item.file for item in course.items}
    expected |= {
        translation.path(folder, code, item.id) for code in LANGUAGES if code != SOURCE for item in course.items
    }
    for file in sorted([*folder.glob("*.ipynb"), *folder.glob("locale/**/*.po")]):
        if file not in expected:
            message = N_("The course does not list this file. List it in course.toml or remove it.")
            yield Problem(_name(folder, file), "", message)


def _name(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder.parent))


def _item(item: Item, folder: Path) -> Found:
    name = _name(folder, folder / item.file)
    try:
        source = notebook.read(folder / item.file)
    except ClearingHouseError as error:
        yield Problem(name, "", error.message, error.values)
        return
    for find in (*EVERY, *BY_KIND[item.kind]):
        yield from find(source, name)
    for code in LANGUAGES:
        file = translation.path(folder, code, item.id)
        if code != SOURCE and file.exists():
            yield from _translation(source, file, code, _name(folder, file))


# --- notebooks -----------------------------------------------------------------------------------------------


def _kernel(source: NotebookNode, name: str) -> Found:
    kernel = source.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield Problem(name, "metadata.kernelspec", N_("The kernel is {kernel}, not python3."), {"kernel": str(kernel)})


def _ids(source: NotebookNode, name: str) -> Found:
    for cell, count in Counter(str(cell.id) for cell in source.cells).items():
        if count > 1:
            yield Problem(name, cell, N_("{count} cells have this id. Each needs its own."), {"count": count})


def _outputs(source: NotebookNode, name: str) -> Found:
    for cell in source.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield Problem(name, str(cell.id), N_("There is output left. Clear all outputs and save."))


def _code(source: NotebookNode, name: str) -> Found:
    for cell in source.cells:
        if cell.cell_type != "code" or cell.source.startswith("%%"):
            continue
        try:
            ast.parse(TransformerManager().transform_cell(cell.source))  # type: ignore[no-untyped-call]
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            # Python's parser runs out of stack as MemoryError, which says nothing more.
            reason = str(error) or type(error).__name__
            yield Problem(name, str(cell.id), N_("This code cannot run: {reason}."), {"reason": reason})


def _questions(source: NotebookNode, name: str) -> Found:
    """What a widget would refuse to ask, found before a learner does."""
    for cell in source.cells:
        kind = questions.marked(cell.source) if cell.cell_type == "code" else ""
        try:
            ASKED.get(kind, str)(cell.source)
        except ClearingHouseError as error:
            yield Problem(name, str(cell.id), error.message, error.values)


def _regions(source: NotebookNode, name: str) -> Found:
    """Lines that begin a part nbgrader takes out must be followed by one that ends it, before the next begins."""
    for cell in source.cells:
        for region in REGIONS:
            edges = [
                edge for line in cell.source.split("\n") for edge in ("BEGIN", "END") if f"{edge} {region}" in line
            ]
            if edges != ["BEGIN", "END"] * (len(edges) // 2):
                message = N_("Each BEGIN {region} needs one END {region} after it.")
                yield Problem(name, str(cell.id), message, {"region": region})
        if "AUTOTEST" in cell.source:
            yield Problem(name, str(cell.id), N_("AUTOTEST is not supported here. Write the tests out."))


def _nothing_graded(source: NotebookNode, name: str) -> Found:
    """A lesson goes to learners as it is, so nothing in it may be secret."""
    for cell in source.cells:
        if grading(cell) or any(has_region(cell, region) for region in REGIONS):
            message = N_("A lesson is not graded, so its solutions and tests would be seen. Make it an assignment.")
            yield Problem(name, str(cell.id), message)


def _metadata(source: NotebookNode, name: str) -> Found:
    validator = MetadataValidator()
    for cell in source.cells:
        try:
            validator.validate_cell(cell)
        except (ValidationError, SchemaTooOldError, SchemaTooNewError) as error:
            reason = str(getattr(error, "message", error)).splitlines()[0]
            message = N_("What nbgrader says of this cell is wrong: {reason}.")
            yield Problem(name, str(cell.id), message, {"reason": reason})


def _grades(source: NotebookNode, name: str) -> Found:
    counted = Counter(str(known["grade_id"]) for cell in source.cells if "grade_id" in (known := grading(cell)))
    for grade_id, count in counted.items():
        if count > 1:
            message = N_("{count} cells have this grade_id. Each needs its own.")
            yield Problem(name, grade_id, message, {"count": count})
    if not notebook.points(source):
        yield Problem(name, "", N_("The assignment has no points. Give a test or an answer some."))


def _places(source: NotebookNode, name: str) -> Found:
    """Solutions stand in solution cells, hidden tests in test cells; else nbgrader leaves them or fails."""
    for cell in source.cells:
        known = grading(cell)
        if known.get("solution") and cell.cell_type == "code" and not has_region(cell, "SOLUTION"):
            message = N_("This solution has no ### BEGIN SOLUTION and ### END SOLUTION, so all of the cell would go.")
            yield Problem(name, str(cell.id), message)
        for region, key in (("SOLUTION", "solution"), ("HIDDEN TESTS", "grade"), ("MARK SCHEME", "task")):
            if has_region(cell, region) and not known.get(key):
                message = N_("There is a {region} in a cell that nbgrader does not know as one.")
                yield Problem(name, str(cell.id), message, {"region": region})


def _told(source: NotebookNode, name: str) -> Found:
    """A question that counts only records what is chosen; the test that compares it is hidden."""
    for cell in source.cells:
        if questions.marked(cell.source) == "question" and re.search(r"\bright=", cell.source):
            message = N_("A question of an assignment says its right answer. Compare it in a hidden test instead.")
            yield Problem(name, str(cell.id), message)


ASKED: dict[str, Callable[[str], object]] = {"question": questions.question, "steps": questions.steps}
Find = Callable[[NotebookNode, str], Found]
EVERY: tuple[Find, ...] = (_kernel, _ids, _outputs, _code, _questions, _regions)
BY_KIND: dict[str, tuple[Find, ...]] = {
    "lesson": (_nothing_graded,),
    "assignment": (_metadata, _grades, _places, _told),
}


# --- translations --------------------------------------------------------------------------------------------


def _translation(source: NotebookNode, file: Path, language: str, name: str) -> Found:
    try:
        given = translation.read(file, language)
    except ClearingHouseError as error:
        yield Problem(name, "", error.message, error.values)
        return
    if given.metadata.get("Language") != language:
        values = {"value": given.metadata.get("Language", ""), "language": language}
        yield Problem(name, "Language", N_("It is {value}, but the folder is {language}."), values)
    fresh = translation.update(source, given)
    yield from _faulty(source, fresh, name)
    yield from _stale(fresh, name)


def _faulty(source: NotebookNode, fresh: polib.POFile, name: str) -> Found:
    entries = {(entry.msgctxt, entry.msgid): entry for entry in fresh if entry.translated()}
    for unit in units(source):
        entry = entries.get((unit.cell, unit.text))
        for message, values in faults(unit, entry.msgstr) if entry else ():
            yield Problem(name, _shortened(unit.text), message, values)


def _stale(fresh: polib.POFile, name: str) -> Found:
    for entry in fresh:
        if entry.fuzzy and not entry.obsolete:
            message = N_("The English text has changed. Learners see it in English until this is translated again.")
            yield Problem(name, _shortened(entry.msgid), message, blocks=False)


def _shortened(text: str) -> str:
    line = text.split("\n", maxsplit=1)[0]
    return line if len(line) <= 60 else f"{line[:59]}…"
