"""The exchange: what is handed in is checked, stored whole or not at all, and survives being killed at any step."""

import hashlib
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nbformat import NotebookNode
from sqlalchemy import select

from conventions.texts import ROOT
from courses.exchange.shelf import FolderShelf
from courses.exchange.store import Store
from courses.exchange.submissions import Submission
from expert_db.database import Database
from expert_db.events import history
from tests.courses import exchange_app
from tests.courses.notebooks import COURSE, GOOD, ITEM, LESSON, SAID, answered, bad, release
from tests.courses.processes import service
from tests.waiting import PATIENCE

AMINA = {"Authorization": "Bearer token-amina"}
BO = {"Authorization": "Bearer token-bo"}
PLACE = f"/api/exchange/{COURSE}/{ITEM}/submissions"
STEPS = ["written", "synced", "renamed", "recorded", "signed", "answered"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    release(tmp_path / "courses")
    exchange_app.enrol(tmp_path, "amina")
    return tmp_path


@pytest.fixture
def app(home: Path) -> FastAPI:
    return exchange_app.build(home, limit=100_000)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, headers=AMINA) as client:
        yield client


@pytest.fixture
def good(home: Path) -> bytes:
    return answered(home / "courses", GOOD)


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def files(home: Path) -> list[Path]:
    return [path for path in (home / "courses" / "submissions").rglob("*.*") if path.suffix]


