"""What this package does when something happens; `hub_config.flows` says on which events."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expert_db.events import Event
from expert_db.members import Member
from expert_db.needs import need
from expert_db.proposals import propose, propose_due


def on_asked(platform: object, session: Session, event: Event) -> None:  # noqa: ARG001
    """`asked`: who also wants a mentor gets her need noted and the best match proposed."""
    learner = session.scalar(select(Member).where(Member.name == event.actor))
    if learner is None or not event.data.get("wants_mentor"):
        return
    asked = need(
        session,
        learner,
        event.subject,
        event.data.get("title", ""),
        concepts=event.data.get("concepts", []),
        language=event.data.get("language", ""),
        topic=event.data.get("topic"),
    )
    propose(session, asked)


def on_room(platform: object, session: Session, event: Event) -> None:  # noqa: ARG001
    """`approved`, `described`, `declined`, `withdrawn`, `ended`: whoever still waits may have a mentor now."""
    propose_due(session)
