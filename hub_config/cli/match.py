"""Show who waits for a mentor and who could be one, with the reasons; with --propose, propose them to the learners."""

import argparse
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.texts import texts
from expert_db.database import Database
from expert_db.mentorships import PENDING, Mentorship
from expert_db.needs import LOOKING, Need
from expert_db.proposals import candidates, propose_due
from expert_db.reasons import sentences
from hub_config.migrations import upgrade
from hub_config.settings import read

BEST = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--propose", action="store_true", help="propose the best match for every open need")
    parser.add_argument("--home", help="the folder with the platform's state (default: CHM_HOME, or var/)")


def run(options: argparse.Namespace) -> int:
    settings = read(**({"home": options.home} if options.home else {}))
    with closing(Database(settings.database)) as database:
        upgrade(database)
        if options.propose:
            with database.session() as session:
                print(f"{len(propose_due(session))} proposals made")
        with database.session() as session:
            for need in session.scalars(select(Need).where(Need.state.in_(LOOKING)).order_by(Need.id)):
                print("\n".join(_lines(session, need)))
    return 0


def _lines(session: Session, need: Need) -> Iterator[str]:
    """A need, then the mentor who is proposed or asked, or else the best candidates."""
    yield f"need {need.id}: {need.learner.name}, {need.state} since {need.at:%Y-%m-%d}, {need.subject}: {need.question}"
    pending = select(Mentorship).where(Mentorship.need_id == need.id, Mentorship.state.in_(PENDING))
    if (found := session.scalar(pending)) is not None:
        yield f"  {found.state}: {found.mentor.name} ({found.score:.2f})"
        yield from (f"    {reason}" for reason in sentences(found.reasons, texts("en")))
        return
    matches = candidates(session, need)
    if not matches:
        yield "  nobody who fits is free"
    for match in matches[:BEST]:
        yield f"  could be: {match.mentor.name} ({match.score:.2f})"
        yield from (f"    {reason}" for reason in sentences(match.reasons, texts("en")))
