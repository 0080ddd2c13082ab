"""What is wrong with a course: where, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conventions.languages import SOURCE
from conventions.texts import Translate, texts


@dataclass(frozen=True)
class Problem:
    """One thing to put right. `path` is relative to the content folder; `place` is a key, a cell or a text.

    `message` is a catalogue text with `{named}` places for `values`. A problem that does not `block` leaves a
    release possible: nothing wrong would be shown, only less than there could be.
    """

    path: str
    place: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    blocks: bool = True

    def sentence(self, translate: Translate) -> str:
        """The message in the language of `translate`."""
        return translate(self.message, **self.values)

    def line(self, translate: Translate) -> str:
        """Where it is, and the message."""
        where = f"{self.path}: {self.place}" if self.place else self.path
        return f"{where}: {self.sentence(translate)}"

    def __str__(self) -> str:
        return self.line(texts(SOURCE))


class Problems(tuple[Problem, ...]):
    """Several problems as one value of an error, in the language of the error."""

    __slots__ = ()

    def sentence(self, translate: Translate) -> str:
        return "; ".join(problem.line(translate) for problem in self)

    def __str__(self) -> str:
        return self.sentence(texts(SOURCE))
