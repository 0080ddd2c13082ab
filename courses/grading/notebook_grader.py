"""Grades a notebook: the source's cells put back, run in isolation, scored by nbgrader, told in the learner's words."""

import json
import math
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearOutput, DeduplicateIds, LimitOutput
from nbgrader.utils import is_solution

from courses.exchange import cells
from courses.exchange.cells import grade_id
from courses.grading.grade import Grade, Judged, Question
from courses.grading.gradebook import Gradebooks
from courses.grading.kernel import End, Isolate, Kernel, Limits, Ran, Started
from courses.grading.kernels import Kernels
from courses.grading.sheet import ERRORS, Sheet

ANSI = re.compile(r"\x1b\[[0-9;]*m")
SHOWN_CHARACTERS = 2000
FAULTS = {End.TIMEOUT: "timeout", End.FLOOD: "flood", End.DIED: "died"}


class NotebookGrader:
    """The `Grader` of Jupyter notebooks with nbgrader's cells."""

    def __init__(
        self,
        folder: Path,
        isolate: Isolate = Started,
        limits: Limits | None = None,
        *,
        spare: int = 1,
        preload: Sequence[str] = (),
    ) -> None:
        self._books = Gradebooks(folder)
        self._limits = limits or Limits()
        self._kernels = Kernels(isolate, self._limits, spare=spare, preload=preload)

    def start(self) -> None:
        """Have a kernel ready before the first submission comes."""
        self._kernels.fill()

    def close(self) -> None:
        self._kernels.close()

    def grade(
        self, *, course: str, item: str, version: str, member: str, source: Path, student: Path, submitted: bytes
    ) -> Grade:
        """The grade of `submitted`, by the source of its version; `student` is what the learner was given."""
        sheet = Sheet.of(cells.read(source.read_bytes()))
        given = cells.read(student.read_bytes())
        resources = self._books.enter(course, item, version, sheet)
        notebook = _restored(cells.read(submitted), sheet, given)
        self._books.overwrite(course, notebook, resources)
        run = Run(sheet, given, self._limits)
        kernel = self._kernels.take()
        try:
            kernel.ready()
            run.all(notebook, kernel)
        finally:
            kernel.close()
            self._kernels.fill()
        LimitOutput(max_lines=200).preprocess(notebook, {})
        scores = self._books.save(course, member, notebook, resources)
        return Grade([run.question(name, *scores.get(name, (None, True))) for name in sheet.questions])

    def judge(self, course: str, item: str, version: str, member: str, scores: dict[str, tuple[float, str]]) -> None:
        """Keep in the gradebook what a person gave."""
        self._books.judge(course, item, version, member, scores)


