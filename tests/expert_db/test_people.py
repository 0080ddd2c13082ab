"""Tests of members as files and of the erasure of one."""

import json

import pytest

from conventions.errors import ClearingHouseError
from expert_db import steps
from expert_db.database import Database
from expert_db.events import history, record
from expert_db.members import Member, Standing
from expert_db.mentorships import Mentorship, State, of
from expert_db.needs import need
from expert_db.people import COLUMNS, erase, export_table, import_table, personal_data
from expert_db.proposals import propose
from tests.expert_db.people import EWASTE, PLASTIC, expert, named, person, settle

LESSON = "course/e-waste/lesson/classify"


def exported(database: Database) -> str:
    with database.session() as session:
        return export_table(session.query(Member).order_by(Member.id))


def test_what_is_exported_can_be_imported_elsewhere(database: Database) -> None:
    """Every column comes back as it was, names in any script included."""
    settle(
        database,
        person("layla", full_name='ليلى, "حسن"'),
        expert("karim", expertise={EWASTE: 3, PLASTIC: 1}, capacity=4, hours=6, paused=True),
        person("new", standing=Standing.WAITING),
    )
    table = exported(database)
    with database.session() as session:
        session.query(Member).delete()
    with database.session() as session:
        assert import_table(session, table, by="secretariat") == 3
    assert exported(database) == table
    with database.session() as session:
        assert [e.kind for e in history(session)] == ["joined", "approved", "joined", "approved", "joined"]


def test_importing_changes_known_members_and_tells_only_what_changed(database: Database) -> None:
    """The same file twice changes nothing; another capacity is one event."""
    settle(database, expert("karim"))
    with database.session() as session:
        import_table(session, exported(database), by="secretariat")
        assert list(history(session)) == []
        import_table(session, exported(database).replace(",2,0,no", ",5,0,no"), by="secretariat")
    with database.session() as session:
        assert named(session, "karim").capacity == 5
        assert [e.kind for e in history(session)] == ["described"]


BAD = {
    "name": "Amina!",
    "full_name": "",
    "country": "ZZ",
    "organisation": "=cmd()",
    "role": "king",
    "language": "de",
    "standing": "maybe",
    "languages": "ar xx",
    "expertise": "e-waste:9",
    "capacity": "many",
    "hours": "-1",
    "paused": "perhaps",
}


def test_every_problem_of_every_row_is_listed_at_once_and_nothing_is_imported(database: Database) -> None:
    """One round of corrections is enough; the good row waits with the bad ones."""
    good = "amina,Amina,SN,Ministry,officer,fr,approved,,,0,0,no"
    table = "\n".join([",".join(COLUMNS), good, ",".join(BAD.values()), good.replace("Amina", "Twin"), ""])
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        import_table(session, table, by="secretariat")
    problems = str(refused.value).splitlines()[1:]
    for column in BAD:
        assert any(problem.startswith(f"line 3: {column} ") for problem in problems), column
    assert "line 2: the name is in more than one row" in problems
    assert "line 4: the name is in more than one row" in problems
    assert exported(database).count("\n") == 1


def test_a_file_without_a_column_is_refused(database: Database) -> None:
    """The missing columns are named."""
    with pytest.raises(ClearingHouseError, match="full_name, country") as refused, database.session() as session:
        import_table(session, "name,organisation\na,b\n", by="")
    assert refused.value.code == "people-columns"


@pytest.fixture
def matched(database: Database) -> Database:
    """A learner with a mentor, another need, and a colleague."""
    settle(database, person("layla", full_name="Layla Hassan"), expert("karim", full_name="Karim T"), expert("amel"))
    with database.session() as session:
        layla = named(session, "layla")
        first = propose(session, need(session, layla, LESSON, "I, Layla, ask", concepts=[EWASTE]))
        assert first is not None
        steps.choose(session, first.id, layla)
        steps.accept(session, first.id, named(session, "karim"))
        propose(session, need(session, layla, "course/other", "Layla again", concepts=[EWASTE]))
        record(session, "asked", actor="layla", subject=LESSON, title="I, Layla, ask", concepts=[EWASTE])
    return database


def everything(database: Database) -> str:
    """All text in all tables."""
    with database.engine.connect() as connection:
        return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


def test_nothing_personal_is_left_of_an_erased_learner(matched: Database) -> None:
    """Her name and words are in no table; her country and what happened are."""
    assert "layla" in everything(matched).casefold()
    with matched.session() as session:
        kinds = [event.kind for event in history(session)]
        pseudonym = erase(session, named(session, "layla"), by="secretariat")
    assert "layla" not in everything(matched).casefold()
    with matched.session() as session:
        happened = list(history(session))
        assert [event.kind for event in happened[: len(kinds)]] == kinds
        assert happened[0].actor == pseudonym
        assert next(history(session, kind="matched")).data["learner"] == pseudonym
        (erased,) = history(session, kind="erased")
        assert (erased.actor, erased.subject) == ("secretariat", f"member/{pseudonym}")
        member = named(session, pseudonym)
        assert (member.country, member.standing) == ("EG", Standing.REFUSED)


def test_an_erased_learner_leaves_her_mentor_free(matched: Database) -> None:
    """What she had with him is ended, what was proposed is withdrawn."""
    with matched.session() as session:
        erase(session, named(session, "layla"), by="")
    with matched.session() as session:
        assert {m.state for m in session.query(Mentorship)} == {State.ENDED, State.WITHDRAWN}


def test_an_erased_mentor_is_replaced(matched: Database) -> None:
    """Who was proposed to her is not lost to her: the next one is proposed at once."""
    with matched.session() as session:
        layla = named(session, "layla")
        (pending,) = of(session, layla, State.PROPOSED)
        assert pending.mentor.name == "amel"
        erase(session, pending.mentor, by="")
    with matched.session() as session:
        (pending,) = of(session, named(session, "layla"), State.PROPOSED)
        assert pending.mentor.name == "karim"


def test_her_own_data_hold_what_the_tables_hold_of_her(matched: Database) -> None:
    """Profile, needs, mentorships and events, as JSON."""
    with matched.session() as session:
        data = json.loads(json.dumps(personal_data(session, named(session, "layla"))))
    assert data["profile"]["full_name"] == "Layla Hassan"
    assert [n["question"] for n in data["needs"]] == ["I, Layla, ask", "Layla again"]
    assert {m["as"] for m in data["mentorships"]} == {"learner"}
    assert {e["kind"] for e in data["events"]} == {"needed", "requested", "asked"}
