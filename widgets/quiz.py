"""Widgets: questions in a lesson, with the reason and its article, or only recorded where a person or a test grades.

`choose`, `match`, `order` and `number` end the cell that holds the question; `widgets.questions` says how it is
written. The answer is in the variable named in the call, and in the cell's own text: the notebook keeps it, and
whoever runs the notebook anew, a grader too, has it.
"""

import linecache
import sys
from types import FrameType
from typing import Any

import anywidget
import traitlets

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_, texts
from widgets import progress, questions
from widgets.questions import Question
from widgets.script import script, style

TEXTS = {
    "check": N_("Check my answer"),
    "keep": N_("Keep this order"),
    "why": N_("Show the reason"),
    "up": N_("Up"),
    "down": N_("Down"),
    "place": N_("Place {n}"),
    "choose": N_("– choose –"),
    "open": N_("Choose an answer first."),
    "saved": N_("Your answer is kept in this notebook."),
    "unsaved": N_("Your answer is kept until this page is closed."),
    "silent": N_("There is no answer from Python. Run this cell again."),
}
RIGHT, RECORDED = N_("Right."), N_("Recorded: {answer}")
WRONG, PARTLY = N_("Not yet. Try once more."), N_("{n} of {total} are right. Try once more.")


class Quiz(anywidget.AnyWidget):
    """A question. `answer` is what was given ("2", "1 3", "12.5"; empty for nothing), `verdict` what is said of it."""

    _esm = script("quiz")
    _css = style("quiz")

    page = traitlets.Dict().tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)

    def __init__(self, asked: Question, given: object = "", namespace: dict[str, Any] | None = None) -> None:
        self._question, self._namespace = asked, {} if namespace is None else namespace
        self._translate = texts(asked.language)
        super().__init__(page=self._page(), answer=str(given))
        self._judge()

    def _page(self) -> dict[str, Any]:
        asked, t = self._question, self._translate
        words = {key: t(text, n="{n}") if "{n}" in text else t(text) for key, text in TEXTS.items()}
        return {
            **{"kind": asked.kind, "language": asked.language, "direction": LANGUAGES[asked.language].direction},
            **{"variable": asked.variable, "text": asked.text, "reason": asked.reason, "texts": words},
            **{"options": list(asked.options), "items": list(asked.lists[0]) if asked.kind == "match" else []},
            **{"many": " " in asked.right or not asked.right, "graded": not asked.right},
        }

    @traitlets.observe("answer")
    def _answered(self, _change: dict[str, Any]) -> None:
        if "verdict" in self._trait_values:
            self._judge()

    def _judge(self) -> None:
        """Keep the answer, say what is to be said of it, and tell the lesson's progress."""
        asked, t = self._question, self._translate
        state, said, kept = "open", "", ""
        try:
            kept = asked.answer(self.answer)
        except ClearingHouseError as error:
            state, said = "bad", error.sentence(t)
        if kept and not asked.right:
            state, said = "recorded", t(RECORDED, answer=kept)
        elif kept:
            state, said = self._compared(asked.matches(kept))
        self._namespace[asked.variable] = kept
        self.verdict = {"state": state, "said": said, "kept": kept, "answer": self.answer}
        if asked.step:
            progress.report(asked.step, asked.variable, state)

    def _compared(self, parts: list[bool]) -> tuple[str, str]:
        t = self._translate
        if all(parts):
            return "right", t(RIGHT)
        partly = t(PARTLY, n=sum(parts), total=len(parts))
        return "wrong", t(WRONG) if len(parts) == 1 else partly


def choose(answer: object, *, right: str = "", step: int = 0) -> Quiz:  # noqa: ARG001 - read from the cell
    """One of the options, or several if `right` names several or is not there."""
    return _asked(sys._getframe(1), answer)


def match(answer: object, *, right: str = "", step: int = 0) -> Quiz:  # noqa: ARG001
    """For each of the first list one of the second."""
    return _asked(sys._getframe(1), answer)


def order(answer: object, *, right: str = "", step: int = 0) -> Quiz:  # noqa: ARG001
    """The options in their order."""
    return _asked(sys._getframe(1), answer)


def number(answer: object, *, right: str = "", within: str = "0", step: int = 0) -> Quiz:  # noqa: ARG001
    """A number, right if it is no further than `within` from `right`."""
    return _asked(sys._getframe(1), answer)


def _asked(frame: FrameType, answer: object) -> Quiz:
    # IPython keeps the text of each cell where tracebacks look for it, in every front end.
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    return Quiz(questions.question(source), answer, frame.f_globals)
