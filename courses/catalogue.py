"""The catalogue: what a course says of itself in `course.toml`, read strictly."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.problem import Problem, Problems

FILE = "course.toml"
# Paths under /desk that are pages of their own, so no course can be called so.
RESERVED = frozenset({"grading"})

Code = Literal["ar", "zh", "en", "fr", "ru", "es"]
Convention = Literal["basel", "rotterdam", "stockholm", "joint"]
Level = Literal["introductory", "intermediate", "advanced"]
Kind = Literal["lesson", "assignment"]
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
LEVELS: tuple[Level, ...] = get_args(Level)

Value = TypeVar("Value")


def _with_english(texts: dict[Code, Value]) -> dict[Code, Value]:
    if not texts.get("en"):
        raise ValueError("the English text (en) is missing")
    return texts


def _free(name: str) -> str:
    if name in RESERVED:
        raise ValueError("the platform uses this name itself")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60), AfterValidator(_free)]
Line = Annotated[str, Field(min_length=1)]
Text = Annotated[dict[Code, Line], AfterValidator(_with_english)]
Texts = Annotated[dict[Code, list[Line]], AfterValidator(_with_english)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(_Strict):
    """Where a fact of the course comes from."""

    title: Line
    url: str = Field("", pattern=r"^(https?://\S+)?$")


class Item(_Strict):
    """A lesson or an assignment: a notebook. `points` is the most a learner can get, from its nbgrader cells."""

    id: Name
    file: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*\.ipynb$")
    title: Text
    kind: Kind = "lesson"
    due: datetime | None = None
    points: float = 0.0


class Course(_Strict):
    """A course in one version. Texts are by language; `hours` is how long it takes, all items together."""

    id: Name
    convention: Convention
    version: str = Field(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$")
    level: Level
    hours: float = Field(gt=0, allow_inf_nan=False)
    authors: list[Line] = Field(min_length=1)
    prerequisites: list[Name] = []
    date: date
    title: Text
    summary: Text
    outcomes: Texts
    citations: list[Citation] = []
    items: tuple[Item, ...] = ()

    @property
    def subject(self) -> str:
        """The path under which the platform speaks of this course."""
        return f"course/{self.id}"

    def subject_of(self, item: Item) -> str:
        """The path under which the platform speaks of an item."""
        return f"{self.subject}/{item.kind}/{item.id}"

    def item(self, name: str) -> Item:
        """The item of that id; refused with `item-unknown` if there is none."""
        found = next((item for item in self.items if item.id == name), None)
        if found is None:
            raise ClearingHouseError(
                "item-unknown",
                N_("The course {course} has no lesson or task {item}. Choose one on the course's page."),
                status=404,
                course=self.id,
                item=name,
            )
        return found

    def of_kind(self, kind: Kind) -> list[Item]:
        """Its lessons, or its assignments, in order."""
        return [item for item in self.items if item.kind == kind]

    def order(self) -> tuple[int, ...]:
        """The version as numbers, to compare versions by."""
        return tuple(int(part) for part in self.version.split("."))


class _Listed(_Strict):
    """An item as `course.toml` lists it: its kind is the table it stands in, its points are in the notebook."""

    id: Name
    file: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*\.ipynb$")
    title: Text


class _ListedAssignment(_Listed):
    due: datetime | None = None


class _Described(Course):
    items: tuple[Item, ...] = Field((), exclude=True, max_length=0)


class _Document(_Strict):
    course: _Described
    lesson: list[_Listed] = Field(min_length=1)
    assignment: list[_ListedAssignment] = []


def folders(content: Path) -> list[Path]:
    """The folders of a content folder that hold a course, in order."""
    return sorted(path for path in content.iterdir() if path.is_dir() and path.name[0] not in "._")


def parse(folder: Path) -> tuple[Course | None, list[Problem]]:
    """The course of a folder, or every problem with its `course.toml`."""
    path = f"{folder.name}/{FILE}"
    try:
        document = _Document.model_validate(tomllib.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None, [Problem(path, "", N_("There is no course.toml. Write one, or remove the folder."))]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        return None, [Problem(path, "", N_("This is not TOML: {reason}."), {"reason": str(error)})]
    except ValidationError as error:
        return None, [_problem(path, fault) for fault in error.errors()]
    course = _course(document)
    found = list(_inconsistencies(course, folder, path))
    return (None, found) if found else (course, [])


def read(folder: Path) -> Course:
    """The course of a folder; refused with `course-bad`, naming every problem, if its `course.toml` is wrong."""
    course, problems = parse(folder)
    if course is None:
        raise ClearingHouseError(
            "course-bad",
            N_("The course {course} cannot be read. Put this right first: {problems}"),
            course=folder.name,
            problems=Problems(problems),
        )
    return course


def _course(document: _Document) -> Course:
    listed: list[tuple[Kind, _Listed]] = [
        *(("lesson", entry) for entry in document.lesson),
        *(("assignment", entry) for entry in document.assignment),
    ]
    items = tuple(Item(kind=kind, **entry.model_dump()) for kind, entry in listed)
    return Course(**document.course.model_dump(), items=items)


def _problem(path: str, fault: Any) -> Problem:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return Problem(path, key, N_("There is no such key. Remove it or correct its name."))
    if fault["type"] == "missing":
        return Problem(path, key, N_("This is missing."))
    values = {"value": repr(fault["input"]), "reason": fault["msg"]}
    return Problem(path, key, N_("It cannot be {value}: {reason}."), values)


def _inconsistencies(course: Course, folder: Path, path: str) -> Iterator[Problem]:
    if course.id != folder.name:
        values = {"value": course.id, "folder": folder.name}
        yield Problem(path, "course.id", N_("It is {value}, but the folder is {folder}. Make them the same."), values)
    for what in ("id", "file"):
        values_of = [getattr(item, what) for item in course.items]
        for value in sorted({value for value in values_of if values_of.count(value) > 1}):
            yield Problem(path, what, N_("Two items have {value}. Each needs its own."), {"value": value})
    for item in course.items:
        if not (folder / item.file).is_file():
            yield Problem(path, f"{item.kind}.file", N_("There is no file {file}."), {"file": item.file})
