"""How each kind of outbox entry is said on the forum: one function a kind, safe to repeat."""

from collections.abc import Callable, Iterable

from expert_db.database import Database
from forum_bridge.discourse import PAGE, Discourse
from forum_bridge.errors import ForumError
from forum_bridge.lengths import LONGEST_TITLE, SHORTEST_TITLE
from forum_bridge.links import root_of
from forum_bridge.names import user_id_of
from forum_bridge.outbox import Entry, by_marker, marked, unmarked
from forum_bridge.people import ensure
from forum_bridge.shapes import Enqueued, ForumPost

Said = ForumPost | Enqueued | None
SHELVES = {"course": "Courses", "mentorship": "Mentorships"}
GENERAL = "General"
LONGEST_CATEGORY = 50


def say(database: Database, client: Discourse, entry: Entry) -> Said:
    """Say one entry; what the forum made of it, or None where it makes nothing."""
    return KINDS[entry.kind](database, client, entry)


def _topic(database: Database, client: Discourse, entry: Entry) -> Said:
    if entry.attempts and (found := _opened(client, entry)):
        return found
    author = _author(database, client, entry)
    category = _category(database, client, entry)
    raw = marked(entry.payload["raw"], entry.marker)
    # The second title is for a title that another topic has; a third could not fare better.
    for title in titles(entry.payload["title"], entry.marker):
        try:
            return client.create_topic(title, raw, category=category, external_id=entry.marker, author=author)
        except ForumError as error:
            if error.code != "forum-invalid":
                raise
            if found := _opened(client, entry):
                return found
            refused = error
    raise refused


def titles(title: str, marker: str) -> Iterable[str]:
    """A title that is long enough for any forum, then one that no other topic has."""
    room = LONGEST_TITLE - 20
    yield title[:room] if len(title) >= SHORTEST_TITLE else f"{title} · {marker[-8:]}"
    yield f"{title[:room]} · {marker[-12:]}"


def _opened(client: Discourse, entry: Entry) -> ForumPost | None:
    try:
        topic = client.topic_by_external_id(entry.marker)
    except ForumError as error:
        if error.code == "forum-missing":
            return None
        raise
    return client.posts(topic.id, topic.stream[:1])[0]


def _category(database: Database, client: Discourse, entry: Entry) -> int:
    """The category of the course, or of the two people of a mentorship, who alone may see it."""
    kind, _, name = root_of(entry.payload["subject"]).partition("/")
    if kind not in SHELVES:
        return client.category(GENERAL, permissions={"trust_level_0": 1}).id
    slug = f"{kind}-{name}"[:LONGEST_CATEGORY]
    group = "trust_level_0"
    if kind == "mentorship":
        group = slug
        client.group(group, [ensure(database, client, member).username for member in entry.payload["people"]])
    shelf = client.category(SHELVES[kind])
    return client.category(slug, slug=slug, parent=shelf.id, permissions={group: 1}).id


def _post(database: Database, client: Discourse, entry: Entry) -> Said:
    topic_id = _topic_id(database, entry)
    if entry.attempts and (found := _written(client, topic_id, entry)):
        return found
    raw = marked(entry.payload["raw"], entry.marker)
    return client.create_post(topic_id, raw, author=_author(database, client, entry))


def _written(client: Discourse, topic_id: int, entry: Entry) -> ForumPost | None:
    """The post that an earlier try wrote without our hearing of it; only the latest pages can have it."""
    stream = client.topic(topic_id).stream
    for start in range(max(len(stream) - 5 * PAGE, 0), len(stream), PAGE):
        for post in client.posts(topic_id, stream[start : start + PAGE]):
            if unmarked(post.raw)[1] == entry.marker:
                return post
    return None


def _topic_id(database: Database, entry: Entry) -> int:
    """The topic of a reply: named, or the one that the thread's first entry opened."""
    if given := entry.payload.get("topic_id"):
        return int(given)
    with database.session() as session:
        opened = by_marker(session, entry.thread)
        found = opened.topic_id if opened else None
    if found is None:
        raise ForumError("forum-missing")
    return found


def _solution(database: Database, client: Discourse, entry: Entry) -> None:
    client.accept(int(entry.payload["post_id"]), author=_author(database, client, entry))


def _author(database: Database, client: Discourse, entry: Entry) -> str:
    if not entry.author:
        return ""
    ensure(database, client, entry.author)
    return user_id_of(entry.author)


KINDS: dict[str, Callable[[Database, Discourse, Entry], Said]] = {
    "topic": _topic,
    "post": _post,
    "solution": _solution,
}
