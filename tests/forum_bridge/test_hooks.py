"""Webhooks: verified, stored once, followed in any order."""

import hashlib
import hmac
import json
import logging
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select

from expert_db.events import Event
from forum_bridge.mirror import Post, Topic
from forum_bridge.webhooks import HANDLERS, hooks
from tests.forum_bridge.forum_process import SECRET
from tests.forum_bridge.small_portal import Bridge

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def sent(bridge: Bridge, name: str, **changed: str) -> Response:
    """A recorded webhook, signed as the forum would, with headers changed as given."""
    recorded = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return post(bridge, json.dumps(recorded["body"]).encode(), recorded["type"], recorded["event"], **changed)


def post(bridge: Bridge, body: bytes, kind: str = "post", event: str = "post_created", **changed: str) -> Response:
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-Discourse-Event-Type": kind,
        "X-Discourse-Event": event,
        "X-Discourse-Event-Id": "1",
        "X-Discourse-Event-Signature": signature,
        **changed,
    }
    answer: Response = TestClient(bridge.app).post("/api/forum/webhook", content=body, headers=headers)
    return answer


def stored(bridge: Bridge) -> int:
    with bridge.database.session() as session:
        return session.scalar(select(func.count()).select_from(hooks.Hook)) or 0


@pytest.mark.parametrize("name", [name for name in NAMES if "private" not in name])
def test_every_recorded_webhook_is_stored_and_followed(quiet: Bridge, name: str) -> None:
    """Each recorded payload is answered 200, stored with its body, told in the log and handled or set aside."""
    assert sent(quiet, name).json() == {"status": "heard"}
    quiet.hear()
    with quiet.database.session() as session:
        hook = session.scalars(select(hooks.Hook)).one()
        assert hook.state == ("handled" if hook.type in HANDLERS else "ignored")
        assert json.loads(hook.body)
        assert session.scalars(select(Event.data).where(Event.kind == "forum_heard")).one()["hook"] == hook.id


@pytest.mark.parametrize("signature", ["", "sha256=" + "0" * 64, "sha1=abc", "%"])
def test_a_bad_signature_is_refused(quiet: Bridge, signature: str, caplog: pytest.LogCaptureFixture) -> None:
    """A missing or wrong signature is 403, nothing is stored, and the log warns of it."""
    answer = sent(quiet, "post_created", **{"X-Discourse-Event-Signature": signature})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "webhook-signature")
    assert stored(quiet) == 0
    told = [(vars(record)["event"], vars(record)["reason"]) for record in caplog.records]
    assert told == [("webhook-refused", "webhook-signature")]


def test_without_a_secret_nothing_is_believed(quiet: Bridge) -> None:
    """A platform that has no secret cannot be told anything, not even with an empty key's signature."""
    quiet.forum.webhook_secret = ""
    body = b'{"post":{}}'
    empty = "sha256=" + hmac.new(b"", body, hashlib.sha256).hexdigest()
    assert post(quiet, body, **{"X-Discourse-Event-Signature": empty}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"not json", b"[1]", b'"x"', b"{" * 10, b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_json_is_refused(quiet: Bridge, body: bytes) -> None:
    """A signed body that is not a JSON object is 400, and nothing is stored."""
    answer = post(quiet, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "webhook-not-json")
    assert stored(quiet) == 0


def test_a_body_beyond_the_limit_is_refused(quiet: Bridge) -> None:
    """More than a million bytes are not read on."""
    answer = post(quiet, b'{"post":"' + b"x" * hooks.LONGEST + b'"}')
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "webhook-too-large")


def test_a_replay_is_answered_and_changes_nothing(quiet: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """The same content under another Event-Id is stored once, and the log tells both."""
    caplog.set_level(logging.INFO, logger="forum_bridge.webhooks.route")
    sent(quiet, "post_created_reply")
    again = sent(quiet, "post_created_reply", **{"X-Discourse-Event-Id": "2"})
    assert (again.status_code, again.json()) == (200, {"status": "already heard"})
    assert stored(quiet) == 1
    told = [record for record in map(vars, caplog.records) if record.get("event") == "webhook-heard"]
    assert [(each["webhook"], each["new"]) for each in told] == [("post_created", True), ("post_created", False)]


def test_private_messages_are_not_kept(quiet: Bridge) -> None:
    """A private message is acknowledged, and no trace of it is stored."""
    assert sent(quiet, "post_created_private").status_code == 200
    assert stored(quiet) == 0


@pytest.mark.parametrize(
    "order",
    list(permutations(["topic_created", "post_created", "post_created_reply", "post_edited", "accepted_solution"]))[
        ::7
    ],
)
def test_the_order_of_webhooks_does_not_matter(quiet: Bridge, order: tuple[str, ...]) -> None:
    """Whatever comes first, the mirror ends the same: latest version, accepted answer."""
    for name in order:
        sent(quiet, name)
        quiet.hear()
    with quiet.database.session() as session:
        topic = session.get_one(Topic, 23)
        assert (topic.title, topic.accepted_id) == ("Who notifies a movement of used batteries?", 42)
        reply = session.get_one(Post, 42)
        assert (reply.version, reply.raw[-12:]) == (2, "(Article 6).")
        assert "notification" in str(topic.concepts) or topic.concepts


def test_hostile_posts_are_defused(quiet: Bridge) -> None:
    """Scripts, handlers and script addresses in a post are gone before it is kept."""
    sent(quiet, "post_created_hostile")
    quiet.hear()
    with quiet.database.session() as session:
        cooked = session.get_one(Post, 43).cooked
    assert "here" in cooked
    assert not any(bad in cooked for bad in ("script", "onclick", "onerror", "javascript"))


def test_an_account_told_later_names_the_author(quiet: Bridge) -> None:
    """A member's account that a webhook tells of makes her posts hers."""
    sent(quiet, "user_created")
    quiet.hear()
    sent(quiet, "post_created_reply")
    quiet.hear()
    with quiet.database.session() as session:
        assert session.get_one(Post, 42).author == "expert-en"


def test_a_malformed_post_is_kept_for_the_operator(quiet: Bridge) -> None:
    """A signed webhook that lacks what a post needs stays stored, unhandled, with its error in the deliveries."""
    body: dict[str, Any] = {"post": {"id": "x"}}
    assert post(quiet, json.dumps(body).encode()).status_code == 200
    quiet.hear()
    with quiet.database.session() as session:
        assert session.scalars(select(hooks.Hook)).one().state == "heard"
