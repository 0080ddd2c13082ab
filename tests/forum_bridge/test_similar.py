"""Threads that already answer a question, in whatever language they were written."""

from pathlib import Path

import pytest

from conventions.vocabulary import find
from expert_db.database import Base, Database, now
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic
from forum_bridge.similar import Index, Similar

THREADS = {
    1: (
        "en",
        "Who must consent to a transboundary movement of lead-acid batteries?",
        "We want to export used lead-acid batteries. Does the State of import have to consent in writing?",
    ),
    2: (
        "fr",
        "Quels pesticides figurent à l'annexe III ?",
        "Je cherche la liste des pesticides soumis au consentement.",
    ),
    3: ("ru", "Как заполнить документ о перевозке отходов?", "Кто подписывает документ о перевозке опасных отходов?"),
    4: ("zh", "废铅酸电池的越境转移需要谁同意？", "我们想出口废铅酸电池，进口国是否需要书面同意？"),
    5: ("en", "The library computer does not start", "After the update my screen stays black in the reading room."),
    6: ("ar", "تصنيف البطاريات", "كيف نصنف بطاريات الرصاص الحمضية المستعملة قبل تصديرها؟"),
}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'p.sqlite'}")
    Base.metadata.create_all(made.engine)
    for number, (language, title, text) in THREADS.items():
        put(made, number, language, title, text)
    return made


def put(
    database: Database, number: int, language: str, title: str, text: str, *, subject: str = "course/e-waste"
) -> None:
    with database.session() as session:
        concepts = find(f"{title}\n{text}", language)
        session.add(Topic(id=number, title=title, language=language, subject=subject, concepts=concepts, at=now()))
        session.add(_post(number, number, 1, text, language))


def reply(database: Database, topic: int) -> None:
    with database.session() as session:
        session.add(_post(1000 + topic, topic, 2, "The national reference laboratory does.", "en"))


def _post(number: int, topic: int, place: int, text: str, language: str) -> Post:
    at = now()
    return Post(
        id=number,
        topic_id=topic,
        number=place,
        raw=text,
        cooked="",
        language=language,
        version=1,
        at=at,
        updated_at=at,
    )


def search(database: Database, index: Index, text: str, language: str) -> list[Similar]:
    with database.session() as session:
        return index.search(session, text, language, may_read=lambda _subject: True)


def test_a_french_question_finds_an_english_thread(database: Database) -> None:
    """Shared concepts lead across languages, and are named as the reason."""
    text = "Faut-il un consentement pour le mouvement transfrontière de batteries au plomb ?"
    found = search(database, Index(), text, "fr")
    assert {1, 4} <= {similar.topic for similar in found[:3]}
    english = next(similar for similar in found if similar.topic == 1)
    assert {"transboundary-movement", "lead-acid-battery"} <= set(english.concepts)


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("谁在废物转移文件上签字？", "zh", 3),
        ("من يوقع وثيقة النقل للنفايات الخطرة؟", "ar", 3),
        ("¿Quién debe consentir la exportación de baterías de plomo-ácido usadas?", "es", 1),
        ("废铅酸电池出口", "zh", 4),
    ],
)
def test_every_language_finds_its_way(database: Database, text: str, language: str, topic: int) -> None:
    """A question in any of the languages finds the thread that speaks of the same."""
    assert topic in [similar.topic for similar in search(database, Index(), text, language)[:3]]


def test_what_has_nothing_to_do_with_it_is_not_shown(database: Database) -> None:
    """A question that nothing answers gets no thread rather than any thread."""
    assert search(database, Index(), "Where is the cafeteria of the conference building?", "en") == []


def test_the_same_question_gets_the_same_answer(database: Database) -> None:
    """Two indexes, two searches: the same threads, scores and reasons."""
    text = "Does the State of import consent to used lead-acid batteries?"
    one, two = Index(), Index()
    assert search(database, one, text, "en") == search(database, two, text, "en") == search(database, one, text, "en")


def test_the_index_follows_the_mirror(database: Database) -> None:
    """A new thread is found, a deleted one is not, a changed one by its new words."""
    index = Index()
    text = "Which laboratory tests dioxins in incinerator ash?"
    assert search(database, index, text, "en") == []
    put(database, 7, "en", "Laboratory for dioxins in ash", "Which laboratory can measure dioxins in incinerator ash?")
    assert [similar.topic for similar in search(database, index, text, "en")] == [7]
    with database.session() as session:
        session.get_one(Topic, 7).deleted = True
    assert search(database, index, text, "en") == []


def test_a_general_topic_answers_nothing_until_somebody_writes_in_it(database: Database) -> None:
    """The platform opens one for each lesson; shown empty, it would only send her round in a circle."""
    index, text = Index(), "Which laboratory tests dioxins in incinerator ash?"
    put(database, 7, "en", "Questions and answers: Tests of dioxins in ash", "Ask about dioxins in ash here.")
    with database.session() as session:
        session.add(Link(subject="course/e-waste/lesson/ash", external_id="ash", topic_id=7, language="en"))
    assert search(database, index, text, "en") == []
    reply(database, 7)
    assert [similar.topic for similar in search(database, index, text, "en")] == [7]


def test_threads_that_she_may_not_read_are_not_found(database: Database) -> None:
    """The best thread is left out if its subject is not for the reader."""
    put(
        database,
        8,
        "en",
        "Used lead-acid batteries between us",
        "Lead-acid batteries, said in private.",
        subject="mentorship/7",
    )
    with database.session() as session:
        found = Index().search(
            session, "Used lead-acid batteries", "en", may_read=lambda s: not s.startswith("mentorship")
        )
    assert found
    assert 8 not in [similar.topic for similar in found]
