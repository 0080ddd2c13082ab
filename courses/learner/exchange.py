"""nbgrader's exchange over HTTP, for a learner's server. No shared folder; nothing is sent without a receipt.

What a course's authors do (release, collect) is done on their desk in the portal, so those classes say so and fail.
"""

from pathlib import Path
from typing import Any, NoReturn

from nbgrader.exchange import abc
from nbgrader.exchange.abc.exchange import ExchangeError
from traitlets import Bool, Instance, Unicode
from traitlets.config import Config

from conventions.texts import N_
from courses.learner import files
from courses.learner.client import Portal, Refused, translate


class ExchangeRefused(ExchangeError):
    """The exchange's own failure, with the stable code of the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Exchange(abc.Exchange):
    """What all share: the portal, and the folder `<course>/` in the home."""

    portal = Instance(Portal)

    def _portal_default(self) -> Portal:
        return Portal.of_environment()

    @property
    def folder(self) -> Path:
        return Path(self.assignment_dir).expanduser() / str(self.coursedir.course_id)

    @property
    def path(self) -> Path:
        """The notebook in the home."""
        return self.folder / f"{self.coursedir.assignment_id}.ipynb"

    def say(self, text: str, **values: Any) -> NoReturn:
        """Fail with a sentence in the member's language."""
        self.fail(translate()(text, **values))
        raise AssertionError("fail() raises")

    def init_src(self) -> None:
        if not self.coursedir.course_id or not self.coursedir.assignment_id:
            self.say(N_("Say which course and which task: --course and --assignment."))

    def init_dest(self) -> None:
        """Nothing to prepare: the portal checks everything when it is asked."""

    def start(self) -> Any:
        try:
            return super().start()
        except Refused as refused:
            self.log.error("%s: %s", refused.code, refused)
            raise ExchangeRefused(refused.code, str(refused)) from refused


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """Fetches a lesson or a task into the home; what is there already stays, `fresh` gives it a dated name."""

    fresh = Bool(False, help="Fetch a fresh copy; the present one is kept under a dated name.").tag(config=True)

    def copy_files(self) -> None:
        if self.path.exists() and not self.fresh:
            self.log.info("%s is there already and stays as it is", self.path)
            return
        content = self.portal.notebook(self.coursedir.course_id, self.coursedir.assignment_id)
        if self.fresh:
            files.put_aside(self.path)
        files.write_new(self.path, content)


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    """Hands in a notebook; `receipt` is what the platform gave for it."""

    notebook = Unicode("", help="The file to hand in, if it is not <course>/<assignment>.ipynb.").tag(config=True)

    def init_src(self) -> None:
        super().init_src()
        self.file = Path(self.notebook) if self.notebook else self.path
        if not self.file.is_file():
            self.say(N_("There is no file {path}. Open the task first, then hand it in."), path=self.file.name)

    def copy_files(self) -> None:
        place = (self.coursedir.course_id, self.coursedir.assignment_id)
        self.receipt = self.portal.submit(*place, self.file.read_bytes())
        self.log.info("Handed in %s/%s: receipt %s", *place, self.receipt["id"])


class ExchangeList(Exchange, abc.ExchangeList):
    """Lists what is released, or with `inbound` or `cached` what was handed in."""

    def init_src(self) -> None:
        """A list may be of all courses."""

    def copy_files(self) -> None:
        """A list copies nothing."""

    def list_files(self) -> list[dict[str, Any]]:
        return self._handed_in() if self.inbound or self.cached else self._released()

    def remove_files(self) -> None:
        self.say(N_("What was handed in cannot be removed. Hand in again: the latest attempt counts."))

    def _released(self) -> list[dict[str, Any]]:
        root = Path(self.assignment_dir).expanduser()
        found = []
        for item in self.portal.items(self.coursedir.course_id):
            path = root / item["course"] / f"{item['item']}.ipynb"
            notebook = {"notebook_id": item["item"], "path": str(path.resolve())}
            found.append(
                {
                    "course_id": item["course"],
                    "assignment_id": item["item"],
                    "status": "fetched" if path.exists() else "released",
                    "path": str(path.parent.resolve()),
                    "notebooks": [notebook] if item["kind"] == "assignment" else [],
                }
            )
        return [each for each in found if each["notebooks"]]

    def _handed_in(self) -> list[dict[str, Any]]:
        return [
            {
                "course_id": each["course"],
                "assignment_id": each["item"],
                "status": "submitted",
                "timestamp": each["at"],
                "path": f"/learning/submissions/{each['id']}",
                "receipt": each["receipt"],
                "notebooks": [],
                "submissions": [],
            }
            for each in self.portal.submissions(self.coursedir.course_id, self.coursedir.assignment_id)
        ]


class ExchangeFetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    """Writes the scores and hints of the latest attempt beside the task, as text."""

    def copy_files(self) -> None:
        place = (self.coursedir.course_id, self.coursedir.assignment_id)
        latest = next(iter(self.portal.submissions(*place)), None)
        grade = self.portal.submission(latest["id"])["grade"] if latest else None
        if latest is None or grade is None:
            self.say(N_("There is no feedback yet. It comes soon after you hand in."))
        lines = [f"{grade['score']:g} / {grade['maximum']:g}", ""]
        for question in grade["questions"]:
            told = " ".join(text for text in (question["hint"], question["comment"]) if text)
            lines.append(f"{question['title']}: {question['score']:g} / {question['maximum']:g}  {told}".rstrip())
        path = self.folder / f"{self.coursedir.assignment_id}.feedback-{latest['attempt']}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class OnTheDesk(Exchange):
    """What authors do with nbgrader's command elsewhere is done on the desk here."""

    def init_src(self) -> None:
        self.say(N_("This is done on the author's desk of the platform: open /desk, then choose the course."))

    def copy_files(self) -> None:
        self.init_src()


class ExchangeReleaseAssignment(OnTheDesk, abc.ExchangeReleaseAssignment):
    """A release is made on the desk, after the check."""


class ExchangeReleaseFeedback(OnTheDesk, abc.ExchangeReleaseFeedback):
    """Feedback is there as soon as there is a grade."""


class ExchangeCollect(OnTheDesk, abc.ExchangeCollect):
    """Submissions are on the platform from the moment they are handed in."""


def config() -> Config:
    """What makes nbgrader use this exchange."""
    chosen = Config()
    chosen.ExchangeFactory.exchange = Exchange
    chosen.ExchangeFactory.fetch_assignment = ExchangeFetchAssignment
    chosen.ExchangeFactory.fetch_feedback = ExchangeFetchFeedback
    chosen.ExchangeFactory.release_assignment = ExchangeReleaseAssignment
    chosen.ExchangeFactory.release_feedback = ExchangeReleaseFeedback
    chosen.ExchangeFactory.list = ExchangeList
    chosen.ExchangeFactory.submit = ExchangeSubmit
    chosen.ExchangeFactory.collect = ExchangeCollect
    return chosen
