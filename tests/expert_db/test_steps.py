"""Tests of a mentorship's steps on a real database, with two people at the same moment where it matters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from conventions.errors import ClearingHouseError
from expert_db import events, steps
from expert_db.database import Database, now
from expert_db.mentorships import HELD, Mentorship, State, of
from expert_db.needs import Need, NeedState, need
from expert_db.proposals import candidates, propose, propose_due
from tests.expert_db.people import EWASTE, expert, named, person, settle

LESSON = "course/e-waste/lesson/classify"


def asked(database: Database, *learners: str) -> list[int]:
    """Each learner has asked and is shown a proposal; the mentorships' numbers."""
    with database.session() as session:
        found = [
            propose(session, need(session, named(session, name), LESSON, "Is it waste?", concepts=[EWASTE]))
            for name in learners
        ]
        return [mentorship.id for mentorship in found if mentorship]


def state(database: Database, number: int) -> State:
    with database.session() as session:
        return State(session.get_one(Mentorship, number).state)


def kinds(database: Database) -> list[str]:
    with database.session() as session:
        return [event.kind for event in events.history(session)]


def test_she_accepts_first_then_the_mentor_and_they_are_matched(database: Database) -> None:
    """The whole sequence, each step an event, and the last with what the forum needs to link the topic."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        assert steps.choose(session, number, named(session, "learner"))
    with database.session() as session:
        steps.accept(session, number, named(session, "mentor"))
    with database.session() as session:
        steps.end(session, number, named(session, "learner"), thank=True)
    assert kinds(database) == ["needed", "proposed", "requested", "matched", "ended", "thanked"]
    with database.session() as session:
        (matched,) = events.history(session, kind="matched")
        assert matched.subject == f"mentorship/{number}"
        assert matched.actor == "mentor"
        assert matched.data["learner"] == "learner"
        assert matched.data["concepts"] == [EWASTE]
        assert matched.data["asked_about"] == LESSON
        assert session.get_one(Mentorship, number).state == State.ENDED


def test_asking_twice_on_a_subject_is_one_need(database: Database) -> None:
    """Who sends the form twice is not proposed two mentors."""
    settle(database, person("learner"), expert("one"), expert("two"))
    assert len(asked(database, "learner", "learner")) == 1


def test_a_mentor_is_not_asked_before_she_accepts(database: Database) -> None:
    """He cannot accept a learner who has not chosen him."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        steps.accept(session, number, named(session, "mentor"))
    assert refused.value.code == "mentorship-changed"
    assert state(database, number) == State.PROPOSED


