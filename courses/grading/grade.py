"""A grade: the score of each question and what the learner is told of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol


class Judged(StrEnum):
    """Who judged a question, or that a person still has to."""

    MACHINE = "machine"
    NEEDS_PERSON = "needs-person"
    PERSON = "person"


@dataclass(frozen=True)
class Question:
    """One graded cell. `reason` is a key of `courses.grading.reasons`; `hint` and `comment` are written by people.

    `outputs` are what the learner's own cells of this question printed, never what a test printed.
    """

    grade_id: str
    title: str
    score: float
    maximum: float
    judged: Judged
    reason: str = ""
    detail: str = ""
    hint: str = ""
    comment: str = ""
    outputs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Grade:
    """The grade of one submission; partial as long as a question needs a person."""

    questions: list[Question]

    @property
    def score(self) -> float:
        return sum(question.score for question in self.questions)

    @property
    def maximum(self) -> float:
        return sum(question.maximum for question in self.questions)

    @property
    def needs_person(self) -> bool:
        return any(question.judged is Judged.NEEDS_PERSON for question in self.questions)

    def with_scores(self, scores: dict[str, tuple[float, str]]) -> "Grade":
        """The grade after a person gave the questions of these ids a score and a comment."""
        return Grade([_judged(question, scores.get(question.grade_id)) for question in self.questions])

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(question) for question in self.questions]

    @classmethod
    def from_json(cls, entries: Iterable[dict[str, Any]]) -> "Grade":
        return cls([Question(**{**entry, "judged": Judged(entry["judged"])}) for entry in entries])


class MachineFailed(Exception):
    """The machine, not the learner, is why there is no grade; trying again may help."""


class Grader(Protocol):
    """Grades one submission. Raises `MachineFailed` when it could not; whatever the learner did has a grade."""

    def grade(
        self, *, course: str, item: str, version: str, member: str, source: Path, student: Path, submitted: bytes
    ) -> Grade: ...


def _judged(question: Question, given: tuple[float, str] | None) -> Question:
    if given is None:
        return question
    return replace(question, score=given[0], comment=given[1], judged=Judged.PERSON)
