"""Releases: which version of a course is out, and where its files are.

Built aside, made durable, moved into place, and only then made visible by a row in `releases`. A crash leaves a
folder that nobody sees, which the next release of that version replaces.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses import check
from courses.catalogue import Course
from courses.edition import build
from courses.problem import Problems
from expert_db.database import Base, Database, UTCDateTime, now
from expert_db.events import record


class Release(Base):
    """That a version of a course was released: the digest of all its files, by whom and when."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("course", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


def digest(*folders: Path) -> str:
    """SHA-256 over the names and contents of all files in the folders."""
    total = hashlib.sha256()
    for number, folder in enumerate(folders):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            total.update(f"{number}/{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


class Press:
    """Makes releases in a folder: `released/<course>/<version>/<language>/<item>.ipynb` and `source/…`.

    `source` holds solutions and hidden tests and can be read by the platform alone.
    """

    def __init__(self, folder: Path) -> None:
        self.released = folder / "released"
        self.source = folder / "source"
        self._folder = folder
        for needed in (folder, self.released, self.source):
            needed.mkdir(parents=True, exist_ok=True)
        self.source.chmod(0o700)

    def release(self, database: Database, folder: Path, *, by: str) -> Release:
        """Release the version in a course's folder, whole or not at all.

        The same version with the same content is released already, and is given back. Refused:
        `release-problems` if the check finds any that block, `release-exists` if the version was released with
        other content, `release-older` if a later one is out.
        """
        self._refuse_problems(folder)
        with (
            self._alone(),
            tempfile.TemporaryDirectory(dir=self._folder, prefix=".building-") as aside,
            database.session() as session,
        ):
            learners, graders = Path(aside) / "released", Path(aside) / "source"
            course = build(folder, learners, graders).course
            content = digest(learners, graders)
            before = earlier(session, course.id)
            if same := next((release for release in before if release.version == course.version), None):
                return self._same(same, content)
            self._refuse_older(course, before)
            self._place(learners, self.released / course.id / course.version)
            self._place(graders, self.source / course.id / course.version)
            return self._record(session, course, content, by)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One release at a time, whatever process makes it, until it is committed."""
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _refuse_problems(self, folder: Path) -> None:
        blocking = [problem for problem in check.course_problems(folder) if problem.blocks]
        if blocking:
            raise ClearingHouseError(
                "release-problems",
                N_("{course} was not released. Put this right first: {problems}"),
                status=409,
                course=folder.name,
                problems=Problems(blocking),
            )

    def _same(self, release: Release, content: str) -> Release:
        if release.digest != content:
            raise ClearingHouseError(
                "release-exists",
                N_("Version {version} of {course} is out with other content. Raise the version in course.toml."),
                status=409,
                course=release.course,
                version=release.version,
            )
        return release

    def _refuse_older(self, course: Course, before: list[Release]) -> None:
        latest = max((release.version for release in before), key=_order, default=None)
        if latest is not None and _order(latest) > course.order():
            raise ClearingHouseError(
                "release-older",
                N_("Version {latest} of {course} is out, so {version} cannot follow it. Raise the version."),
                status=409,
                course=course.id,
                version=course.version,
                latest=latest,
            )

    def _place(self, built: Path, place: Path) -> None:
        # Without a row in `releases`, what lies there was left by a crash.
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        for folder in [path for path in built.rglob("*") if path.is_dir()] + [built]:
            _sync(folder)
        built.rename(place)
        _sync(place.parent)

    def _record(self, session: Session, course: Course, content: str, by: str) -> Release:
        release = Release(course=course.id, version=course.version, digest=content, by=by)
        session.add(release)
        record(session, "released", actor=by, subject=course.subject, version=course.version, digest=content)
        return release


def earlier(session: Session, course: str) -> list[Release]:
    """The releases of a course, the latest version first."""
    found = session.scalars(select(Release).where(Release.course == course))
    return sorted(found, key=lambda release: _order(release.version), reverse=True)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