class Run:
    """One execution of a submission: what each cell did, and what may be said of it."""

    def __init__(self, sheet: Sheet, given: NotebookNode, limits: Limits) -> None:
        self._sheet = sheet
        self._titles = cells.titles(given)
        self._given = {grade_id(cell): cell for cell in given.cells}
        self._deadline = time.monotonic() + limits.all_seconds
        self._reasons: dict[str, str] = {}
        self._details: dict[str, str] = {}
        self._hints: dict[str, str] = {}
        self._outputs: dict[str, list[str]] = {}
        self._forged: set[str] = set()
        # What ended the kernel, and what stopped the learner's own code since the last question.
        self._fault = ""
        self._stopped = ""

    def all(self, notebook: NotebookNode, kernel: Kernel) -> None:
        """Run every cell; a test that could not be tried fails."""
        kernel.rely_on(self._sheet.modules)
        printed: list[str] = []
        secret = False
        for cell in notebook.cells:
            name = grade_id(cell)
            if self._sheet.is_test(name):
                self._test(cell, kernel)
                secret = secret or self._sheet.is_hidden(name, self._given.get(name))
            elif cell.cell_type == "code" and cell.source.strip():
                printed += self._learners(cell, kernel, shown=not secret)
            if name in self._sheet.questions:
                self._outputs[name], printed, self._stopped = printed, [], ""

    def question(self, name: str, score: float | None, needs_person: bool) -> Question:
        """What is told of a question, given nbgrader's score for it."""
        marks = self._sheet.cells[name].metadata["nbgrader"]
        maximum = float(marks["points"])
        person = needs_person or score is None or name in self._forged
        reason = "forged" if name in self._forged else self._reasons.get(name, "needs-person" if person else "")
        if not person and not reason and is_solution(self._sheet.cells[name]) and not score:
            reason = "no-answer"
        return Question(
            grade_id=name,
            title=self._titles.get(name, name),
            score=0.0 if person else min(float(score or 0), maximum),
            maximum=maximum,
            judged=Judged.NEEDS_PERSON if person else Judged.MACHINE,
            reason=reason,
            detail=self._details.get(name, ""),
            hint=self._hints.get(name, ""),
            outputs=self._outputs.get(name, []),
        )

    def _learners(self, cell: NotebookNode, kernel: Kernel, *, shown: bool) -> list[str]:
        untried = bool(self._fault)
        ran = self._guarded(cell.source, kernel, test=False)
        if not untried and ran.end in FAULTS:
            self._stopped = FAULTS[ran.end]
        cell.outputs = ran.outputs
        return _texts(ran.outputs) if shown else []

    def _test(self, cell: NotebookNode, kernel: Kernel) -> None:
        name = grade_id(cell)
        stopped_before = self._fault
        ran = self._guarded(cell.source, kernel, test=True)
        cell.outputs = self._verdict(name, ran)
        if kernel.forged:
            self._forged.add(name)
        if ran.end is not End.OK:
            self._reasons[name] = self._reason(name, ran, stopped_before)

    def _guarded(self, code: str, kernel: Kernel, *, test: bool) -> Ran:
        """Run a cell, unless an earlier one ended the kernel or used up the time."""
        if self._fault or time.monotonic() > self._deadline:
            self._fault = self._fault or "timeout"
            return Ran(End.DIED)
        ran = kernel.test(code) if test else kernel.run(code)
        if not kernel.alive:
            self._fault = FAULTS.get(ran.end, "died")
        return ran

    def _verdict(self, name: str, ran: Ran) -> list[NotebookNode]:
        """The outputs of a test as nbgrader should see them: an error if it failed, else at most one number.

        What the learner's code prints during a test, warnings included, is no verdict.
        """
        if ran.end is not End.OK:
            return [_error(ran.end)]
        results = [output for output in ran.outputs if output.output_type == "execute_result"]
        if not results or not self._sheet.gives_part(name):
            return []
        if len(results) > 1 or not self._plausible(name, results[0]):
            self._forged.add(name)
            return [_error(End.ERROR)]
        return results

    def _plausible(self, name: str, result: NotebookNode) -> bool:
        """Whether a result is a score in its range; a result that is no number at all counts as passed."""
        try:
            score = float(result["data"]["text/plain"])
        except (KeyError, ValueError):
            return True
        return math.isfinite(score) and 0 <= score <= float(self._sheet.cells[name].metadata["nbgrader"]["points"])

    def _reason(self, name: str, ran: Ran, stopped_before: str) -> str:
        if self._stopped:
            return self._stopped
        if stopped_before:
            return "not-run"
        if ran.end in FAULTS:
            return FAULTS[ran.end]
        error = next((output for output in ran.outputs if output.output_type == "error"), None)
        if error is None or error.ename == "AssertionError":
            self._hints[name] = self._sheet.hint(name, error.evalue if error else "")
            return "failed-test"
        self._details[name] = error.ename if error.ename in ERRORS else ""
        return "error" if self._details[name] else "failed-test"


def _restored(notebook: NotebookNode, sheet: Sheet, given: NotebookNode) -> NotebookNode:
    """The submission with the source's marks in its cells, and nothing else that steers how cells are run.

    A cell that is still as it was handed out, in whatever language, becomes the gradebook's empty answer.
    """
    as_given = {grade_id(cell): cell.source for cell in given.cells}
    for cell in notebook.cells:
        name = grade_id(cell)
        known = sheet.cells.get(name)
        cell.metadata = NotebookNode() if known is None else json_copy(known.metadata)
        cell.pop("attachments", None)
        if known is not None and cell.source == as_given.get(name):
            cell.source = known.source
    notebook.metadata = json_copy(sheet.notebook.metadata)
    for step in (ClearOutput(), DeduplicateIds()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def json_copy(metadata: Any) -> NotebookNode:
    copied: NotebookNode = NotebookNode(json.loads(json.dumps(metadata), object_hook=NotebookNode))
    return copied


def _error(end: End) -> NotebookNode:
    return NotebookNode(output_type="error", ename=end.value, evalue="", traceback=[])


def _texts(outputs: list[NotebookNode]) -> list[str]:
    """What a cell printed, as text of bounded length."""
    found = []
    for output in outputs:
        if output.output_type == "stream":
            found.append(output.text)
        elif output.output_type == "error":
            found.append(f"{output.ename}: {output.evalue}")
        else:
            found.append(str(output.data.get("text/plain", "")))
    return [ANSI.sub("", text)[:SHOWN_CHARACTERS] for text in found if text.strip()]
