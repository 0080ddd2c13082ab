"""The learner's side of the exchange: real notebooks from a real service, and her work is never overwritten."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.abc.exchange import ExchangeError

from courses.learner import files
from courses.learner.client import Portal
from courses.learner.exchange import config
from courses.learner.words import words
from tests.courses.exchange_app import enrol
from tests.courses.notebooks import COURSE, GOOD, ITEM, LESSON, answered, release
from tests.courses.processes import service

HER_TOKEN = "token-amina"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The exchange, running, with a course on its shelf."""
    folder = tmp_path_factory.mktemp("platform")
    release(folder / "courses")
    enrol(folder, "amina")
    with service(folder) as (address, _):
        yield address, folder


@pytest.fixture
def exchange(platform: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes one of nbgrader's exchange actions for her home, which is `tmp_path`."""
    monkeypatch.setenv("CHM_LANGUAGE", "fr")

    def make(name: str, item: str = ITEM, *, url: str = "", token: str = HER_TOKEN, **traits: Any) -> Any:
        chosen = config()
        coursedir = CourseDirectory(config=chosen, course_id=COURSE, assignment_id=item)
        portal = Portal(url or platform[0], token)
        action = getattr(ExchangeFactory(config=chosen), name)
        return action(coursedir=coursedir, portal=portal, assignment_dir=str(tmp_path), config=chosen, **traits)

    return make


def test_a_task_is_fetched_in_her_language(exchange: Any, tmp_path: Path) -> None:
    """The notebook lies in the folder of its course, whole, with no half file beside it."""
    exchange("FetchAssignment").start()
    assert "Est-ce un déchet ?" in (tmp_path / COURSE / f"{ITEM}.ipynb").read_text()
    assert [path.name for path in (tmp_path / COURSE).iterdir()] == [f"{ITEM}.ipynb"]


def test_her_work_is_never_overwritten(exchange: Any, tmp_path: Path) -> None:
    """Fetching again leaves her file as it is."""
    exchange("FetchAssignment").start()
    mine = tmp_path / COURSE / f"{ITEM}.ipynb"
    mine.write_text("my work")
    exchange("FetchAssignment").start()
    assert mine.read_text() == "my work"


def test_a_fresh_copy_keeps_the_old_one_under_a_dated_name(exchange: Any, tmp_path: Path) -> None:
    """Asked for a fresh copy, she has both."""
    exchange("FetchAssignment").start()
    mine = tmp_path / COURSE / f"{ITEM}.ipynb"
    mine.write_text("my work")
    exchange("FetchAssignment", fresh=True).start()
    exchange("FetchAssignment", fresh=True).start()
    texts = [path.read_text() for path in mine.parent.iterdir()]
    assert len(texts) == 3
    assert texts.count("my work") == 1
    assert "déchet" in mine.read_text()


def test_when_the_platform_is_silent_nothing_is_moved(exchange: Any, tmp_path: Path) -> None:
    """A fresh copy that cannot be had leaves everything where it was, and says so in her language."""
    exchange("FetchAssignment").start()
    with pytest.raises(ExchangeError) as refused:
        exchange("FetchAssignment", fresh=True, url="http://127.0.0.1:9/api/exchange").start()
    assert refused.value.code == "portal-silent"
    assert [path.name for path in (tmp_path / COURSE).iterdir()] == [f"{ITEM}.ipynb"]


def test_a_file_that_came_in_between_wins(tmp_path: Path) -> None:
    """Even a file that appears between looking and writing is not overwritten."""
    path = tmp_path / "a" / "b.ipynb"
    assert files.write_new(path, b"first")
    assert not files.write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert len(list(path.parent.iterdir())) == 1


def test_handing_in_gives_the_receipt_and_twice_the_same(
    exchange: Any, tmp_path: Path, platform: tuple[str, Path]
) -> None:
    """The receipt is of the file; the same file handed in again is the same submission."""
    exchange("FetchAssignment").start()
    path = tmp_path / COURSE / f"{ITEM}.ipynb"
    path.write_bytes(answered(platform[1] / "courses", GOOD))
    receipts = []
    for _ in range(2):
        submit = exchange("Submit")
        submit.start()
        receipts.append(submit.receipt)
    assert receipts[0] == receipts[1]
    listed = exchange("List", cached=True).start()
    assert [each["receipt"] for each in listed] == receipts[:1]
    assert exchange("List").start()[0]["status"] == "fetched"


def test_the_platforms_refusal_is_told(exchange: Any, tmp_path: Path) -> None:
    """What the platform refuses raises with its code: a plain return would count as sent."""
    path = tmp_path / COURSE / f"{ITEM}.ipynb"
    path.parent.mkdir()
    path.write_text("{}")
    with pytest.raises(ExchangeError) as refused:
        exchange("Submit").start()
    assert refused.value.code == "submission-not-a-notebook"
    with pytest.raises(ExchangeError) as refused:
        exchange("Submit", token="wrong").start()
    assert refused.value.code == "token-unknown"


def test_without_a_file_nothing_is_sent(exchange: Any) -> None:
    """Handing in what was never opened says what to do."""
    with pytest.raises(ExchangeError, match=ITEM):
        exchange("Submit").start()


def test_feedback_that_is_not_there_yet_is_said(exchange: Any) -> None:
    """No empty file stands in for feedback."""
    with pytest.raises(ExchangeError):
        exchange("FetchFeedback", LESSON).start()


@pytest.mark.parametrize("name", ["ReleaseAssignment", "ReleaseFeedback", "Collect"])
def test_what_authors_do_is_done_on_the_desk(exchange: Any, name: str) -> None:
    """Releasing and collecting from a learner's server fails with a sentence that says where it is done."""
    with pytest.raises(ExchangeError, match="/desk"):
        exchange(name).start()


def test_what_was_handed_in_cannot_be_removed(exchange: Any) -> None:
    """nbgrader's `--remove` removes nothing."""
    with pytest.raises(ExchangeError):
        exchange("List", remove=True).start()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"metadata": 3}', b"\xff", b"[" * 99_999])
def test_any_bytes_can_be_asked_for_their_stamp(content: bytes) -> None:
    """A file that is no notebook has no stamp."""
    assert files.stamp(content) == {}


def test_the_buttons_words_are_in_her_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels come from the catalogues, and with them the direction of writing."""
    monkeypatch.setenv("CHM_LANGUAGE", "ar")
    arabic = words()
    assert (arabic["language"], arabic["direction"]) == ("ar", "rtl")
    monkeypatch.setenv("CHM_LANGUAGE", "en")
    english = words()
    assert english["words"]["handIn"] == "Hand in"
    assert not set(json.dumps(english["words"])) & set("ابتسليم")
    assert arabic["words"]["handIn"] != "Hand in"
