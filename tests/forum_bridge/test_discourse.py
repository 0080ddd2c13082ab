"""The client against answers that a forum gives seldom: redirects elsewhere, plain text, queues, odd JSON."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from forum_bridge.discourse import Discourse
from forum_bridge.errors import ForumError
from forum_bridge.shapes import Enqueued, topic_of

POST = {"id": 1, "topic_id": 2, "post_number": 1, "created_at": "2025-03-03T09:15:22.101Z"}


class Forum(ThreadingHTTPServer):
    """Answers every request with what the test put into `answer`, and keeps the headers it got."""

    answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def says(self, status: int, body: Any, **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, data)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Forum)
        self.server.seen.append(dict(self.headers))
        self.rfile.read(int(self.headers.get("content-length") or 0))
        status, headers, body = self.server.answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_parts: Any) -> None:
        """Say nothing."""


@pytest.fixture
def forum() -> Iterator[Forum]:
    server = Forum()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(forum: Forum) -> Iterator[Discourse]:
    made = Discourse(forum.url, "a-key", patience=0)
    yield made
    made.close()


def fails(code: str, client: Discourse) -> ForumError:
    with pytest.raises(ForumError) as caught:
        client.topic(1)
    assert caught.value.code == code
    return caught.value


def test_the_key_never_goes_to_another_host(forum: Forum, client: Discourse) -> None:
    """A redirect to another host is refused, and that host is not even asked."""
    other = Forum()
    forum.says(301, {}, Location=f"{other.url}/t/x/1.json")
    fails("forum-redirected", client)
    assert forum.seen[0]["Api-Key"] == "a-key"
    assert other.seen == []
    other.shutdown()
    other.server_close()


@pytest.mark.parametrize(("given", "waited"), [("7", 7), ("99999", 300), ("soon", 15), ("-3", 1)])
def test_plain_text_429_is_understood(forum: Forum, client: Discourse, given: str, waited: float) -> None:
    """The middleware's plain text says how long to wait in its header; nonsense is capped."""
    forum.says(429, "Slow down", Content_Type="text/plain", Retry_After=given)
    assert fails("forum-busy", client).wait == waited


@pytest.mark.parametrize(
    ("status", "body", "code", "passing"),
    [
        (200, "<html>maintenance</html>", "forum-odd", True),
        (200, "3", "forum-odd", True),
        (200, {"id": 1}, "forum-odd", True),
        (200, {"failed": "FAILED", "message": "no"}, "forum-invalid", False),
        (200, {"success": False, "message": "no"}, "forum-invalid", False),
        (403, {"errors": ["no"], "error_type": "invalid_access"}, "forum-refused", False),
        (404, "", "forum-missing", False),
        (409, {"errors": ["stale"]}, "forum-conflict", True),
        (410, {}, "forum-missing", False),
        (422, {"errors": ["Title has already been used"]}, "forum-invalid", False),
        (500, "oops", "forum-odd", True),
        (503, {"errors": ["read only"]}, "forum-down", True),
    ],
)
def test_every_answer_has_its_code(
    forum: Forum, client: Discourse, *, status: int, body: Any, code: str, passing: bool
) -> None:
    """What the forum answers becomes a stable code, and says whether trying again can help."""
    forum.says(status, body)
    assert fails(code, client).passing is passing


def test_nobody_there_is_down() -> None:
    """A forum that cannot be reached is `forum-down`, which passes."""
    client = Discourse("http://127.0.0.1:9", "a-key")
    assert fails("forum-down", client).passing
    client.close()


def test_a_queued_post_is_told_apart(forum: Forum, client: Discourse) -> None:
    """A post that a moderator reads first has no id and is no error."""
    forum.says(200, {"action": "enqueued", "pending_post": {"id": 3}})
    assert client.create_post(2, "A reply that waits for a moderator.") == Enqueued()
    forum.says(200, POST)
    assert client.create_post(2, "A reply that is there at once.", author="officer-fr")
    assert forum.seen[1]["Api-User-External-Id"] == "officer-fr"
    assert "Api-Username" not in forum.seen[1]


def test_nothing_similar_is_a_bare_list(forum: Forum, client: Discourse) -> None:
    """`[]` is an answer too."""
    forum.says(200, [])
    assert client.similar("A title", "A text") == []


def test_tags_are_read_in_both_forms() -> None:
    """Tags are strings in older forums and objects in newer ones."""
    topic = {"id": 1, "title": "A topic", "tags": ["consent", {"id": 3, "name": "e-waste", "slug": "e-waste"}]}
    assert topic_of(topic).tags == ("consent", "e-waste")
