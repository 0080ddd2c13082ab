"""From the platform to the forum and back: links, outbox, webhooks and reconciling, over real HTTP."""

import logging

import pytest
from sqlalchemy import select

from expert_db.members import find
from forum_bridge import asking, handlers, outbox
from forum_bridge.asking import Draft
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic
from forum_bridge.names import topic_id_of, user_id_of
from forum_bridge.outbox import Entry, State
from forum_bridge.reconcile import reconcile
from forum_bridge.shapes import ForumPost
from tests.forum_bridge.small_portal import Bridge
from tests.waiting import until

COURSE = "course/e-waste"
LESSON = "course/e-waste/lesson/classify"
TITLE = "Comment classer les batteries au plomb usagées ?"
TEXT = "Je ne sais pas quelle rubrique de l'annexe VIII s'applique aux batteries au plomb."


def entries(bridge: Bridge) -> list[Entry]:
    with bridge.database.session() as session:
        return list(session.scalars(select(Entry).order_by(Entry.id)))


def ask(
    bridge: Bridge, title: str = TITLE, text: str = TEXT, *, who: str = "officer-fr", subject: str = COURSE
) -> Entry:
    with bridge.database.session() as session:
        return asking.ask(session, find(session, who), Draft(subject, title, text, wants_mentor=True))


def topic_of(bridge: Bridge, entry: Entry) -> Topic:
    with bridge.database.session() as session:
        return session.scalars(select(Topic).where(Topic.asked == entry.id)).one()


def reply(bridge: Bridge, topic: Topic, text: str, who: str = "expert-en") -> None:
    with bridge.database.session() as session:
        asking.answer(session, find(session, who), topic, text)


def test_a_released_course_has_one_topic(bridge: Bridge) -> None:
    """Releasing a course twice opens one topic, in the course's category, and tells it once as `linked`."""
    bridge.happened("released", actor="secretary", subject=COURSE, version="1")
    bridge.happened("released", actor="secretary", subject=COURSE, version="2")
    assert bridge.send() == 1
    topic = bridge.forum.client.topic_by_external_id(topic_id_of(COURSE))
    with bridge.database.session() as session:
        assert session.get_one(Link, COURSE).topic_id == topic.id
    assert [event.data["topic"] for event in bridge.events("linked")] == [topic.id]
    assert "https://chm.example/courses/e-waste" in topic.posts[0].raw


def told(caplog: pytest.LogCaptureFixture, event: str) -> list[str]:
    """The reasons that the log has for an event."""
    return [vars(record)["reason"] for record in caplog.records if vars(record).get("event") == event]


