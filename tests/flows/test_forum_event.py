"""The forum speaks: what is said there is heard by its signed webhook, once, and shows on the platform."""

import hashlib
import hmac
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import psutil
import pytest
from sqlalchemy import select

from conventions.texts import ROOT
from expert_db.events import Event, history
from forum_bridge.discourse import Discourse
from forum_bridge.mirror import Topic
from forum_bridge.webhooks.hooks import Hook
from hub_config.keys import Keys
from hub_config.services import client
from hub_config.settings import Settings
from tests.flows.conftest import Visitor
from tests.platform import RunningPlatform
from tests.waiting import PATIENCE, until

QUESTION = "Are tested used laptops for repair waste?"


@pytest.fixture
def forum(demo: RunningPlatform) -> Discourse:
    """The forum itself, spoken to as Discourse is."""
    return client(Settings(home=demo.home), Keys(demo.home / "secrets"))


def topic_id(demo: RunningPlatform) -> int:
    with demo.database.session() as session:
        return session.scalar(select(Topic.id).where(Topic.title == QUESTION)) or 0


def answers(demo: RunningPlatform, author: str) -> list[Event]:
    with demo.database.session() as session:
        return list(history(session, kind="answered", actor=author))


@contextmanager
def deaf(demo: RunningPlatform) -> Iterator[None]:
    """The portal hears nothing, and the forum, which tells everything once by default, forgets what it told."""
    everybody = psutil.Process(demo.process.pid).children(recursive=True)
    alive = [each for each in everybody if each.status() != psutil.STATUS_ZOMBIE]
    (portal,) = [each for each in alive if "hub_config.portal" in each.cmdline()]
    portal.send_signal(signal.SIGSTOP)
    try:
        yield
        with closing(sqlite3.connect(demo.home / "forum" / "forum.sqlite", timeout=PATIENCE)) as forum, forum:
            assert forum.execute("DELETE FROM hooks").rowcount
    finally:
        portal.send_signal(signal.SIGCONT)


def test_an_answer_in_the_forum_reaches_the_asker(demo: RunningPlatform, forum: Discourse, visitor: Visitor) -> None:
    """An expert answers in the forum itself; the asker reads it on the platform, and the log knows who helped."""
    topic = until(lambda: topic_id(demo))
    forum.ensure_user("expert-2", username="expert-2", name="James Okoro", email="expert-2@example.org")
    words = "A functional test report for each item decides it, see decision BC-15/18 and the guidelines."
    forum.create_post(topic, words, author="expert-2")
    until(lambda: answers(demo, "expert-2"))
    asker = visitor("officer-en")
    asker.open(f"/threads/{topic}")
    asker.sees(words)
    asker.sees("James Okoro")


def test_a_webhook_is_heard_once_and_only_if_signed(demo: RunningPlatform) -> None:
    """A bad signature is refused, what is not JSON is refused, and a replay is stored once and answered."""
    secret, address = Keys(demo.home / "secrets")["forum-webhook"], f"{demo.address}/api/forum/webhook"
    body = json.dumps({"ping": "OK", "nonce": time.time()}).encode()

    def send(content: bytes, key: str) -> httpx.Response:
        signature = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
        names = {"Event-Id": "1", "Event-Type": "ping", "Event": "ping", "Event-Signature": f"sha256={signature}"}
        return httpx.post(address, content=content, headers={f"X-Discourse-{k}": v for k, v in names.items()})

    assert send(body, "not the secret").status_code == 403
    assert send(b"{not json", secret).status_code == 400
    assert [send(body, secret).status_code for _ in range(2)] == [200, 200]
    with demo.database.session() as session:
        assert len(session.scalars(select(Hook).where(Hook.body == body)).all()) == 1


def test_a_lost_webhook_is_found(demo: RunningPlatform, forum: Discourse) -> None:
    """What was said while the platform heard nothing is found when the two are compared."""
    topic = until(lambda: topic_id(demo))
    forum.ensure_user("expert-3", username="expert-3", name="Elena Petrova", email="expert-3@example.org")
    with deaf(demo):
        forum.create_post(topic, "The customs code alone does not decide whether an item is waste.", author="expert-3")
        assert not answers(demo, "expert-3")
    command = [sys.executable, "-m", "hub_config.cli", "forum", "reconcile"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "CHM_HOME": str(demo.home)}, check=True)
    until(lambda: answers(demo, "expert-3"))
