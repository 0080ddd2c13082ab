"""Stores what is handed in: checked first, then on disk and in the database, whole or not at all.

The order makes it safe to be killed at any step: the file is written beside its place, synced and renamed before
the row that mentions it, and a receipt is given only for a row. What has no row is swept away at the next start.
"""

import errno
import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from courses.exchange import cells
from courses.exchange.shelf import Shelf
from courses.exchange.submissions import State, Submission, enrolled, find
from expert_db.database import Database, now
from expert_db.events import record

log = logging.getLogger(__name__)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Step = Callable[[str], None]


def no_step(_name: str) -> None:
    """What happens after each named step outside of tests: nothing."""


class Store:
    """The submissions of all courses: files in `folder/<course>/<item>/`, rows in the database."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        shelf: Shelf,
        *,
        limit: int = 10_000_000,
        enrolled: Callable[[Session, str, str], bool] = enrolled,
        on_step: Step = no_step,
    ) -> None:
        self.database = database
        self.folder = folder
        self.shelf = shelf
        self.limit = limit
        self.on_step = on_step
        self._enrolled = enrolled
        # One submission is stored at a time, so that two sent at once do not take the same attempt's number.
        self._one = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        # Each open store holds a share of this lock; sweeping needs it whole, so it never takes another's half file.
        self._lease = (folder / ".lock").open("wb")
        fcntl.flock(self._lease, fcntl.LOCK_SH)

    def submit(
        self, member: str, course: str, item: str, content: bytes, *, key: str = "", sha256: str = ""
    ) -> Submission:
        """Store one submission durably. The same `key` sent again gets the submission that it made."""
        self._allowed(member, course, item)
        self._whole(content, sha256)
        version, language = self._checked(course, item, content)
        with self._one:
            return self._known(member, course, item, key, content) or self._store(
                content,
                Submission(
                    id=uuid4().hex,
                    member=member,
                    course=course,
                    item=item,
                    version=version,
                    language=language,
                    idempotency_key=key or uuid4().hex,
                    sha256=hashlib.sha256(content).hexdigest(),
                    size=len(content),
                    at=now(),
                    state=State.WAITING,
                ),
            )

    def refuse_size(self, size: int) -> None:
        """Refused with `submission-too-large` when a file of `size` bytes is over the limit."""
        if size > self.limit:
            raise ClearingHouseError(
                "submission-too-large",
                N_(
                    "The file has {size} bytes; at most {limit} are taken. Clear large outputs, save and hand in again."
                ),
                status=413,
                size=size,
                limit=self.limit,
            )

    def path(self, submission: Submission) -> Path:
        """Where the file lies."""
        return self.folder / submission.course / submission.item / f"{submission.id}.ipynb"

    def content(self, submission: Submission) -> bytes:
        """The bytes handed in, unchanged."""
        return self.path(submission).read_bytes()

    def sweep(self) -> int:
        """Remove what a killed process left half done; the number of files. Skipped while another store is open."""
        try:
            fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return self._sweep()
        except BlockingIOError:
            return 0
        finally:
            fcntl.flock(self._lease, fcntl.LOCK_SH)

    def close(self) -> None:
        self._lease.close()

    def _sweep(self) -> int:
        with self.database.session() as session:
            recorded = set(session.scalars(select(Submission.id)))
        halves = list(self.folder.rglob("*.part"))
        halves += [path for path in self.folder.rglob("*.ipynb") if path.stem not in recorded]
        for path in halves:
            path.unlink()
            log.warning("removed %s: it was never recorded and no receipt was given for it", path.name)
        return len(halves)

    def _allowed(self, member: str, course: str, item: str) -> None:
        if self.shelf.kind(course, item) != "assignment":
            raise ClearingHouseError(
                "not-an-assignment", N_("{item} is a lesson: there is nothing to hand in."), status=400, item=item
            )
        with self.database.session() as session:
            if not self._enrolled(session, member, course):
                raise ClearingHouseError(
                    "not-enrolled",
                    N_("You are not enrolled in this course. Enrol on its page, then hand in again."),
                    status=403,
                )

    def _whole(self, content: bytes, sha256: str) -> None:
        self.refuse_size(len(content))
        if sha256 and hashlib.sha256(content).hexdigest() != sha256.lower():
            raise ClearingHouseError(
                "submission-damaged",
                N_("The file arrived damaged, so nothing was stored. Hand it in again."),
                status=422,
            )

    def _checked(self, course: str, item: str, content: bytes) -> tuple[str, str]:
        """The version and language that the notebook is of, once its cells are found to be complete."""
        notebook = cells.read(content)
        stamp = cells.stamp(notebook)
        if (stamp.get("course", course), stamp.get("item", item)) != (course, item):
            raise ClearingHouseError(
                "submission-other-task",
                N_(
                    "This file belongs to another task, {course}/{item}, so nothing was stored. "
                    "Hand in the file of this task."
                ),
                course=stamp.get("course", ""),
                item=stamp.get("item", ""),
            )
        version, language = stamp.get("version", ""), stamp.get("language", SOURCE)
        version = version if self.shelf.has(course, version) else self.shelf.current(course)
        language = language if language in LANGUAGES else SOURCE
        cells.check(notebook, cells.read(self.shelf.student(course, item, language, version).read_bytes()))
        return version, language

    def _known(self, member: str, course: str, item: str, key: str, content: bytes) -> Submission | None:
        query = select(Submission).filter_by(member=member, course=course, item=item, idempotency_key=key)
        with self.database.session() as session:
            found = session.scalar(query)
        if found and found.sha256 != hashlib.sha256(content).hexdigest():
            raise ClearingHouseError(
                "idempotency-key-used",
                N_("This request was already used for another file. Hand in again with a new one."),
                status=409,
            )
        return found

    def _store(self, content: bytes, submission: Submission) -> Submission:
        path = self.path(submission)
        try:
            self._place(path, content)
            stored = self._record(submission)
        except (OSError, OperationalError) as error:
            path.unlink(missing_ok=True)
            if not _full(error):
                raise
            raise ClearingHouseError(
                "disk-full",
                N_(
                    "The platform has no room for your file, so it was not stored. What you handed in before is "
                    "safe. Keep your file and try again later; the Secretariat can see it on the status page."
                ),
                status=507,
            ) from error
        self.on_step("recorded")
        return stored

    def _place(self, path: Path, content: bytes) -> None:
        _make(path.parent, self.folder)
        part = path.with_suffix(".part")
        try:
            self._write(part, content)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
        self.on_step("renamed")
        _sync(path.parent)

    def _write(self, part: Path, content: bytes) -> None:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            self.on_step("written")
            os.fsync(file.fileno())
            self.on_step("synced")

    def _record(self, new: Submission) -> Submission:
        taken = select(func.coalesce(func.max(Submission.attempt), 0) + 1).filter_by(
            member=new.member, course=new.course, item=new.item
        )
        values = {column.key: getattr(new, column.key) for column in Submission.__table__.columns}
        values |= {"attempt": taken.scalar_subquery(), "tries": 0}
        with self.database.session() as session:
            session.execute(insert(Submission).values(values))
            stored = find(session, new.id)
            record(
                session,
                "submitted",
                actor=new.member,
                subject=new.subject,
                submission=new.id,
                attempt=stored.attempt,
                version=new.version,
            )
            return stored


def _make(folder: Path, root: Path) -> None:
    """Make the folder, and sync each folder whose entry is new."""
    if not folder.exists():
        folder.mkdir(parents=True)
        for parent in folder.parents[: len(folder.relative_to(root).parts)]:
            _sync(parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _full(error: BaseException) -> bool:
    if isinstance(error, OperationalError):
        return "disk is full" in str(error.orig)
    return isinstance(error, OSError) and error.errno in FULL
