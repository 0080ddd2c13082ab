"""A widget: how far a learner is in a lesson, from what this notebook was told since its kernel started.

`steps` ends a cell that names the lesson's steps (`widgets.questions`); questions report to it, and a lesson's own
exercises may. Nothing leaves the kernel, and nothing about the learner comes into it.
"""

import linecache
import sys
from typing import Any
from weakref import WeakSet

import anywidget
import traitlets

from conventions.languages import LANGUAGES
from conventions.texts import N_, texts
from widgets import questions
from widgets.questions import Steps
from widgets.script import script, style

TITLE, ALL_DONE = N_("Your progress in this lesson"), N_("You have answered everything.")
DONE = {"right", "recorded"}

_reported: dict[int, dict[str, str]] = {}
_shown: "WeakSet[Progress]" = WeakSet()


class Progress(anywidget.AnyWidget):
    """The steps of a lesson, each with how many of its questions are done; `said` sums them up."""

    _esm = script("progress")
    _css = style("progress")

    page = traitlets.Dict().tag(sync=True)
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    def __init__(self, steps: Steps) -> None:
        self._steps, self._translate = steps, texts(steps.language)
        language = LANGUAGES[steps.language]
        page = {"language": language.code, "direction": language.direction, "title": self._translate(TITLE)}
        super().__init__(page=page | {"total": sum(steps.counts)})
        _shown.add(self)
        self.count()

    def count(self) -> None:
        """Count anew what was reported."""
        rows = [self._row(place, title) for place, title in enumerate(self._steps.titles, 1)]
        done, total = sum(row["done"] for row in rows), sum(self._steps.counts)
        again = sum(state == "wrong" for told in _reported.values() for state in told.values())
        t = self._translate
        said = t(N_("{done} of {total} questions done."), done=done, total=total)
        if again:
            said += " " + t(N_("{n} to try once more."), n=again)
        self.rows, self.said = rows, f"{said} {t(ALL_DONE)}" if done == total else said

    def _row(self, place: int, title: str) -> dict[str, Any]:
        total = self._steps.counts[place - 1]
        done = min(total, sum(state in DONE for state in _reported.get(place, {}).values()))
        said = self._translate(N_("{done} of {total}"), done=done, total=total)
        return {"title": title, "done": done, "total": total, "said": said}


def report(step: int, name: str, state: str) -> None:
    """Tell how a question stands: right, wrong, recorded or open; `name` tells it from the others of its step."""
    _reported.setdefault(step, {})[name] = state
    for widget in _shown:
        widget.count()


def steps(*counts: int) -> Progress:  # noqa: ARG001 - read from the cell
    """The progress in the steps that the cell names."""
    frame = sys._getframe(1)
    return Progress(questions.steps("".join(linecache.getlines(frame.f_code.co_filename))))
