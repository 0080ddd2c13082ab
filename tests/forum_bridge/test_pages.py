"""The pages of questions and threads, as each member sees them, without script."""

import re

import pytest
from fastapi import Depends
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from expert_db.members import find
from expert_db.visit import Visit, here
from forum_bridge import panels
from forum_bridge.mirror import Post, Topic
from forum_bridge.outbox import Entry, State
from tests.forum_bridge.small_portal import CSRF, Bridge

COURSE = "course/e-waste"
TITLE = "Who must consent to a movement of lead-acid batteries?"
TEXT = "We want to export used lead-acid batteries. Must the State of import consent in writing?"


@pytest.fixture
def platform(bridge: Bridge) -> Bridge:
    """A released course with two learners."""
    bridge.happened("released", actor="secretary", subject=COURSE)
    for name in ("officer-fr", "officer-ar", "officer-zh"):
        bridge.happened("enrolled", actor=name, subject=COURSE)
    bridge.send()
    return bridge


def get(bridge: Bridge, path: str, who: str) -> Response:
    answer: Response = TestClient(bridge.app).get(path, headers={"X-Member": who}, follow_redirects=False)
    return answer


def post(bridge: Bridge, path: str, who: str, **fields: str) -> Response:
    given = {"csrf": CSRF, **fields}
    answer: Response = TestClient(bridge.app).post(path, data=given, headers={"X-Member": who}, follow_redirects=False)
    return answer


def asked(bridge: Bridge, who: str = "officer-fr", title: str = TITLE, text: str = TEXT) -> int:
    """A question asked by the form and posted; the topic's number."""
    answer = post(bridge, "/ask", who, subject=COURSE, title=title, text=text, step="post")
    assert answer.status_code == 303, answer.text
    bridge.send()
    with bridge.database.session() as session:
        return max(session.scalars(select(Topic.id)))


def test_asking_first_shows_what_answers_it_in_another_language(platform: Bridge) -> None:
    """Nothing is posted at first: threads in other languages are shown with language and reason named."""
    topic = asked(platform, "officer-ar")
    page = post(
        platform,
        "/ask",
        "officer-fr",
        subject=COURSE,
        title="Faut-il un consentement pour ces batteries au plomb ?",
        text="Je voudrais exporter des batteries au plomb usagées vers un autre pays.",
    )
    assert page.status_code == 200
    assert f'<a href="/threads/{topic}" lang="en" dir="ltr">{TITLE}</a>' in page.text
    assert "English" in page.text
    assert "batteries au plomb" in page.text.split('href="/threads/')[1]
    with platform.database.session() as session:
        assert len(session.scalars(select(Entry).where(Entry.author == "officer-fr")).all()) == 0


def test_a_thread_that_helped_is_noted_and_nothing_is_posted(platform: Bridge) -> None:
    """'This helped' leads to the thread and is in the log."""
    topic = asked(platform, "officer-ar")
    answer = post(platform, "/ask/helped", "officer-fr", topic=str(topic))
    assert answer.headers["location"] == f"/threads/{topic}"
    assert [event.data["topic"] for event in platform.events("helped")] == [topic]


def test_a_posted_question_is_told_with_the_wish_for_a_mentor(platform: Bridge) -> None:
    """Posting keeps the question, tells it with all that the matching needs, and lists it as waiting until posted."""
    answer = post(platform, "/ask", "officer-fr", subject=COURSE, title=TITLE, text=TEXT, step="post", mentor="yes")
    assert answer.headers["location"] == "/questions"
    [told] = platform.events("asked")
    assert (told.actor, told.subject, told.data["wants_mentor"], told.data["language"]) == (
        "officer-fr",
        COURSE,
        True,
        "en",
    )
    assert "lead-acid-battery" in told.data["concepts"]
    assert TITLE in get(platform, "/questions", "officer-fr").text
    platform.send()
    assert re.search(r'href="/threads/\d+"', get(platform, "/questions", "officer-fr").text)


@pytest.mark.parametrize(
    ("title", "text", "status"),
    [
        ("Short", TEXT, 422),
        (TITLE, "Short", 422),
        ("x" * 256, TEXT, 422),
        ("بطاريات", TEXT, 422),
        ("كيف نصنف بطاريات الرصاص؟", "نريد تصدير بطاريات مستعملة ولا نعرف الرمز.", 200),
        ("废铅酸电池如何分类？", "我们想出口废旧电池。", 200),
    ],
)
def test_lengths_are_checked_before_the_forum_does(platform: Bridge, title: str, text: str, status: int) -> None:
    """Too short or too long is shown beside its field, with what was written; Chinese may be shorter."""
    page = post(platform, "/ask", "officer-fr", subject=COURSE, title=title, text=text)
    assert page.status_code == status
    assert title in page.text and text in page.text
    assert ('class="error"' in page.text) is (status == 422)