def test_a_course_released_while_the_forum_is_down_gets_its_topic_later(
    quiet: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost while the forum is away: what waits is sent when it is back, in order."""
    caplog.set_level(logging.INFO, logger="forum_bridge.sender")
    quiet.happened("released", actor="secretary", subject=COURSE)
    asked = ask(quiet)
    quiet.send()
    assert {entry.state for entry in entries(quiet)} == {State.WAITING}
    assert all(entry.error.startswith("forum-down") for entry in entries(quiet))
    assert {*told(caplog, "delivery-waits")} == {"forum-down"}
    quiet.process.start()
    with quiet.database.session() as session:
        for entry in session.scalars(select(Entry)):
            entry.retry_at = entry.at
    assert quiet.send() == 2
    assert topic_of(quiet, asked).title == TITLE


def test_the_worker_sends_what_is_kept_by_itself(bridge: Bridge) -> None:
    """The running worker sends an entry when it is woken, and finishes when it is stopped."""
    bridge.forum.sender.start()
    asked = ask(bridge)
    bridge.forum.wake()
    until(lambda: entries(bridge)[0].state == State.SENT)
    bridge.forum.sender.stop()
    assert topic_of(bridge, asked).author == "officer-fr"


def test_a_question_is_a_topic_of_its_asker(bridge: Bridge) -> None:
    """A question is posted under the member's own account, with its language and concepts known."""
    asked = ask(bridge)
    bridge.send()
    topic = topic_of(bridge, asked)
    assert (topic.subject, topic.language, topic.author) == (COURSE, "fr", "officer-fr")
    assert "lead-acid-battery" in topic.concepts
    forum = bridge.forum.client.topic(topic.id)
    account = bridge.forum.client.user(user_id_of("officer-fr"))
    assert account is not None and forum.posts[0].user_id == account.id
    [told] = bridge.events("asked")
    assert told.data == {
        "topic": None,
        "title": TITLE,
        "language": "fr",
        "concepts": topic.concepts,
        "wants_mentor": True,
        "outbox": asked.id,
    }


def test_asking_about_a_lesson_gives_the_lesson_its_topic(bridge: Bridge) -> None:
    """The lesson's own topic is opened when somebody first asks there, and once."""
    ask(bridge, subject=LESSON)
    ask(bridge, TITLE + " bis", TEXT + " bis", subject=LESSON)
    bridge.dispatcher.deliver()
    bridge.send()
    with bridge.database.session() as session:
        assert session.get_one(Link, LESSON).topic_id
    assert len(entries(bridge)) == 3


def test_what_was_sent_without_our_knowing_is_not_sent_again(bridge: Bridge) -> None:
    """If the platform dies after the forum took a topic and a reply, the next try finds both instead of repeating."""
    asked = ask(bridge)
    bridge.send()
    topic = topic_of(bridge, asked)
    reply(bridge, topic, "Voyez la rubrique A1160 de l'annexe VIII de la Convention.")
    bridge.send()
    with bridge.database.session() as session:
        for entry in session.scalars(select(Entry)):
            entry.state, entry.topic_id, entry.post_id = State.WAITING, None, None
    assert bridge.send() == 2
    assert len(bridge.forum.client.topic(topic.id).stream) == 2
    assert [entry.topic_id for entry in entries(bridge)] == [topic.id, topic.id]
    assert len(bridge.events("answered")) == 1


def test_a_title_that_is_taken_gets_a_mark(bridge: Bridge) -> None:
    """Two members who ask with the same title both get their topic."""
    one = ask(bridge)
    two = ask(bridge, text=TEXT + " Et celles au lithium ?", who="officer-ar")
    assert bridge.send() == 2
    assert topic_of(bridge, one).id != topic_of(bridge, two).id
    assert bridge.forum.client.topic(topic_of(bridge, two).id).title.startswith(TITLE)


def test_what_the_forum_will_never_take_is_given_up(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """A reply that is too short for the forum is refused for good, with its reason, and the next one is sent."""
    asked = ask(bridge)
    bridge.send()
    topic = topic_of(bridge, asked)
    reply(bridge, topic, "Court")
    reply(bridge, topic, "Voyez la rubrique A1160 de l'annexe VIII.")
    bridge.send()
    states = [(entry.state, entry.error.split(":")[0]) for entry in entries(bridge)]
    assert states == [(State.SENT, ""), (State.REFUSED, "forum-invalid"), (State.SENT, "")]
    assert told(caplog, "delivery-refused") == ["forum-invalid"]


def test_followers_of_a_refused_topic_are_given_up_with_it(bridge: Bridge) -> None:
    """What waits for a topic that will never be does not wait for ever."""
    with bridge.database.session() as session:
        opening = outbox.put(session, "topic", subject="forum", title="x" * 20, raw="short", language="en")
        outbox.put(session, "post", thread=opening.thread, raw="A reply that has to wait for its topic.")
    bridge.send()
    assert [entry.state for entry in entries(bridge)] == [State.REFUSED, State.REFUSED]


def test_our_own_posts_come_back_and_count_once(bridge: Bridge) -> None:
    """The webhook of a post that the outbox wrote changes nothing and counts nothing again."""
    bridge.serve()
    asked = ask(bridge)
    bridge.send()
    topic = topic_of(bridge, asked)
    reply(bridge, topic, "Look at Annex VIII of the Convention, entry A1160.")
    bridge.send()
    until(lambda: len(bridge.events("forum_heard")) >= 5)  # two accounts, a topic, two posts
    bridge.hear()
    assert [event.actor for event in bridge.events("answered")] == ["expert-en"]
    with bridge.database.session() as session:
        posts = session.execute(select(Post.topic_id, Post.number, Post.author).order_by(Post.id)).all()
    assert posts == [(topic.id, 1, "officer-fr"), (topic.id, 2, "expert-en")]


def test_an_answer_written_on_the_forum_is_heard(bridge: Bridge) -> None:
    """What a member writes and accepts on the forum itself becomes `answered` and `solved` here."""
    bridge.serve()
    topic = topic_of_sent(bridge)
    client = bridge.forum.client
    account = client.ensure_user("expert-en", username="expert-en", name="Expert", email="e@members.invalid")
    written = client.create_post(topic.id, "Look at Annex VIII, entry A1160.", author=account.external_id)
    assert isinstance(written, ForumPost)
    client.accept(written.id)
    until(lambda: any(event.data["event"] == "accepted_solution" for event in bridge.events("forum_heard")))
    bridge.hear()
    [answered], [solved] = bridge.events("answered"), bridge.events("solved")
    assert (answered.actor, answered.subject, answered.data["topic"]) == ("expert-en", COURSE, topic.id)
    assert (solved.actor, solved.data["author"], solved.data["post"]) == ("officer-fr", "expert-en", written.id)


def topic_of_sent(bridge: Bridge) -> Topic:
    asked = ask(bridge)
    bridge.send()
    return topic_of(bridge, asked)


def test_webhooks_wait_for_the_platform_and_survive_a_restart_of_the_forum(bridge: Bridge) -> None:
    """Webhooks that nobody heard are delivered after the forum was stopped and started again."""
    topic = topic_of_sent(bridge)
    bridge.process.stop()
    bridge.process.start()
    bridge.serve()
    until(lambda: {"topic_created", "post_created"} <= {e.data["event"] for e in bridge.events("forum_heard")})
    bridge.hear()
    assert topic.id


def test_lost_webhooks_are_found_by_reconciling(bridge: Bridge) -> None:
    """With no webhook at all, reconciling hears of replies, of the accepted answer and of what is gone."""
    topic = topic_of_sent(bridge)
    client = bridge.forum.client
    replies = [client.create_post(topic.id, f"Reply {n}: look at Annex VIII, entry A1160.") for n in range(22)]
    assert isinstance(replies[3], ForumPost)
    client.accept(replies[3].id)
    found = reconcile(bridge.database, client)
    assert (found.topics, found.posts, found.solved, found.gone) == (1, 22, 1, 0)
    assert reconcile(bridge.database, client).posts == 0
    assert len(bridge.events("answered")) == 22
    client.unaccept(replies[3].id)
    assert reconcile(bridge.database, client).solved == 1
    with bridge.database.session() as session:
        assert session.get_one(Topic, topic.id).accepted_id is None


def test_a_mentorship_has_a_topic_of_two(bridge: Bridge) -> None:
    """The pair can read their topic on the forum itself, and another member cannot."""
    bridge.happened("matched", actor="expert-en", subject="mentorship/7", mentor="expert-en", learner="officer-ar")
    assert bridge.send() == 1
    with bridge.database.session() as session:
        topic = session.get_one(Link, "mentorship/7").topic_id
    assert topic
    client = bridge.forum.client
    assert client.topic(topic, author="officer-ar").id == topic
    client.ensure_user("officer-fr", username="officer-fr", name="O", email="o@members.invalid")
    assert client.user("officer-fr")
    try:
        client.topic(topic, author="officer-fr")
    except Exception as error:
        assert getattr(error, "code", "") == "forum-missing"
    else:
        raise AssertionError("another member can read it")


def test_an_operator_can_send_refused_entries_again(bridge: Bridge) -> None:
    """What the forum refused waits again after `again`, and is sent if the cause is gone."""
    topic = topic_of_sent(bridge)
    reply(bridge, topic, "Court")
    bridge.send()
    with bridge.database.session() as session:
        entry = session.scalars(select(Entry).where(Entry.state == State.REFUSED)).one()
        entry.payload = {**entry.payload, "raw": "Une réponse assez longue pour le forum."}
        assert outbox.again(session) == 1
    assert bridge.send() == 1


def test_markers_that_people_write_are_taken_out() -> None:
    """A text cannot pretend to be another entry: only our own marker is in it."""
    raw = outbox.marked("Hello <!-- chm:q-someone-else --> there", "q-mine")
    assert outbox.unmarked(raw) == ("Hello there", "q-mine")


def test_handlers_offered_to_the_flows_are_plain_functions() -> None:
    """The flows name handlers by module and function, so each must be found there."""
    for handler in (handlers.on_released, handlers.on_matched, handlers.on_asked, handlers.on_forum_heard):
        assert getattr(handlers, handler.__qualname__) is handler
