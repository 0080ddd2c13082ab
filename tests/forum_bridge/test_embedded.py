"""What the embedded forum does beyond the calls of the bridge's client."""

import hashlib
import hmac
import json
import sqlite3
import stat
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from forum_bridge.embedded.app import create_app
from forum_bridge.embedded.keys import secret_in
from tests.waiting import PATIENCE

KEY, SECRET = "a-key", "a-secret"
BODY = "Which entry of Annex VIII covers used lead-acid batteries?"


class Listener(ThreadingHTTPServer):
    """Hears webhooks: refuses the first one once, then takes them all."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Heard)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.enough = threading.Event()
        self.meanwhile: Callable[[], None] = lambda: None
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Heard(BaseHTTPRequestHandler):
    """One webhook."""

    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((headers, self.rfile.read(int(headers["content-length"]))))
        if len(self.server.heard) == 1:
            self.server.meanwhile()
        self.send_response(503 if len(self.server.heard) == 1 else 200)
        self.end_headers()
        if len(self.server.heard) >= 3:
            self.server.enough.set()

    def log_message(self, *_parts: Any) -> None:
        """Say nothing."""


class Forum:
    """The application with an administrator's key."""

    def __init__(self, http: TestClient) -> None:
        self._http = http

    def __call__(self, method: str, path: str, fields: Any = None, *, user: str = "system", **more: Any) -> Any:
        headers = {"Api-Key": KEY, "Api-Username": user, **more.pop("headers", {})}
        return self._http.request(method, path, data=fields, headers=headers, **more)

    def topic(self, **more: Any) -> dict[str, Any]:
        category = self("POST", "/categories.json", {"name": f"Category {id(more)}"}).json()
        fields = {"title": f"An entry for batteries {id(more)}", "raw": BODY, "category": category["category"]["id"]}
        made: dict[str, Any] = self("POST", "/posts.json", {**fields, **more}).json()
        return made


@pytest.fixture
def forum(tmp_path: Path) -> Iterator[Forum]:
    with TestClient(create_app(tmp_path, key=KEY, secret=SECRET), raise_server_exceptions=False) as http:
        yield Forum(http)


def test_webhooks_are_signed_and_each_try_has_its_own_id(tmp_path: Path) -> None:
    """A webhook that was not taken comes again with the same signed body and another Event-Id."""
    listener = Listener()
    url = f"http://127.0.0.1:{listener.server_port}/"
    with TestClient(create_app(tmp_path, key=KEY, secret=SECRET, webhook=url)) as http:
        Forum(http).topic()
        assert listener.enough.wait(PATIENCE)
    listener.shutdown()
    listener.server_close()
    for headers, body in listener.heard:
        expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert headers["x-discourse-event-signature"] == expected
        assert set(json.loads(body)) == {headers["x-discourse-event-type"]}
    ids = [headers["x-discourse-event-id"] for headers, _ in listener.heard]
    assert len(set(ids)) == len(ids)
    assert sum(body == listener.heard[0][1] for _, body in listener.heard) == 2


