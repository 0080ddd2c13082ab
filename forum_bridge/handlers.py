"""What this package does when something happens; `hub_config.flows` says on which events.

Handlers only write to the database: what is to be said on the forum goes through the outbox.
"""

from sqlalchemy.orm import Session

from expert_db.events import Event
from expert_db.members import find
from forum_bridge.forum import HasForum
from forum_bridge.links import root_of
from forum_bridge.webhooks import hooks


def on_released(platform: HasForum, session: Session, event: Event) -> None:
    """`released`: the course has its topic; its lessons and assignments get theirs when somebody asks there."""
    platform.forum.link(session, root_of(event.subject))


def on_matched(platform: HasForum, session: Session, event: Event) -> None:
    """`matched`: mentor and learner have a topic that only they and the Secretariat may read."""
    pair = (str(event.data["mentor"]), str(event.data["learner"]))
    language = find(session, pair[1]).language
    platform.forum.link(session, event.subject, language=language, people=pair)


def on_asked(platform: HasForum, session: Session, event: Event) -> None:
    """`asked`: the lesson or assignment that was asked about has its own topic too."""
    if event.subject.startswith("course/"):
        platform.forum.link(session, event.subject)


def on_forum_heard(platform: HasForum, session: Session, event: Event) -> None:  # noqa: ARG001 - a handler's form
    """`forum_heard`: the mirror, the links and the log follow what the forum said."""
    hooks.handle(session, int(event.data["hook"]))