def test_after_a_decline_the_next_is_proposed_and_never_the_same(database: Database) -> None:
    """The reason is kept, the next best is proposed, and when all declined the need is open."""
    settle(database, person("learner"), expert("first", expertise={EWASTE: 3}), expert("second"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
    with database.session() as session:
        following = steps.decline(session, number, named(session, "first"), "no-time", "Until May I travel.")
        assert following is not None
        assert following.mentor.name == "second"
        steps.choose(session, following.id, named(session, "learner"))
        assert steps.decline(session, following.id, named(session, "second"), "not-my-field") is None
    with database.session() as session:
        assert session.get_one(Mentorship, number).note == "Until May I travel."
        assert propose_due(session) == []
        assert session.scalars(select(Need)).one().state == NeedState.OPEN
        assert [event.data["reason"] for event in events.history(session, kind="declined")] == [
            "no-time",
            "not-my-field",
        ]


def test_a_decline_without_a_reason_is_refused(database: Database) -> None:
    """She is always told why; an unknown reason changes nothing."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
    with pytest.raises(ClearingHouseError, match="Choose why"), database.session() as session:
        steps.decline(session, number, named(session, "mentor"), "because")
    assert state(database, number) == State.REQUESTED


def test_a_conflict_of_interest_holds_for_all_her_needs(database: Database) -> None:
    """A mentor who has a conflict with a learner is not proposed for her next question either."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
        steps.decline(session, number, named(session, "mentor"), "conflict")
        later = need(session, named(session, "learner"), "course/plastics", "Another", concepts=[EWASTE])
        assert candidates(session, later) == []


def test_another_proposes_the_next_and_waiting_proposes_nobody(database: Database) -> None:
    """She can pass over a proposal, or rest and then look again, when the mentor she put off may come back."""
    settle(database, person("learner"), expert("first", expertise={EWASTE: 3}), expert("second"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        learner = named(session, "learner")
        following = steps.another(session, number, learner)
        assert following is not None
        assert following.mentor.name == "second"
        steps.wait(session, following.id, learner)
        assert propose_due(session) == []
        again = steps.look_now(session, following.need_id, learner)
        assert again is not None
        assert again.mentor.name == "second"


def test_a_rest_ends_by_itself(database: Database) -> None:
    """Who chose to wait is proposed a mentor when her time is over, without asking again."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.wait(session, number, named(session, "learner"))
        resting = session.scalars(select(Need)).one()
        assert resting.rests_until is not None
        assert resting.rests_until > now()
        resting.rests_until = now()
    with database.session() as session:
        assert [mentorship.mentor.name for mentorship in propose_due(session)] == ["mentor"]


def test_withdrawing_frees_the_place_she_held(database: Database) -> None:
    """A learner who no longer needs a mentor keeps nobody else waiting."""
    settle(database, person("one"), person("two"), expert("mentor", capacity=1))
    first, second = asked(database, "one", "two")
    with database.session() as session:
        assert steps.choose(session, first, named(session, "one"))
        steps.withdraw(session, session.get_one(Mentorship, first).need_id, named(session, "one"))
    with database.session() as session:
        assert steps.choose(session, second, named(session, "two"))
        assert session.get_one(Mentorship, first).need.state == NeedState.WITHDRAWN


def test_when_the_last_place_is_gone_she_gets_the_next_proposal(database: Database) -> None:
    """A proposal that came too late is replaced, not refused."""
    settle(database, person("one"), person("two"), expert("best", capacity=1, expertise={EWASTE: 3}))
    first, second = asked(database, "one", "two")
    settle(database, expert("other"))
    with database.session() as session:
        assert steps.choose(session, first, named(session, "one"))
        assert not steps.choose(session, second, named(session, "two"))
        pending = of(session, named(session, "two"), State.PROPOSED)
        assert [mentorship.mentor.name for mentorship in pending] == ["other"]


def test_a_colleague_suggested_by_the_mentor_is_proposed_with_his_name(database: Database) -> None:
    """Passing her on proposes that colleague to her, and says who suggested him."""
    settle(database, person("learner"), expert("first", expertise={EWASTE: 3}), expert("second"), expert("third"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
        third = named(session, "third").id
        passed = steps.pass_on(session, number, named(session, "first"), third)
        assert passed.mentor.name == "third"
        assert passed.reasons[0] == ("suggested", {})
        assert session.get_one(Mentorship, number).state == State.DECLINED


def test_a_mentor_cannot_pass_her_on_to_who_is_full(database: Database) -> None:
    """A colleague who cannot take her is refused and the request stays where it is."""
    settle(database, person("learner"), expert("first"), expert("full", capacity=0))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        steps.pass_on(session, number, named(session, "first"), named(session, "full").id)
    assert refused.value.code == "colleague-busy"
    assert state(database, number) == State.REQUESTED


def test_a_lowered_capacity_is_kept_when_he_accepts(database: Database) -> None:
    """Who lowered his capacity since must raise it or decline."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
        named(session, "mentor").capacity = 0
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        steps.accept(session, number, named(session, "mentor"))
    assert refused.value.code == "mentor-full"


STRANGE: list[Callable[..., object]] = [steps.choose, steps.another, steps.wait, steps.accept, steps.end]


@pytest.mark.parametrize("step", STRANGE, ids=lambda step: str(step.__name__))
def test_nobody_else_can_take_a_step(database: Database, step: Callable[..., object]) -> None:
    """A stranger is told that she has no such mentorship, and nothing changes."""
    settle(database, person("learner"), person("stranger"), expert("mentor"))
    (number,) = asked(database, "learner")
    if step is steps.end:
        with database.session() as session:
            steps.choose(session, number, named(session, "learner"))
            steps.accept(session, number, named(session, "mentor"))
    before = state(database, number)
    with pytest.raises(ClearingHouseError) as refused, database.session() as session:
        step(session, number, named(session, "stranger"))
    assert refused.value.code == "mentorship-unknown"
    assert state(database, number) == before


def test_two_learners_and_one_last_place_at_the_same_moment(database: Database) -> None:
    """However many choose at once, a mentor never has more learners than he has room for."""
    learners = [f"learner{n}" for n in range(6)]
    settle(database, *(person(name) for name in learners), expert("mentor", capacity=1))
    numbers = asked(database, *learners)
    assert len(numbers) == len(learners)
    together = Barrier(len(learners))

    def choose(name: str, number: int) -> bool:
        together.wait()
        with database.session() as session:
            return steps.choose(session, number, named(session, name))

    with ThreadPoolExecutor(len(learners)) as pool:
        outcomes = list(pool.map(choose, learners, numbers))
    assert sorted(outcomes) == [False] * 5 + [True]
    with database.session() as session:
        assert len(session.scalars(select(Mentorship).where(Mentorship.state.in_(HELD))).all()) == 1


def test_a_need_gets_one_proposal_however_many_look_at_once(database: Database) -> None:
    """The command line and the handlers may look for a mentor at the same time."""
    settle(database, person("learner"), expert("one"), expert("two"))
    with database.session() as session:
        number = need(session, named(session, "learner"), LESSON, "Is it waste?", concepts=[EWASTE]).id
    together = Barrier(4)

    def look(_: int) -> bool:
        with database.session() as session:
            found = session.get_one(Need, number)
            together.wait()
            return propose(session, found) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(4))) == 1


def test_accepting_and_withdrawing_at_once_has_one_outcome(database: Database) -> None:
    """Either they are matched or she withdrew; the one who came second is told to reload."""
    settle(database, person("learner"), expert("mentor"))
    (number,) = asked(database, "learner")
    with database.session() as session:
        steps.choose(session, number, named(session, "learner"))
    together = Barrier(2)

    def act(step: Callable[..., object], name: str) -> bool:
        together.wait()
        try:
            with database.session() as session:
                step(session, number, named(session, name))
        except ClearingHouseError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        yes, no = pool.submit(act, steps.accept, "mentor"), pool.submit(act, steps.wait, "learner")
        assert yes.result() != no.result()
    assert state(database, number) == (State.ACCEPTED if yes.result() else State.WITHDRAWN)
