"""An edition: a version of a course as learners get it, in every language, and as the grader needs it."""

import os
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from pydantic import BaseModel, ConfigDict

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, texts
from courses import catalogue, notebook, translation
from courses.catalogue import Course, Item
from courses.translation import NOTHING, Coverage

CODE_STUB = N_("Write your code here.")
TEXT_STUB = N_("Write your answer here.")
DESCRIPTION = "course.json"


class Released(BaseModel):
    """`course.json`: a released course and, by language and item, how much of it is translated."""

    model_config = ConfigDict(frozen=True)

    course: Course
    coverage: dict[str, dict[str, Coverage]]

    def share(self, language: str) -> float:
        """How much of the whole course is in a language, from 0 to 1."""
        return sum(self.coverage[language].values(), NOTHING).share if language != SOURCE else 1.0

    def item_share(self, language: str, item: str) -> float:
        """How much of an item is in a language, from 0 to 1."""
        return self.coverage[language][item].share if language != SOURCE else 1.0


def build(folder: Path, learners: Path, graders: Path) -> Released:
    """Write the version in a course's folder: for learners, and for graders, with solutions and hidden tests."""
    course = catalogue.read(folder)
    sources = {item.id: notebook.read(folder / item.file) for item in course.items}
    items = tuple(item.model_copy(update={"points": notebook.points(sources[item.id])}) for item in course.items)
    course = course.model_copy(update={"items": items})
    for item in course.items:
        _write(graders / f"{item.id}.ipynb", notebook.dump(for_grader(sources[item.id], course, item)))
        for code in LANGUAGES:
            made = for_learner(_in_language(folder, sources[item.id], item, code), course, item, code)
            _write(learners / code / f"{item.id}.ipynb", notebook.dump(made))
    released = Released(course=course, coverage=coverage(folder, sources))
    _write(learners / DESCRIPTION, released.model_dump_json(indent=1))
    return released


def coverage(folder: Path, sources: dict[str, NotebookNode]) -> dict[str, dict[str, Coverage]]:
    """How much of each item is translated, by language."""
    return {
        code: {
            item: translation.coverage(source, translation.read(translation.path(folder, code, item), code))
            for item, source in sources.items()
        }
        for code in LANGUAGES
        if code != SOURCE
    }


def _in_language(folder: Path, source: NotebookNode, item: Item, language: str) -> NotebookNode:
    if language == SOURCE:
        return deepcopy(source)
    file = translation.path(folder, language, item.id)
    return translation.translate(source, translation.read(file, language), language)


def for_learner(source: NotebookNode, course: Course, item: Item, language: str) -> NotebookNode:
    """A translated source as a learner gets it: nbgrader takes out solutions and hidden tests and locks the rest.

    Checksums are of the cells in this language.
    """
    _describe(source, course, item, language)
    if item.kind == "lesson":
        return source
    say = texts(language)
    # `pass`, not nbgrader's exception: who is no programmer need not know that a line must go before her answer counts.
    clear = ClearSolutions(code_stub={"python": f"# {say(CODE_STUB)}\npass"}, text_stub=say(TEXT_STUB))
    steps = (LockCells(), clear, ClearOutput(), CheckCellMetadata(), ClearHiddenTests(), ClearMarkScheme())
    return _through(source, *steps, ComputeChecksums(), CheckCellMetadata())


def for_grader(source: NotebookNode, course: Course, item: Item) -> NotebookNode:
    """The source as the grader needs it: solutions and hidden tests in place, cells locked, checksums computed."""
    copy = deepcopy(source)
    _describe(copy, course, item, SOURCE)
    return _through(copy, LockCells(), ClearOutput(), ComputeChecksums(), CheckCellMetadata())


def _through(source: NotebookNode, *steps: object) -> NotebookNode:
    resources: dict[str, object] = {}
    for step in steps:
        source, resources = step.preprocess(source, resources)  # type: ignore[attr-defined]
    return source


def _describe(source: NotebookNode, course: Course, item: Item, language: str) -> None:
    """Leave in the notebook what it is, for the learner's server and for whoever finds it in ten years."""
    source.metadata["chm"] = {
        "course": course.id,
        "item": item.id,
        "kind": item.kind,
        "version": course.version,
        "language": language,
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
