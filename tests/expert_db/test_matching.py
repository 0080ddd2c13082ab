"""Tests of the ranking: who can be a match, in which order, and with which reasons."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from expert_db.matching import Evidence, Load, Match, Wanted, free_places, rank
from expert_db.members import Member, Role, Standing
from tests.expert_db.people import EWASTE, PLASTIC, expert, person

WANTED = Wanted(learner=1, country="EG", concepts=(EWASTE,), languages=("ar", "en"))


def numbered(*experts: Member) -> list[Member]:
    """The experts with ids from 10 on, as the database would give them."""
    for number, member in enumerate(experts, 10):
        member.id = number
    return list(experts)


def names(matches: Sequence[Match]) -> list[str]:
    return [match.mentor.name for match in matches]


def reasons(match: Match) -> dict[str, dict[str, Any]]:
    return dict(match.reasons)


def test_a_higher_level_in_a_shared_concept_comes_first() -> None:
    """Who knows more of what is asked is proposed before who knows less."""
    experts = numbered(expert("basic", expertise={EWASTE: 1}), expert("master", expertise={EWASTE: 3}))
    assert names(rank(WANTED, experts, {})) == ["master", "basic"]


def test_an_expert_without_a_shared_concept_is_no_match() -> None:
    """Nobody is proposed for what he does not know, however free and near he is."""
    assert rank(WANTED, numbered(expert("plastics", expertise={PLASTIC: 3}, country="EG")), {}) == []


def test_a_need_without_concepts_can_be_met_by_every_free_expert() -> None:
    """A question that the vocabulary has no concept for still finds a mentor."""
    anything = Wanted(1, "EG", (), ("ar",))
    assert names(rank(anything, numbered(expert("one", expertise={})), {})) == ["one"]


def test_a_common_language_is_required_when_someone_has_it() -> None:
    """The better expert without a common language is left out when another can talk with her."""
    experts = numbered(
        expert("russian", language="ru", languages=["ru"], expertise={EWASTE: 3}),
        expert("arabic", expertise={EWASTE: 1}),
    )
    assert names(rank(WANTED, experts, {})) == ["arabic"]


def test_without_anyone_who_shares_a_language_the_reasons_say_so() -> None:
    """She is told before she accepts that they have no language in common."""
    (match,) = rank(WANTED, numbered(expert("russian", language="ru", languages=["ru", "es"])), {})
    assert reasons(match)["no-common-language"] == {"languages": ["ru", "es"]}
    assert "language" not in reasons(match)


def test_the_language_she_prefers_weighs_more_than_her_second() -> None:
    """Of two who can talk with her, the one in her first language comes first."""
    experts = numbered(expert("english", language="en", languages=[]), expert("arabic", language="ar", languages=[]))
    assert names(rank(WANTED, experts, {})) == ["arabic", "english"]


def test_only_who_has_a_free_place_can_be_a_match() -> None:
    """Full, paused, waiting, refused or other members are not proposed, nor she herself."""
    herself = expert("herself")
    others = numbered(
        expert("full"),
        expert("paused", paused=True),
        expert("waiting", standing=Standing.WAITING),
        expert("refused", standing=Standing.REFUSED),
        person("officer", Role.OFFICER, expertise={EWASTE: 3}, capacity=5),
        expert("free"),
    )
    herself.id = WANTED.learner
    assert names(rank(WANTED, [herself, *others], {10: Load(held=2)})) == ["free"]


def test_free_places_are_never_negative() -> None:
    """A capacity lowered below the learners he has leaves no place, not minus one."""
    assert free_places(expert("lowered", capacity=1), Load(held=3)) == 0


def test_the_less_busy_of_two_equals_comes_first() -> None:
    """Proposals are spread: places held and proposals under way both count."""
    experts = numbered(expert("busy", capacity=4), expert("proposed", capacity=4), expert("idle", capacity=4))
    load = {10: Load(held=2), 11: Load(offered=1)}
    assert names(rank(WANTED, experts, load)) == ["idle", "proposed", "busy"]


def test_answers_that_were_accepted_weigh_in_their_concept_only() -> None:
    """What he has shown he can answer counts for the concept it was about."""
    experts = numbered(expert("silent"), expert("elsewhere"), expert("proven"))
    shown = {"proven": {EWASTE: Evidence(2, 1)}, "elsewhere": {PLASTIC: Evidence(9, 9)}}
    ranked = rank(WANTED, experts, {}, shown)
    assert names(ranked)[0] == "proven"
    assert reasons(ranked[0])["accepted"] == {"concept": EWASTE, "n": 1}
    assert ranked[1].score == ranked[2].score


def test_answers_that_were_not_accepted_are_a_reason_too() -> None:
    """Who answered without being accepted is shown by the number of questions."""
    (match,) = rank(WANTED, numbered(expert("helper")), {}, {"helper": {EWASTE: Evidence(answered=4)}})
    assert reasons(match)["answered"] == {"concept": EWASTE, "n": 4}


def test_who_lives_nearer_comes_first() -> None:
    """Of equals, the same country is nearest, then the same region and time of day."""
    experts = numbered(expert("chile", country="CL"), expert("kenya", country="KE"), expert("egypt", country="EG"))
    ranked = rank(WANTED, experts, {})
    assert names(ranked) == ["egypt", "kenya", "chile"]
    assert "same-country" in reasons(ranked[0])
    assert reasons(ranked[1])["same-region"] == {"region": "african"}
    assert reasons(ranked[2])["hours"]["n"] == 5


def test_who_was_turned_down_is_left_out() -> None:
    """A mentor who declined is not ranked again."""
    assert names(rank(WANTED, numbered(expert("declined"), expert("next")), {}, excluded={10})) == ["next"]


def test_equals_keep_the_order_of_their_ids_however_they_are_given() -> None:
    """The same facts give the same ranking."""
    experts = numbered(expert("a"), expert("b"), expert("c"))
    assert {tuple(names(rank(WANTED, order, {}))) for order in permutations(experts)} == {("a", "b", "c")}


def test_the_reasons_are_data_that_tell_concept_language_and_room() -> None:
    """What a match is shown with can be stored and translated later."""
    (match,) = rank(WANTED, numbered(expert("one", expertise={EWASTE: 3, PLASTIC: 1})), {10: Load(held=1)})
    assert match.reasons[:2] == [("language", {"languages": ["ar"]}), ("concept", {"concept": EWASTE, "level": 3})]
    assert reasons(match)["room"] == {"n": 1}


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(0, 5), st.sampled_from(["ar", "en", "fr", "ru"]))
    ),
)
def test_whatever_the_network_no_match_is_full_or_ranked_below_a_worse(
    people: list[tuple[int, int, int, str]],
) -> None:
    """In every network each match has a free place and the scores fall."""
    experts = numbered(
        *(
            expert(f"e{n}", expertise={EWASTE: level}, capacity=capacity, language=language, languages=[])
            for n, (level, capacity, _, language) in enumerate(people)
        )
    )
    load = {10 + n: Load(held=held) for n, (_, _, held, _) in enumerate(people)}
    ranked = rank(WANTED, experts, load)
    assert all(free_places(match.mentor, load[match.mentor.id]) for match in ranked)
    assert [match.score for match in ranked] == sorted((match.score for match in ranked), reverse=True)
