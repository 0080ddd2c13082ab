"""The courses as a service: what is released, what authors work on, who asks. Hangs on `app.state.courses`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from nbformat import NotebookNode
from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE, Language
from conventions.texts import N_
from courses import catalogue, check, edition, notebook
from courses.catalogue import Course
from courses.edition import DESCRIPTION, Released
from courses.problem import Problem
from courses.release import Press, Release, earlier
from courses.workspace import Workspace
from expert_db.database import Database

Identify = Callable[[str], str | None]


def nobody(_token: str) -> str | None:
    """Knows no token; for programs that serve no API."""
    return None


@dataclass(frozen=True)
class Draft:
    """A course as its authors have it now: `course` is None while `course.toml` is wrong."""

    name: str
    course: Course | None
    problems: list[Problem]
    released: str
    coverage: Released | None


class Courses:
    """Finds released courses, releases drafts. `identify` tells whose Hub token a token is."""

    def __init__(self, database: Database, content: Path, home: Path, identify: Identify = nobody) -> None:
        self.database = database
        self.identify = identify
        self.workspace = Workspace(content, home / "courses")
        self._press = Press(home / "courses")
        self._read: dict[tuple[str, str], Released] = {}

    def all(self) -> list[Released]:
        """The latest version of every released course."""
        with self.database.session() as session:
            names = session.scalars(select(Release.course).distinct().order_by(Release.course))
            return [self.latest(session, name) for name in names]

    def get(self, course: str) -> Released:
        """The latest version of a course; refused with `course-unknown` if none is released."""
        with self.database.session() as session:
            return self.latest(session, course)

    def latest(self, session: Session, course: str) -> Released:
        """The latest version of a course, in the transaction of `session`."""
        versions = self.versions(session, course)
        if not versions:
            message = N_("There is no course {course}. The list of courses has all there are.")
            raise ClearingHouseError("course-unknown", message, status=404, course=course)
        return self._description(course, versions[-1])

    def versions(self, session: Session, course: str) -> list[str]:
        """The released versions of a course, the latest last."""
        return [release.version for release in reversed(earlier(session, course))]

    def versions_of(self, course: str) -> list[str]:
        """`versions`, in a transaction of its own."""
        with self.database.session() as session:
            return self.versions(session, course)

    def _description(self, course: str, version: str) -> Released:
        # A released version never changes, so it is read once.
        if (course, version) not in self._read:
            text = (self._press.released / course / version / DESCRIPTION).read_text(encoding="utf-8")
            self._read[course, version] = Released.model_validate_json(text)
        return self._read[course, version]

    def notebook(self, released: Released, item: str, language: str) -> tuple[NotebookNode, Language]:
        """A learner's notebook and the language it is in: hers, or English where nothing is translated."""
        released.course.item(item)
        shown = language if released.item_share(language, item) else SOURCE
        path = self._press.released / released.course.id / released.course.version / shown / f"{item}.ipynb"
        return notebook.read(path), LANGUAGES[shown]

    def draft(self, name: str) -> Draft:
        """A course as its authors have it now, with every problem; refused with `course-unknown`."""
        folder = self.workspace.folder(name)
        course, problems = catalogue.parse(folder)
        problems = check.course_problems(folder) if course else problems
        with self.database.session() as session:
            versions = self.versions(session, name)
        coverage = self._coverage(folder, course) if course else None
        return Draft(name, course, problems, versions[-1] if versions else "", coverage)

    def _coverage(self, folder: Path, course: Course) -> Released | None:
        try:
            sources = {item.id: notebook.read(folder / item.file) for item in course.items}
            return Released(course=course, coverage=edition.coverage(folder, sources))
        except ClearingHouseError:
            # The problem is in the draft's list already.
            return None

    def changed(self, draft: Draft) -> list[str]:
        """The items of a draft that differ from the released version, or all if none is released."""
        if draft.course is None:
            return []
        folder = self.workspace.folder(draft.name)
        released = self._press.source / draft.name / draft.released
        return [
            item.id
            for item in draft.course.items
            if not draft.released or _text(folder / item.file) != _text(released / f"{item.id}.ipynb")
        ]

    def release(self, name: str, *, by: str) -> Release:
        """Release the version a course's authors have now; see `Press.release`."""
        with self.workspace.alone():
            return self._press.release(self.database, self.workspace.folder(name), by=by)

    def release_new(self, *, by: str) -> list[ClearingHouseError]:
        """Release every course that never was, such as those the platform comes with; why some could not be.

        A course that is wrong keeps neither the others nor the platform from being there.
        """
        with self.database.session() as session:
            fresh = [name for name in self.workspace.names() if not earlier(session, name)]
        return [refused for name in fresh if (refused := self._refused(name, by))]

    def _refused(self, name: str, by: str) -> ClearingHouseError | None:
        try:
            self.release(name, by=by)
        except ClearingHouseError as error:
            return error
        return None


def _text(path: Path) -> list[tuple[str, str]]:
    if not path.is_file():
        return []
    try:
        return [(str(cell.id), cell.source) for cell in notebook.read(path).cells]
    except ClearingHouseError:
        return []


def courses(request: Request) -> Courses:
    """The courses of the platform that serves this request."""
    service: Courses = request.app.state.courses
    return service
