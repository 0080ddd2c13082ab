"""Which lessons teach a concept: those of the released courses whose text speaks of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conventions.languages import SOURCE
from conventions.vocabulary import find
from courses.edition import Released
from courses.service import Courses


@dataclass(frozen=True)
class Lesson:
    """A lesson of a released course; `title` by language."""

    course: str
    item: str
    title: Mapping[Any, str]

    def shown(self, language: str) -> str:
        """What it is called in a language, or in English."""
        return self.title.get(language) or self.title[SOURCE]

    @property
    def path(self) -> str:
        return f"/courses/{self.course}/{self.item}"


class Teaching:
    """Finds lessons by concept. A released version never changes, so each is read once."""

    def __init__(self, courses: Courses) -> None:
        self._courses = courses
        self._known: dict[tuple[str, str], list[tuple[Lesson, frozenset[str]]]] = {}

    def lessons(self, concept: str) -> list[Lesson]:
        """The lessons that speak of a concept (a key of the vocabulary), course by course in their order."""
        return [
            lesson
            for released in self._courses.all()
            for lesson, concepts in self._lessons(released)
            if concept in concepts
        ]

    def _lessons(self, released: Released) -> list[tuple[Lesson, frozenset[str]]]:
        version = (released.course.id, released.course.version)
        if version not in self._known:
            self._known[version] = list(self._read(released))
        return self._known[version]

    def _read(self, released: Released) -> Iterator[tuple[Lesson, frozenset[str]]]:
        for item in released.course.items:
            if item.kind == "lesson":
                made, _ = self._courses.notebook(released, item.id, SOURCE)
                prose = "\n\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
                yield Lesson(released.course.id, item.id, item.title), frozenset(find(prose, SOURCE))
