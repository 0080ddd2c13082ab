"""`chm forum`: what an operator does when forum and platform have drifted apart."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from expert_db.database import Base, Database
from expert_db.members import Member, Role, Standing
from forum_bridge import outbox
from forum_bridge.mirror import Post
from forum_bridge.outbox import Entry, State
from forum_bridge.webhooks import hooks
from hub_config.cli import main
from hub_config.keys import Keys
from hub_config.ports import NAMES
from tests.forum_bridge.forum_process import KEY, SECRET, ForumProcess

RAW = "Which entry of Annex VIII covers used lead-acid batteries?"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform's home with one question waiting; its forum is where the ports say, not running yet."""
    monkeypatch.setenv("CHM_HOME", str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    Base.metadata.create_all(database.engine)
    with database.session() as session:
        session.add(
            Member(
                name="officer-fr",
                full_name="Amira",
                country="TN",
                organisation="",
                role=Role.OFFICER,
                language="fr",
                standing=Standing.APPROVED,
            )
        )
        title = "An entry for lead-acid batteries"
        outbox.put(session, "topic", author="officer-fr", subject="forum", title=title, raw=RAW, language="en")
    database.close()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, value in {"forum": KEY, "forum-webhook": SECRET}.items():
        (secrets / name).write_text(value)
        assert Keys(secrets)[name] == value
    return tmp_path


@pytest.fixture
def process(home: Path) -> ForumProcess:
    forum = ForumProcess(home / "forum")
    (home / "ports.json").write_text(json.dumps({**dict.fromkeys(NAMES, 1), "forum": forum.port}))
    return forum


def database_in(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'platform.sqlite'}")


def test_sync_sends_what_waits_now(home: Path, process: ForumProcess, capsys: pytest.CaptureFixture[str]) -> None:
    """With the forum down sync says what still waits; with the forum up it sends it without waiting its turn."""
    assert main(["forum", "sync"]) == 1
    assert "sent 0, waiting 1" in capsys.readouterr().out
    with process:
        assert main(["forum", "sync"]) == 0
    assert "sent 1, waiting 0" in capsys.readouterr().out
    with database_in(home).session() as session:
        assert session.scalars(select(Entry.state)).one() == State.SENT


def test_reconcile_hears_what_was_never_told(
    home: Path, process: ForumProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    """A reply whose webhook was lost is in the mirror after reconciling."""
    with process:
        main(["forum", "sync"])
        client = process.client()
        client.create_post(1, "Entry A1160 covers waste lead-acid batteries.")
        client.close()
        assert main(["forum", "reconcile"]) == 0
    assert "topics 1, posts heard 1" in capsys.readouterr().out
    with database_in(home).session() as session:
        assert len(session.scalars(select(Post)).all()) == 2


def test_replay_follows_what_could_not_be_followed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A stored webhook that nothing followed is followed; one that is malformed is named, and the verb says so."""
    good = {"id": 5, "topic_id": 3, "post_number": 1, "created_at": "2025-03-03T09:15:22.101Z", "raw": RAW}
    with database_in(home).session() as session:
        for data in (good, {"id": "x"}):
            body = json.dumps({"post": data}).encode()
            hooks.receive(session, {"x-discourse-event-type": "post", "x-discourse-event": "post_created"}, body)
    assert main(["forum", "replay"]) == 1
    printed = capsys.readouterr().out
    assert "webhook 2: ForumError" in printed and "followed 1, failed 1" in printed
    with database_in(home).session() as session:
        assert session.get_one(Post, 5).raw == RAW
