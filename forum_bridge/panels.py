"""What this package draws in other packages' pages."""

from collections.abc import Callable
from urllib.parse import quote

from markupsafe import Markup

from expert_db.visit import Visit
from forum_bridge import threads
from forum_bridge.links import Link
from forum_bridge.rights import may_read

SHOWN = 5


def threads_of(visit: Visit, subject: str) -> Markup:
    """A subject's threads and the way to ask; titles only for who may read them."""
    pair = subject.startswith("mentorship/")
    with visit.database.session() as session:
        allowed = may_read(session, visit.member, subject)
        topics, count = threads.of_subject(session, subject, SHOWN)
        rows = threads.lines(session, topics) if allowed else []
        link = session.get(Link, subject)
        last = threads.last(session, link.topic_id) if allowed and pair and link and link.topic_id else None
    values = {
        "rows": rows,
        "count": count,
        "allowed": allowed,
        # Two people matched a moment ago have no link yet; their page must not speak of a course.
        "waiting": link.topic_id is None if link else pair,
        "talk": link.topic_id if link else None,
        "ask": f"/ask?subject={quote(subject, safe='/')}",
        "pair": pair,
        "last": last,
    }
    return Markup(visit.pages.render(visit, "forum/panel_threads.html", values))  # noqa: S704 - an autoescaped template


def questions(visit: Visit, subject: str) -> Markup:
    """The questions I asked about a subject, or all of them for `""`."""
    if visit.member is None:
        return Markup()
    with visit.database.session() as session:
        mine = threads.mine(session, visit.member, subject)
    rendered = visit.pages.render(visit, "forum/panel_questions.html", {"mine": mine})
    return Markup(rendered)  # noqa: S704 - an autoescaped template


PANELS: dict[str, Callable[[Visit, str], Markup]] = {"threads": threads_of, "questions": questions}
