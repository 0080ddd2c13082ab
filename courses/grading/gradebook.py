"""nbgrader's gradebook of each course, kept as nbgrader keeps it: authors find their marks in formgrader."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbgrader
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import CheckCellMetadata, OverwriteCells, OverwriteKernelspec, SaveAutoGrades, SaveCells
from sqlalchemy import create_engine, inspect, text

from courses.grading.sheet import Sheet


class Gradebooks:
    """One database a course in `folder`. An assignment is of one version, so that earlier work stays gradable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._known: set[tuple[str, str]] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def url(self, course: str) -> str:
        return f"sqlite:///{self._folder / course}.sqlite"

    def enter(self, course: str, item: str, version: str, sheet: Sheet) -> dict[str, Any]:
        """Have the assignment in the gradebook; what nbgrader's preprocessors need to find it."""
        resources = self._resources(course, item, version)
        name = resources["nbgrader"]["assignment"]
        with self._locks[course]:
            if (course, name) not in self._known:
                _create(self.url(course))
                with Gradebook(self.url(course), course) as book:
                    book.update_or_create_assignment(name)
                SaveCells().preprocess(sheet.notebook, resources)
                self._known.add((course, name))
        return resources

    def overwrite(self, course: str, notebook: NotebookNode, resources: dict[str, Any]) -> None:
        """Put back the source's cells and kernel, as nbgrader does before it grades."""
        with self._locks[course]:
            for step in (OverwriteKernelspec(), OverwriteCells(), CheckCellMetadata()):
                step.preprocess(notebook, resources)

    def save(
        self, course: str, member: str, notebook: NotebookNode, resources: dict[str, Any]
    ) -> dict[str, tuple[float | None, bool]]:
        """Save the automatic scores; by cell, the score and whether a person has to judge it."""
        resources = {"nbgrader": {**resources["nbgrader"], "student": member}}
        with self._locks[course]:
            with self._notebook(course, member, resources) as marks:
                # What a person gave an earlier attempt is not of this one.
                for mark in marks:
                    mark.manual_score = None
            SaveAutoGrades().preprocess(notebook, resources)
            with self._notebook(course, member, resources) as marks:
                return {mark.name: (mark.auto_score, bool(mark.needs_manual_grade)) for mark in marks}

    def judge(self, course: str, item: str, version: str, member: str, scores: dict[str, tuple[float, str]]) -> None:
        """Save the scores and comments that a person gave."""
        resources = self._resources(course, item, version)
        names = (item, resources["nbgrader"]["assignment"], member)
        with self._locks[course], Gradebook(self.url(course), course) as book:
            for cell, (score, comment) in scores.items():
                mark = book.find_grade(cell, *names)
                mark.manual_score, mark.needs_manual_grade = score, False
                try:
                    book.find_comment(cell, *names).manual_comment = comment
                except MissingEntry:
                    # nbgrader has comments for cells that the learner writes; a test has none.
                    continue
            book.db.commit()

    @contextmanager
    def _notebook(self, course: str, member: str, resources: dict[str, Any]) -> Iterator[list[Any]]:
        names = resources["nbgrader"]
        with Gradebook(self.url(course), course) as book:
            book.update_or_create_student(member)
            book.update_or_create_submission(names["assignment"], member)
            yield book.find_submission_notebook(names["notebook"], names["assignment"], member).grades
            book.db.commit()

    def _resources(self, course: str, item: str, version: str) -> dict[str, Any]:
        names = {"notebook": item, "assignment": f"{item}@{version}", "db_url": self.url(course)}
        return {"nbgrader": names}


def _create(url: str) -> None:
    """Make a new gradebook. nbgrader would do it too, by a command that is not on every service's path."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if not inspect(connection).get_table_names():
            head = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
            api.Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
    engine.dispose()
