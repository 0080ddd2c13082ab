"""What is released: which versions, items and languages there are, and where their notebooks lie."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Item:
    """A lesson or an assignment of a released course; `due` is aware, or None when there is no deadline."""

    course: str
    id: str
    kind: str
    titles: dict[str, str]
    points: float = 0
    due: datetime | None = None

    @property
    def subject(self) -> str:
        """The item's subject path, as events and threads name it."""
        return f"course/{self.course}/{self.kind}/{self.id}"

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles.get(SOURCE) or self.id


class Shelf(Protocol):
    """The released courses, as the exchange and the grader see them. Unknown names are refused."""

    def courses(self) -> list[str]: ...

    def current(self, course: str) -> str: ...

    def has(self, course: str, version: str) -> bool: ...

    def items(self, course: str, version: str | None = None) -> list[Item]: ...

    def student(self, course: str, item: str, language: str, version: str | None = None) -> Path: ...

    def source(self, course: str, item: str, version: str) -> Path: ...

    def kind(self, course: str, item: str) -> str: ...

    def title(self, course: str, item: str, language: str) -> str: ...


class FolderShelf:
    """The shelf kept in `released/<course>/<version>/` and `source/<course>/<version>/` of a folder.

    `versions` tells a course's released versions, the latest last; without it they are the folders there are.
    """

    def __init__(self, folder: Path, versions: Callable[[str], Sequence[str]] | None = None) -> None:
        self._released = folder / "released"
        self._sources = folder / "source"
        self._versions = versions or self._folders

    def courses(self) -> list[str]:
        return sorted({path.parent.parent.name for path in self._released.glob("*/*/course.json")})

    def current(self, course: str) -> str:
        """The version released last; refused with `course-unknown` when none was."""
        found = self._versions(course) if NAME.fullmatch(course) else ()
        if not found:
            raise ClearingHouseError("course-unknown", N_("There is no course {course}."), status=404, course=course)
        return found[-1]

    def has(self, course: str, version: str) -> bool:
        return bool(NAME.fullmatch(course)) and version in self._versions(course)

    def _folders(self, course: str) -> list[str]:
        names = [path.parent.name for path in (self._released / course).glob("*/course.json")]
        return sorted(names, key=_order)

    def items(self, course: str, version: str | None = None) -> list[Item]:
        """The items of a version in their order; of the current one unless it is named."""
        path = self._released / course / (version or self.current(course)) / "course.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        return [_item(course, each) for each in document.get("course", document)["items"]]

    def student(self, course: str, item: str, language: str, version: str | None = None) -> Path:
        """The learner's notebook in a language, or in English where that language has none."""
        self.find(course, item, version)
        folder = self._released / course / (version or self.current(course))
        wanted = folder / (language if language in LANGUAGES else SOURCE) / f"{item}.ipynb"
        return wanted if wanted.is_file() else folder / SOURCE / f"{item}.ipynb"

    def source(self, course: str, item: str, version: str) -> Path:
        """The notebook with solutions and hidden tests, for the grader alone."""
        self.find(course, item, version)
        return self._sources / course / version / f"{item}.ipynb"

    def kind(self, course: str, item: str) -> str:
        return self.find(course, item).kind

    def title(self, course: str, item: str, language: str) -> str:
        return self.find(course, item).title(language)

    def find(self, course: str, item: str, version: str | None = None) -> Item:
        """The item of that name; refused with `item-unknown` when the version has none."""
        found = next((each for each in self.items(course, version) if each.id == item), None)
        if found is None or not NAME.fullmatch(item):
            raise ClearingHouseError(
                "item-unknown", N_("The course {course} has no item {item}."), status=404, course=course, item=item
            )
        return found


def find(shelf: Shelf, course: str, item: str) -> Item:
    """The item in the current version; refused with `item-unknown` when there is none."""
    shelf.kind(course, item)
    return next(each for each in shelf.items(course) if each.id == item)


def _order(version: str) -> list[tuple[int, str]]:
    """Numbers are compared as numbers: 1.10 comes after 1.9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in version.split(".")]


def _item(course: str, entry: dict[str, Any]) -> Item:
    due = entry.get("due")
    return Item(
        course=course,
        id=str(entry["id"]),
        kind=str(entry["kind"]),
        titles=dict(entry["title"]),
        points=float(entry.get("points") or 0),
        due=_moment(str(due)) if due else None,
    )


def _moment(text: str) -> datetime:
    """A date or time of ISO 8601; a date alone means the end of that day, UTC."""
    moment = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T23:59:59+00:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