def test_webhooks_outlive_a_fault_of_the_forum_s_database(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is queued has other numbers when the first has been heard, which cannot be marked then; all is told again.

    Operators find it among the errors.
    """
    listener, lost = Listener(), threading.Event()

    def lose() -> None:
        with closing(sqlite3.connect(tmp_path / "forum.sqlite", timeout=PATIENCE)) as database, database:
            # Not deleted: what is said next would get the same numbers.
            assert database.execute("UPDATE hooks SET id = id + 1000").rowcount
        lost.set()

    listener.meanwhile = lose
    url = f"http://127.0.0.1:{listener.server_port}/"
    with TestClient(create_app(tmp_path, key=KEY, secret=SECRET, webhook=url)) as http:
        topic = Forum(http).topic()["topic_id"]
        assert lost.wait(PATIENCE)
        for words in ("Entry A1160 names waste lead-acid batteries.", "Annex IX has no entry for them when broken."):
            assert Forum(http)("POST", "/posts.json", {"topic_id": topic, "raw": words}).status_code == 200
        assert listener.enough.wait(PATIENCE)
    listener.shutdown()
    listener.server_close()
    assert stuck(caplog) == [("ERROR", "NoResultFound")]


def test_a_fault_that_lasts_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No try can be noted for some seconds, and it is tried each second; then all that was queued is delivered."""
    listener = Listener()

    def rename(table: str, to: str) -> None:
        with closing(sqlite3.connect(tmp_path / "forum.sqlite", timeout=PATIENCE)) as database, database:
            database.execute(f"ALTER TABLE {table} RENAME TO {to}")

    listener.meanwhile = lambda: rename("attempts", "lost")
    url = f"http://127.0.0.1:{listener.server_port}/"
    with TestClient(create_app(tmp_path, key=KEY, secret=SECRET, webhook=url)) as http:
        Forum(http).topic()
        assert not listener.enough.wait(3.5)
        rename("lost", "attempts")
        assert listener.enough.wait(PATIENCE)
    listener.shutdown()
    listener.server_close()
    assert stuck(caplog) == [("ERROR", "no such table: attempts")]


def stuck(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and reason of each time that the log says so."""
    told = [vars(record) for record in caplog.records if vars(record).get("event") == "webhooks-stuck"]
    return [(line["levelname"], line["reason"]) for line in told]


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    """The key is long, the same in the next start, and its file is closed to others."""
    key = secret_in(tmp_path / "forum", "forum.key")
    assert len(key) == 64
    assert secret_in(tmp_path / "forum", "forum.key") == key
    assert stat.S_IMODE((tmp_path / "forum" / "forum.key").stat().st_mode) == 0o600


def test_a_duplicate_that_skips_validation_is_a_server_error(forum: Forum) -> None:
    """With `skip_validations` the database alone refuses a second external id, with 500."""
    first = forum.topic(external_id="course-1", skip_validations="true")
    assert first["post_number"] == 1
    category = forum("GET", f"/t/{first['topic_id']}.json").json()["category_id"]
    again = {"title": "Another title altogether", "raw": BODY, "category": category, "external_id": "course-1"}
    assert forum("POST", "/posts.json", {**again, "skip_validations": "true"}).status_code == 500


def test_a_closed_topic_takes_replies_of_administrators_only(forum: Forum) -> None:
    """Closing a topic is told by its status, and members are refused with 403."""
    topic = forum.topic()["topic_id"]
    made = forum("POST", "/users.json", {"username": "amina", "email": "a@members.invalid", "name": "Amina"}).json()
    assert made["success"] is True
    assert forum("PUT", f"/t/{topic}/status.json", {"status": "closed", "enabled": "true"}).status_code == 200
    reply = {"topic_id": topic, "raw": "A reply that is long enough to be taken."}
    assert forum("POST", "/posts.json", reply, user="amina").status_code == 403
    assert forum("POST", "/posts.json", reply).status_code == 200
    assert forum("PUT", "/t/999/status.json", {"status": "closed", "enabled": "true"}).status_code == 404
    assert forum("PUT", "/t/-/999.json", {"title": "There is no such topic"}).status_code == 403


def test_a_stale_title_is_a_conflict(forum: Forum) -> None:
    """Renaming from a title that is no longer the topic's is 409 and changes nothing."""
    topic = forum.topic()["topic_id"]
    title = forum("GET", f"/t/{topic}.json").json()["title"]
    change = {"title": "A better title than before", "original_title": "what it was long ago"}
    assert forum("PUT", f"/t/-/{topic}.json", change).status_code == 409
    assert forum("PUT", f"/t/-/{topic}.json", {**change, "original_title": title}).status_code == 200
    assert forum("GET", f"/t/{topic}.json").json()["title"] == change["title"]


def test_a_post_is_liked_once_and_not_by_its_author(forum: Forum) -> None:
    """A like counts once, can be taken back, and one's own post cannot be liked."""
    post = forum.topic()["id"]
    forum("POST", "/users.json", {"username": "amina", "email": "a@members.invalid", "name": "Amina"})
    like = {"id": post, "post_action_type_id": 2}
    assert forum("POST", "/post_actions.json", like).status_code == 403
    assert forum("POST", "/post_actions.json", like, user="amina").json()["actions_summary"][0]["count"] == 1
    assert forum("POST", "/post_actions.json", like, user="amina").status_code == 403
    assert forum("DELETE", f"/post_actions/{post}", user="amina").json()["actions_summary"][0]["count"] == 0


def test_a_user_that_cannot_be_made_is_answered_200_without_success(forum: Forum) -> None:
    """Bad input for a user is 200 with `success: false`, as in the contract."""
    answer = forum("POST", "/users.json", {"username": "a b", "email": "nobody", "name": ""})
    assert (answer.status_code, answer.json()["success"]) == (200, False)


@pytest.mark.parametrize(("sso", "sig"), [("bm9uY2U9eA==", "0" * 64), ("not base64", ""), ("bm9uY2U9eA==", "é")])
def test_single_sign_on_needs_the_secret(forum: Forum, sso: str, sig: str) -> None:
    """A payload that the secret did not sign makes no account."""
    answer = forum("POST", "/admin/users/sync_sso", {"sso": sso, "sig": sig})
    assert answer.status_code in {400, 422}


def test_reserved_external_ids_are_refused(forum: Forum) -> None:
    """None, nil, blank and null are no sign-on ids."""
    for name in ("none", "NIL", "blank", "null", ""):
        sso = b64encode(f"external_id={name}&email=a@members.invalid&username=amina".encode())
        sig = hmac.new(SECRET.encode(), sso, hashlib.sha256).hexdigest()
        assert forum("POST", "/admin/users/sync_sso", {"sso": sso.decode(), "sig": sig}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("POST", "/solution/accept", {"id": "x"}),
        ("POST", "/post_actions.json", {}),
        ("POST", "/posts.json", {"topic_id": "../1", "raw": BODY}),
        ("PUT", "/t/1/status.json", {"status": "password", "enabled": "true"}),
    ],
)
def test_bad_parameters_are_named(forum: Forum, method: str, path: str, fields: dict[str, str]) -> None:
    """A parameter that is missing or no number is 400, in the forum's JSON for errors."""
    answer = forum(method, path, fields)
    assert answer.status_code == 400
    assert answer.json()["error_type"] == "invalid_parameters"


@pytest.mark.parametrize(
    "path", ["/nothing-here", "/t/1.json", "/t/external_id/..%2F1.json", "/u/by-external/%00.json"]
)
def test_what_is_not_there_is_not_found(forum: Forum, path: str) -> None:
    """Addresses and ids that lead nowhere are 404 in the forum's JSON for errors."""
    answer = forum("GET", path)
    assert (answer.status_code, answer.json()["error_type"]) == (404, "not_found")


def test_json_bodies_are_read_too(forum: Forum) -> None:
    """The same request may come as JSON; what is not JSON is 400."""
    topic = forum.topic()["topic_id"]
    reply = {"topic_id": topic, "raw": "A reply that came as JSON, for a change."}
    assert forum("POST", "/posts.json", json=reply).json()["post_number"] == 2
    bad = forum("POST", "/posts.json", content=b"{", headers={"content-type": "application/json"})
    assert bad.status_code == 400
