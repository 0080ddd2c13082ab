"""Grades what waits, in the background: safe to stop at any moment, since a submission waits until it has a grade."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol

from fastapi import Request
from sqlalchemy.orm import Session

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.exchange import submissions
from courses.exchange.shelf import Shelf
from courses.exchange.store import Store
from courses.exchange.submissions import State, Submission
from courses.grading import grades
from courses.grading.grade import Grade
from courses.grading.notebook_grader import NotebookGrader
from expert_db.database import Database, now
from expert_db.events import Event

log = logging.getLogger(__name__)
TRIES = 4
RETRY_AFTER = timedelta(seconds=5)


class Grading:
    """Takes waiting submissions, `workers` at a time, and writes their grades. Hangs on `app.state.grading`."""

    def __init__(
        self,
        database: Database,
        store: Store,
        shelf: Shelf,
        grader: NotebookGrader,
        workers: int = 2,
        *,
        executor: Executor | None = None,
        retry_after: timedelta = RETRY_AFTER,
    ) -> None:
        self.database = database
        self.store = store
        self.shelf = shelf
        self.grader = grader
        self._executor = executor or ThreadPoolExecutor(workers, thread_name_prefix="grading")
        self._retry_after = retry_after
        self._wake = threading.Event()
        self._stopped = False
        self._under_way: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="grading", daemon=True)

    def start(self) -> None:
        self.grader.start()
        self._thread.start()
        self.wake()

    def stop(self) -> None:
        """Let what is being graded end, and take nothing new."""
        self._stopped = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self.grader.close()

    def wake(self) -> None:
        """Something was handed in: look now."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            # The time-out is for retries and for what another process stored.
            self._wake.wait(timeout=self._retry_after.total_seconds())
            self._wake.clear()
            try:
                self._take()
            except Exception:
                log.exception("could not look for submissions; it will be tried again")

    def _take(self) -> None:
        with self.database.session() as session:
            waiting = [each.id for each in submissions.due(session, now()) if each.id not in self._under_way]
        for number in waiting if not self._stopped else ():
            self._under_way.add(number)
            self._executor.submit(self.grade, number).add_done_callback(self._done(number))

    def _done(self, number: str) -> Callable[[Future[State]], None]:
        def done(future: Future[State]) -> None:
            self._under_way.discard(number)
            if not future.cancelled() and (error := future.exception()):
                log.error("submission %s could not be graded", number, exc_info=error)

        return done

    def grade(self, number: str) -> State:
        """Grade one submission now; the state it is in afterwards."""
        with self.database.session() as session:
            submission = submissions.find(session, number)
        if submission.state != State.WAITING:
            return State(submission.state)
        began = time.monotonic()
        try:
            grade = self._judge(submission)
        except Exception as error:
            logs.tell(log, "grading-failed", submission=number, error=error)
            return self._failed(number)
        took = time.monotonic() - began
        logs.tell(log, "graded", course=submission.course, assignment=submission.item, seconds=took)
        with self.database.session() as session:
            current = submissions.find(session, number)
            if current.state == State.WAITING:
                grades.give(session, current, grade)
            return State(current.state)

    def grade_by_person(self, number: str, scores: dict[str, tuple[float, str]], *, by: str) -> Grade:
        """Give the questions that a person judged their scores and comments; every score is checked first."""
        with self.database.session() as session:
            submission = submissions.find(session, number)
            before = grades.of(session, number)
            if before is None:
                raise ClearingHouseError(
                    "not-graded-yet",
                    N_("This submission has not been tried by the machine yet. Come back in a minute."),
                    status=409,
                )
            _check(before.grade, scores)
            grade = before.grade.with_scores(scores)
            self.grader.judge(submission.course, submission.item, submission.version, submission.member, scores)
            grades.give(session, submission, grade, by=by)
            return grade

    def _judge(self, submission: Submission) -> Grade:
        place = (submission.course, submission.item)
        return self.grader.grade(
            course=submission.course,
            item=submission.item,
            version=submission.version,
            member=submission.member,
            source=self.shelf.source(*place, submission.version),
            student=self.shelf.student(*place, submission.language, submission.version),
            submitted=self.store.content(submission),
        )

    def _failed(self, number: str) -> State:
        """Try again later, each time after twice as long; in the end say so."""
        with self.database.session() as session:
            submission = submissions.find(session, number)
            submission.tries += 1
            submission.retry_at = now() + self._retry_after * 2 ** (submission.tries - 1)
            if submission.tries >= TRIES:
                submission.state = State.FAILED
            return State(submission.state)

    def try_again(self, number: str) -> None:
        """Put a failed submission back among those that wait."""
        with self.database.session() as session:
            submission = submissions.find(session, number)
            submission.state, submission.tries, submission.retry_at = State.WAITING, 0, None
        self.wake()


def _check(grade: Grade, scores: dict[str, tuple[float, str]]) -> None:
    limits = {question.grade_id: (question.maximum, question.title) for question in grade.questions}
    for name, (score, _) in scores.items():
        maximum, title = limits.get(name, (-1.0, name))
        if not 0 <= score <= maximum:
            raise ClearingHouseError(
                "score-out-of-range",
                N_("The score of {question} must be from 0 to {maximum}. Nothing was saved."),
                question=title,
                maximum=f"{max(maximum, 0):g}",
            )


def grading(request: Request) -> Grading:
    """The grading of the platform that serves this request."""
    service: Grading = request.app.state.grading
    return service


class HasGrading(Protocol):
    """A platform with a grading service, as `hub_config.flows` hands it to handlers."""

    @property
    def grading(self) -> Grading: ...


def on_submitted(platform: HasGrading, _session: Session, _event: Event) -> None:
    """Handler of `submitted`: look at once."""
    platform.grading.wake()
