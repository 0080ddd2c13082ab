"""Put forum and platform right with each other: send what waits, follow webhooks again, find what was lost."""

import argparse

from rich.progress import track
from sqlalchemy import func, select

from expert_db.database import Database
from forum_bridge import outbox
from forum_bridge.discourse import Discourse
from forum_bridge.outbox import Entry, State
from forum_bridge.reconcile import Found, known_topics, reconcile
from forum_bridge.sender import Sender
from forum_bridge.webhooks import hooks
from hub_config.keys import Keys
from hub_config.services import client
from hub_config.settings import read


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="action", required=True, metavar="sync|replay|reconcile")
    sync = verbs.add_parser("sync", help="send what waits in the outbox now, instead of when its time has come")
    sync.add_argument("--refused", action="store_true", help="also what the forum refused, after its cause was mended")
    replay = verbs.add_parser("replay", help="follow again the stored webhooks that could not be followed")
    replay.add_argument("--all", action="store_true", help="every stored webhook, such as after a restored backup")
    verbs.add_parser("reconcile", help="compare every known topic with the forum and hear what was never told")


def run(options: argparse.Namespace) -> int:
    settings = read()
    database = Database(settings.database)
    try:
        if options.action == "replay":
            return _replay(database, everything=options.all)
        forum = client(settings, Keys(settings.home / "secrets"))
        try:
            return _reconcile(database, forum) if options.action == "reconcile" else _sync(database, forum, options)
        finally:
            forum.close()
    finally:
        database.close()


def _sync(database: Database, forum: Discourse, options: argparse.Namespace) -> int:
    with database.session() as session:
        if options.refused:
            outbox.again(session)
        outbox.hasten(session)
    sent = Sender(database, forum).send_due()
    with database.session() as session:
        counts = select(Entry.state, func.count()).where(Entry.state != State.SENT).group_by(Entry.state)
        left = dict(session.execute(counts).all())
    print(f"sent {sent}, " + ", ".join(f"{state.value} {left.get(state, 0)}" for state in State if state != State.SENT))
    return 1 if left.get(State.WAITING) or left.get(State.REFUSED) else 0


def _replay(database: Database, *, everything: bool) -> int:
    with database.session() as session:
        numbers = hooks.stored(session, everything=everything)
    failed = 0
    for number in track(numbers, description="webhooks", disable=not numbers):
        try:
            with database.session() as session:
                hooks.handle(session, number)
        except Exception as error:
            failed += 1
            print(f"webhook {number}: {type(error).__name__}: {error}")
    print(f"followed {len(numbers) - failed}, failed {failed}")
    return 1 if failed else 0


def _reconcile(database: Database, forum: Discourse) -> int:
    total = Found()
    numbers = known_topics(database)
    for number in track(numbers, description="topics", disable=not numbers):
        total.add(reconcile(database, forum, [number]))
    print(f"topics {total.topics}, posts heard {total.posts}, solutions {total.solved}, gone {total.gone}")
    return 0