def test_an_answer_waits_honestly_while_the_forum_is_down(platform: Bridge) -> None:
    """An answer written while the forum is away is shown to its writer as waiting, and posted when it is back."""
    topic = asked(platform)
    platform.process.stop()
    answer = post(
        platform, f"/threads/{topic}/answer", "expert-en", text="Look at Annex VIII of the Convention, entry A1160."
    )
    assert answer.status_code == 303
    platform.send()
    mine, hers = (get(platform, f"/threads/{topic}", who).text for who in ("expert-en", "officer-fr"))
    assert "Your answer is waiting to be posted." in mine and "entry A1160" in mine
    assert "entry A1160" not in hers
    platform.process.start()
    with platform.database.session() as session:
        for entry in session.scalars(select(Entry).where(Entry.state == State.WAITING)):
            entry.retry_at = entry.at
    platform.send()
    mine, hers = (get(platform, f"/threads/{topic}", who).text for who in ("expert-en", "officer-fr"))
    assert "waiting to be posted" not in mine
    assert "entry A1160" in hers and "Expert-En" in hers


def test_the_asker_accepts_an_answer_and_others_cannot(platform: Bridge) -> None:
    """Who asked marks the answer; it then stands before the others, on the forum too."""
    topic = asked(platform)
    for text in ("Ask your competent authority for the general rules.", "The State of import must consent in writing."):
        post(platform, f"/threads/{topic}/answer", "expert-en", text=text)
    platform.send()
    with platform.database.session() as session:
        chosen = session.scalars(select(Post.id).where(Post.topic_id == topic, Post.number == 3)).one()
    assert "This answers it" not in get(platform, f"/threads/{topic}", "officer-ar").text
    assert post(platform, f"/threads/{topic}/accept", "officer-ar", post=str(chosen)).status_code == 404
    page = get(platform, f"/threads/{topic}", "officer-fr").text
    assert "/accept" in page
    for _ in range(2):
        assert post(platform, f"/threads/{topic}/accept", "officer-fr", post=str(chosen)).status_code == 303
    platform.send()
    page = get(platform, f"/threads/{topic}", "expert-en").text
    assert page.index("consent in writing.</p>") < page.index("general rules")
    assert [event.actor for event in platform.events("solved")] == ["officer-fr"]
    assert [p.id for p in platform.forum.client.topic(topic).posts if p.accepted] == [chosen]


def test_unanswered_questions_of_the_field(platform: Bridge) -> None:
    """An expert sees what nobody answered in his field, not his own and not what is answered."""
    with platform.database.session() as session:
        find(session, "expert-en").expertise = {"lead-acid-battery": 3}
    topic = asked(platform)
    asked(
        platform,
        title="Where do I find the pesticides of Annex III?",
        text="I look for the list of pesticides under Rotterdam.",
    )
    page = get(platform, "/questions", "expert-en").text
    assert TITLE in page and "pesticides" not in page
    post(platform, f"/threads/{topic}/answer", "expert-en", text="The State of import must consent in writing.")
    platform.send()
    assert TITLE not in get(platform, "/questions", "expert-en").text


@pytest.mark.parametrize(
    "path", ["/threads/999", "/threads/x", "/threads/99999999999999999999", "/threads/-1", "/threads/²"]
)
def test_threads_that_are_not_there(platform: Bridge, path: str) -> None:
    """A number that is no thread, or no number, is 404 and no error of ours."""
    answer = get(platform, path, "officer-fr")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "thread-unknown")


def test_a_thread_of_other_people_looks_like_none(platform: Bridge) -> None:
    """A mentorship's thread is for its two and the Secretariat; for others it is not there."""
    platform.happened("matched", actor="expert-en", subject="mentorship/7", mentor="expert-en", learner="officer-ar")
    platform.send()
    path = get(platform, "/ask?subject=mentorship/7", "officer-ar").headers["location"]
    codes = {
        who: get(platform, path, who).status_code for who in ("officer-ar", "expert-en", "secretary", "officer-fr")
    }
    assert codes == {"officer-ar": 200, "expert-en": 200, "secretary": 200, "officer-fr": 404}
    assert post(platform, f"{path}/answer", "officer-fr", text="I should not be able to write here.").status_code == 404
    assert get(platform, path, "").status_code == 401