def test_a_submission_is_stored_byte_for_byte_and_answered_with_its_receipt(
    client: TestClient, home: Path, good: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The receipt names the file's hash, size, attempt and version, and the file on disk is what was sent."""
    caplog.set_level(logging.INFO, logger="courses.exchange.service")
    receipt = client.post(PLACE, content=good).json()
    assert (receipt["member"], receipt["course"], receipt["item"]) == ("amina", COURSE, ITEM)
    assert (receipt["attempt"], receipt["size"], receipt["version"]) == (1, len(good), "1.0.0")
    assert receipt["sha256"] == hashlib.sha256(good).hexdigest()
    assert [path.read_bytes() for path in files(home)] == [good]
    (told,) = [record for record in map(vars, caplog.records) if record.get("event") == "handed-in"]
    assert (told["course"], told["assignment"], told["bytes"]) == (COURSE, ITEM, len(good))


def test_the_event_is_written_with_the_submission(client: TestClient, app: FastAPI, good: bytes) -> None:
    """The log tells who handed in which attempt of what."""
    number = client.post(PLACE, content=good).json()["id"]
    with app.state.exchange.database.session() as session:
        (event,) = history(session, kind="submitted")
    assert (event.actor, event.subject) == ("amina", f"course/{COURSE}/assignment/{ITEM}")
    assert (event.data["submission"], event.data["attempt"]) == (number, 1)


def test_attempts_are_counted(client: TestClient, good: bytes) -> None:
    """Each file handed in is an attempt of its own, and none replaces another."""
    assert [client.post(PLACE, content=good).json()["attempt"] for _ in range(3)] == [1, 2, 3]
    assert [each["attempt"] for each in client.get("/api/exchange/submissions").json()] == [3, 2, 1]


def test_the_same_request_sent_again_gets_the_same_receipt(client: TestClient, home: Path, good: bytes) -> None:
    """When the answer was lost, sending again with the same key makes no second submission."""
    first, again = (client.post(PLACE, content=good, headers={"Idempotency-Key": "k1"}).json() for _ in range(2))
    assert first == again
    assert len(files(home)) == 1


def test_two_of_the_same_request_at_once_make_one_submission(client: TestClient, home: Path, good: bytes) -> None:
    """A double click is one submission."""
    answers: list[str] = []

    def send() -> None:
        answers.append(client.post(PLACE, content=good, headers={"Idempotency-Key": "k1"}).json()["id"])

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == len(files(home)) == 1


def test_a_key_cannot_be_used_for_another_file(client: TestClient, home: Path, good: bytes) -> None:
    """A key that was used for one file is refused for another, which is not taken for the first."""
    client.post(PLACE, content=good, headers={"Idempotency-Key": "k1"})
    other = answered(home / "courses", {**GOOD, "q3": "Other."})
    assert code(client.post(PLACE, content=other, headers={"Idempotency-Key": "k1"})) == "idempotency-key-used"


BAD = {
    "submission-empty": b" \n",
    "submission-not-a-notebook": b"PK\x03\x04 not a notebook",
    "submission-too-large": b" " * 100_001,
}


@pytest.mark.parametrize("expected", [*BAD])
def test_what_is_no_notebook_is_refused_whole(client: TestClient, home: Path, expected: str) -> None:
    """Empty, foreign and too large files are refused with a stable code, and nothing is kept."""
    answer = client.post(PLACE, content=BAD[expected])
    assert code(answer) == expected
    assert not files(home)


@pytest.mark.parametrize(
    "content",
    [b"[" * 90_000, b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', b'{"nbformat": 4}', b"[1]", b"null"],
)
def test_json_that_is_no_notebook_of_format_4_is_refused(client: TestClient, content: bytes) -> None:
    """Deep nesting, older formats and other JSON are refused without harm."""
    assert code(client.post(PLACE, content=content)) == "submission-not-a-notebook"


def test_the_limit_and_the_size_are_named(client: TestClient) -> None:
    """A file over the limit is told how large it is and what is allowed."""
    answer = client.post(PLACE, content=b"x" * 100_002)
    assert answer.status_code == 413
    assert answer.json()["error"]["values"] == {"size": 100_002, "limit": 100_000}


def test_a_large_file_sent_in_pieces_is_not_taken_in(home: Path) -> None:
    """Without a length in front, a file is refused soon after the limit, and its rest is not kept."""
    pieces = (b"x" * 100_000 for _ in range(400))
    with service(home) as (address, _):
        answer = httpx.post(f"{address}/{COURSE}/{ITEM}/submissions", content=pieces, headers=AMINA)
    assert code(answer) == "submission-too-large"
    assert answer.json()["error"]["values"]["size"] < 12_000_000
    assert not files(home)


def test_missing_cells_are_named_by_their_headings(client: TestClient, home: Path) -> None:
    """A deleted test cell is refused, with the heading it stood under and what to do."""

    def delete(cells: dict[str, NotebookNode]) -> None:
        cells["q1-test"].metadata.clear()

    answer = client.post(PLACE, content=answered(home / "courses", GOOD, delete))
    assert code(answer) == "submission-cells-missing"
    assert "Question 1 (q1-test)" in answer.json()["error"]["message"]
    assert not files(home)


def test_duplicated_cells_are_named(client: TestClient, home: Path) -> None:
    """A cell that was copied with its grading marks is refused, since either could be the answer."""

    def copy(cells: dict[str, NotebookNode]) -> None:
        cells["h2"].metadata.update(cells["q3"].metadata)

    answer = client.post(PLACE, content=answered(home / "courses", GOOD, copy))
    assert code(answer) == "submission-cells-duplicated"
    assert "Question 3 (q3)" in answer.json()["error"]["message"]


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("expected", [*SAID])
def test_each_refusal_is_said_in_her_language(client: TestClient, home: Path, expected: str, language: str) -> None:
    """Her server asks in her language; what is wrong and what to do comes in it, and what she handed in is there."""
    kept = client.post(PLACE, content=answered(home / "courses", GOOD)).json()
    content = bad(home / "courses", 100_000)[expected]
    answer = client.post(PLACE, content=content, headers={"Accept-Language": language})
    assert code(answer) == expected
    for part in SAID[expected][language]:
        assert part.format(limit=100_000) in answer.json()["error"]["message"]
    assert [each["receipt"] for each in client.get("/api/exchange/submissions").json()] == [kept]
    assert len(files(home)) == 1


def test_text_that_is_only_read_may_be_deleted(client: TestClient, home: Path) -> None:
    """Nobody is sent back for having deleted an introduction."""

    def delete(cells: dict[str, NotebookNode]) -> None:
        cells["intro"].metadata.clear()

    assert client.post(PLACE, content=answered(home / "courses", GOOD, delete)).status_code == 201


def test_a_file_of_another_task_is_refused(client: TestClient, good: bytes) -> None:
    """A file that says it belongs to another task is not stored under this one."""
    notebook = json.loads(good)
    notebook["metadata"]["chm"]["item"] = "other"
    assert code(client.post(PLACE, content=json.dumps(notebook).encode())) == "submission-other-task"


def test_a_damaged_file_is_refused(client: TestClient, good: bytes) -> None:
    """Bytes that are not those the learner's server hashed are not stored."""
    assert code(client.post(PLACE, content=good, headers={"X-Content-SHA256": "0" * 64})) == "submission-damaged"


def test_who_is_not_enrolled_is_told_so(client: TestClient, good: bytes) -> None:
    """Handing in needs enrolment."""
    answer = client.post(PLACE, content=good, headers=BO)
    assert (answer.status_code, code(answer)) == (403, "not-enrolled")


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Bearer wrong"}])
def test_an_unknown_token_is_refused(client: TestClient, good: bytes, headers: dict[str, str]) -> None:
    """Without a token that the Hub knows nothing is given or taken."""
    assert client.post(PLACE, content=good, headers=headers).status_code == 401
    assert client.get("/api/exchange/items", headers=headers).status_code == 401


@pytest.mark.parametrize("path", [f"{COURSE}/nothing", "nothing/classify", f"{COURSE}/..%2fcourse", "../secret"])
def test_unknown_courses_and_items_are_refused(client: TestClient, good: bytes, path: str) -> None:
    """Names that are not released, and names that would leave the folder, are simply not there."""
    assert client.post(f"/api/exchange/{path}/submissions", content=good).status_code == 404
    assert client.get(f"/api/exchange/{path}").status_code == 404


def test_a_lesson_cannot_be_handed_in(client: TestClient, good: bytes) -> None:
    """Only assignments are handed in."""
    answer = client.post(f"/api/exchange/{COURSE}/{LESSON}/submissions", content=good)
    assert code(answer) == "not-an-assignment"


def test_the_notebook_comes_in_her_language_or_in_english(client: TestClient) -> None:
    """French exists and is given; Arabic does not yet, so English is."""
    french = client.get(f"/api/exchange/{COURSE}/{ITEM}", params={"language": "fr"}).text
    assert "Est-ce un déchet ?" in french
    assert "Is it waste?" in client.get(f"/api/exchange/{COURSE}/{ITEM}", params={"language": "ar"}).text


def test_no_hidden_test_and_no_solution_is_handed_out(client: TestClient) -> None:
    """What the learner's server gets has neither."""
    text = client.get(f"/api/exchange/{COURSE}/{ITEM}").text
    assert "threshold(2000)" not in text
    assert "amount > 1000" not in text


def test_opening_is_told_once(client: TestClient, app: FastAPI) -> None:
    """The log says that she opened the task, however often she fetches it."""
    for _ in range(2):
        client.get(f"/api/exchange/{COURSE}/{ITEM}")
    with app.state.exchange.database.session() as session:
        assert len(list(history(session, kind="opened", actor="amina"))) == 1


def test_the_list_of_items_has_title_deadline_and_attempts(client: TestClient, good: bytes) -> None:
    """What is released, in her language, and how often she handed it in."""
    client.post(PLACE, content=good)
    items = {each["item"]: each for each in client.get("/api/exchange/items", params={"language": "fr"}).json()}
    assert (items[ITEM]["title"], items[ITEM]["attempts"]) == ("Est-ce un déchet ?", 1)
    assert items[ITEM]["due"] == "2031-05-01T12:00:00+00:00"
    assert items[LESSON]["kind"] == "lesson"


def test_another_member_sees_nothing_of_it(client: TestClient, good: bytes) -> None:
    """Submissions are their owner's alone."""
    number = client.post(PLACE, content=good).json()["id"]
    assert client.get("/api/exchange/submissions", headers=BO).json() == []
    assert client.get(f"/api/exchange/submissions/{number}", headers=BO).status_code == 404
    assert client.get(f"/api/exchange/submissions/{number}").json()["grade"] is None


def test_a_submission_keeps_the_version_it_was_made_from(client: TestClient, home: Path, good: bytes) -> None:
    """Work begun in one version and handed in after the next release is of the version it was begun in."""
    release(home / "courses", "1.10.0")
    release(home / "courses", "1.9.0")
    assert client.post(PLACE, content=good).json()["version"] == "1.0.0"
    newest = answered(home / "courses", GOOD, version="1.10.0")
    assert client.post(PLACE, content=newest).json()["version"] == "1.10.0"
    assert client.get("/api/exchange/items").json()[0]["version"] == "1.10.0"


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nothing_is_lost_or_half_there(home: Path, good: bytes, step: str) -> None:
    """A process killed at this step leaves whole submissions only; sending again ends with exactly one."""
    headers = {**AMINA, "Idempotency-Key": "one"}
    answers: list[bytes] = []
    with service(home, kill_at=step) as (address, process):
        try:
            answers.append(httpx.post(f"{address}/{COURSE}/{ITEM}/submissions", content=good, headers=headers).content)
        except httpx.TransportError:
            assert step != "answered"
        assert process.wait(PATIENCE) == -9
    with service(home) as (address, _):
        listed = httpx.get(f"{address}/submissions", headers=AMINA).json()
        assert len(listed) == (step in {"recorded", "signed", "answered"}) == told(home)
        assert [path.read_bytes() for path in files(home)] == [good] * len(listed)
        answers.append(httpx.post(f"{address}/{COURSE}/{ITEM}/submissions", content=good, headers=headers).content)
        listed = httpx.get(f"{address}/submissions", headers=AMINA).json()
    # A receipt that was given stays what it was, byte for byte, and the one in the list is the same.
    assert set(answers) == {answers[0]}
    assert [each["receipt"] for each in listed] == [json.loads(answers[0])]
    assert told(home) == 1
    assert [path.read_bytes() for path in files(home)] == [good]


def told(home: Path) -> int:
    """How many submissions the log tells of."""
    database = Database(f"sqlite:///{home / 'platform.sqlite'}")
    with database.session() as session:
        number = len(list(history(session, kind="submitted")))
    database.close()
    return number


def test_a_power_cut_at_any_step_is_as_harmless(client: TestClient, app: FastAPI, good: bytes) -> None:
    """A killed process loses no page of the system's memory, a power cut does: the order of the calls is checked.

    The file's content is synced before it has its name, its name before the row that mentions it is committed.
    """
    client.post(PLACE, content=good)
    calls: list[str] = []

    def note(_frame: FrameType, event: str, call: object) -> None:
        if event == "c_call":
            calls.append(getattr(call, "__name__", ""))

    sys.setprofile(note)
    try:
        app.state.exchange.hand_in("amina", COURSE, ITEM, good)
    finally:
        sys.setprofile(None)
    assert [call for call in calls if call in {"fsync", "rename", "commit"}][-4:] == [
        *("fsync", "rename", "fsync", "commit"),
    ]
    with app.state.exchange.database.engine.connect() as connection:
        # 2 is FULL: in the mode of the write-ahead log, a commit is on disk when it returns.
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.parametrize("place", ["submissions", "database"])
def test_a_full_disk_is_said_and_harms_nothing(home: Path, tmp_path: Path, place: str) -> None:
    """With no room for the file or its row it is refused, in her language; nothing half is left, the rest stays."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'
    run = [sys.executable, "-m", "tests.courses.full_disk", place, str(home), str(folder)]
    command = ["unshare", "-rm", "sh", "-c", mount, str(folder), *run]
    tried = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    assert (tried["status"], tried["code"]) == (507, "disk-full")
    assert tried["listed"] == tried["kept"]
    assert tried["then"] == 2
    assert tried["files"] == [".ipynb", ".ipynb"]
    assert "La plateforme n'a plus de place pour votre fichier" in tried["message"]


def test_sweeping_waits_for_other_processes(app: FastAPI, home: Path, good: bytes) -> None:
    """What another process is storing right now is not taken for a leftover."""
    half = home / "courses" / "submissions" / "half.part"
    half.write_bytes(good)
    exchange = app.state.exchange
    other = Store(exchange.database, half.parent, FolderShelf(home / "courses"))
    assert other.sweep() == 0
    exchange.store.close()
    assert other.sweep() == 1
    with exchange.database.session() as session:
        assert not list(session.scalars(select(Submission)))
    assert not half.exists()
