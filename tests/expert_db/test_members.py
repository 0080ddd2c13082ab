"""Tests of the members: asking to join, the secretariat's decision and taking it back."""

from typing import Any

import pytest

from conventions.errors import ClearingHouseError
from expert_db.database import Database
from expert_db.events import history
from expert_db.members import Member, Role, Standing, decide, find, join
from tests.expert_db.people import named, person, settle


def newcomer(**given: Any) -> Member:
    return person("newcomer", **{"standing": Standing.WAITING, **given})


def test_who_asks_to_join_waits_for_the_secretariat(database: Database) -> None:
    """She is in the database, not let in yet, and the log tells it."""
    with database.session() as session:
        join(session, newcomer())
    with database.session() as session:
        assert find(session, "newcomer").standing == Standing.WAITING
        assert [(e.kind, e.actor) for e in history(session)] == [("joined", "newcomer")]


def test_a_name_is_given_once(database: Database) -> None:
    """Nobody joins under the name of another."""
    settle(database, person("newcomer"))
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        join(session, newcomer())
    assert refused.value.code == "member-exists"


@pytest.mark.parametrize(
    "bad",
    [
        {"full_name": " "},
        {"country": "ZZ"},
        {"language": "de"},
        {"languages": ["ar", "xx"]},
        {"expertise": {"e-waste": 4}},
        {"capacity": -1},
        {"hours": 1000},
    ],
    ids=lambda bad: next(iter(bad)),
)
def test_an_entry_that_cannot_be_is_refused_whole(database: Database, bad: dict[str, Any]) -> None:
    """The entry is named and nothing is stored."""
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        join(session, newcomer(role=Role.EXPERT, **bad))
    assert refused.value.code == "member-bad"
    with database.session() as session:
        assert session.query(Member).count() == 0


def test_a_decision_and_taking_it_back_are_in_the_log_with_who_took_it(database: Database) -> None:
    """Approving twice is told once; the undo is told as what it is."""
    settle(database, newcomer())
    with database.session() as session:
        decide(session, "newcomer", Standing.APPROVED, by="secretariat")
        decide(session, "newcomer", Standing.APPROVED, by="secretariat")
        decide(session, "newcomer", Standing.WAITING, by="secretariat")
        decide(session, "newcomer", Standing.REFUSED, by="secretariat")
    with database.session() as session:
        assert [e.kind for e in history(session, actor="secretariat")] == ["approved", "reconsidered", "refused"]
        assert named(session, "newcomer").standing == Standing.REFUSED


def test_an_unknown_member_is_named_in_the_error(database: Database) -> None:
    """Who mistypes a name sees which one."""
    with pytest.raises(ClearingHouseError, match="nobody") as refused, database.session() as session:
        find(session, "nobody")
    assert refused.value.status == 404


def test_her_own_language_comes_first_of_those_she_speaks() -> None:
    """The matching prefers it."""
    assert person("one", language="ar", languages=["en", "ar", "fr"]).speaks == ["ar", "en", "fr"]
