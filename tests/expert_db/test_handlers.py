"""Tests of the reactions: the question that becomes a proposal, the room that meets a need."""

from expert_db.database import Database
from expert_db.dispatch import Dispatcher
from expert_db.events import record
from expert_db.handlers import on_asked, on_room
from expert_db.members import Standing, decide
from expert_db.mentorships import of
from expert_db.needs import looking
from tests.expert_db.people import EWASTE, expert, named, person, settle

FLOWS = {"asked": [on_asked], "approved": [on_room]}
LESSON = "course/e-waste/lesson/classify"


def ask(database: Database, *, wants_mentor: bool) -> None:
    with database.session() as session:
        data = {"topic": 7, "concepts": [EWASTE], "language": "fr", "title": "Is a laptop without a battery waste?"}
        record(session, "asked", actor="learner", subject=LESSON, wants_mentor=wants_mentor, **data)
    Dispatcher(database, FLOWS, None).deliver()


def test_a_question_that_wants_a_mentor_is_proposed_one(database: Database) -> None:
    """The need keeps the question, its topic and the language it was asked in, first."""
    settle(database, person("learner"), expert("mentor"))
    ask(database, wants_mentor=True)
    with database.session() as session:
        (mentorship,) = of(session, named(session, "learner"))
        assert mentorship.mentor.name == "mentor"
        asked = mentorship.need
        assert (asked.question, asked.topic) == ("Is a laptop without a battery waste?", 7)
        assert asked.languages == ["fr", "ar"]


def test_a_question_alone_asks_for_no_mentor(database: Database) -> None:
    """Who only asks the forum is left in peace, and so is a stranger."""
    settle(database, person("learner"), expert("mentor"))
    ask(database, wants_mentor=False)
    with database.session() as session:
        assert of(session, named(session, "learner")) == []
        assert looking(session, named(session, "learner")) == []
        record(session, "asked", actor="stranger", subject=LESSON, wants_mentor=True)
    assert Dispatcher(database, FLOWS, None).deliver() == 1


def test_an_open_need_is_met_when_an_expert_is_let_in(database: Database) -> None:
    """Who waited since nobody could help is proposed the newcomer, without asking again."""
    settle(database, person("learner"), expert("mentor", standing=Standing.WAITING))
    ask(database, wants_mentor=True)
    with database.session() as session:
        assert of(session, named(session, "learner")) == []
        decide(session, "mentor", Standing.APPROVED, by="secretariat")
    Dispatcher(database, FLOWS, None).deliver()
    with database.session() as session:
        assert [m.mentor.name for m in of(session, named(session, "learner"))] == ["mentor"]