def test_hostile_text_stays_text(platform: Bridge) -> None:
    """Scripts in titles, texts and waiting answers are shown as text or taken out."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    topic = asked(platform, title=f"{evil} in a title", text=f"{evil} and more text")
    post(platform, f"/threads/{topic}/answer", "officer-fr", text=f"{evil} in an answer that waits")
    page = get(platform, f"/threads/{topic}", "officer-fr").text
    assert "<script" not in page and "onerror=alert" not in page.replace("&lt;img src=x onerror=alert", "")


def test_a_form_of_another_visit_is_refused(platform: Bridge) -> None:
    """Without the visit's own token nothing is kept."""
    answer = post(platform, "/ask", "officer-fr", csrf="x", subject=COURSE, title=TITLE, text=TEXT, step="post")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "form-stale")
    assert platform.events("asked") == []


def test_each_post_is_marked_with_its_language(platform: Bridge) -> None:
    """An Arabic answer in an English thread is marked right-to-left, for whoever reads it."""
    topic = asked(platform)
    post(platform, f"/threads/{topic}/answer", "officer-ar", text="يجب أن توافق دولة الاستيراد كتابة قبل النقل.")
    platform.send()
    page = get(platform, f"/threads/{topic}", "officer-fr").text
    assert '<div class="prose" lang="ar" dir="rtl">' in page
    assert '<div class="prose" lang="en" dir="ltr">' in page
    assert "العربية" in page


def test_panels_show_threads_to_learners_and_a_count_to_others(platform: Bridge) -> None:
    """A course page lists its threads and the way to ask to who takes it, and only their number to the public."""

    asked(platform)
    drawn: dict[str, str] = {}

    @platform.app.get("/course-page")
    def course_page(visit: Visit = Depends(here)) -> HTMLResponse:
        return HTMLResponse(panels.threads_of(visit, COURSE) + panels.questions(visit, COURSE))

    for who in ("officer-fr", ""):
        drawn[who] = get(platform, "/course-page", who).text
    assert TITLE in drawn["officer-fr"] and 'href="/ask?subject=course/e-waste"' in drawn["officer-fr"]
    assert TITLE not in drawn[""]
    assert ">Discussion générale<" in drawn["officer-fr"] and "General thread" not in drawn[""]
    assert "1 thread, for those who take the course." in drawn[""]


def test_the_conversation_of_two_is_announced_until_it_is_there(platform: Bridge) -> None:
    """In the moment after a match the panel says that the thread is being opened, then leads to it."""

    @platform.app.get("/mentor-page")
    def mentor_page(visit: Visit = Depends(here)) -> HTMLResponse:
        return HTMLResponse(panels.threads_of(visit, "mentorship/7"))

    assert "The thread is being opened in the forum." in get(platform, "/mentor-page", "expert-en").text
    platform.happened("matched", actor="expert-en", subject="mentorship/7", mentor="expert-en", learner="officer-ar")
    assert "The thread is being opened in the forum." in get(platform, "/mentor-page", "expert-en").text
    platform.send()
    page = get(platform, "/mentor-page", "expert-en").text
    assert "Open our conversation" in page and "being opened" not in page
    assert "Nobody has written yet" in page


def test_the_conversation_of_two_says_whose_turn_it_is(platform: Bridge) -> None:
    """Who wrote last waits, the other is told by whom there is something to read; strangers are told nothing."""

    @platform.app.get("/mentor-page")
    def mentor_page(visit: Visit = Depends(here)) -> HTMLResponse:
        return HTMLResponse(panels.threads_of(visit, "mentorship/7"))

    platform.happened("matched", actor="expert-en", subject="mentorship/7", mentor="expert-en", learner="officer-ar")
    platform.send()
    thread = get(platform, "/ask?subject=mentorship/7", "expert-en").headers["location"]
    post(platform, f"{thread}/answer", "expert-en", text="Where do the batteries that you write of come from?")
    platform.send()
    assert "You wrote last, on " in get(platform, "/mentor-page", "expert-en").text
    waiting = get(platform, "/mentor-page", "officer-ar").text
    with platform.database.session() as session:
        name = find(session, "expert-en").full_name
    assert f"رسالة من <bdi>{name}</bdi> بتاريخ " in waiting
    assert name not in get(platform, "/mentor-page", "officer-fr").text
