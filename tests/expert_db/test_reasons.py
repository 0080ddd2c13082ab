"""Tests of the reasons as sentences: for each reader, in her language."""

import pytest

from conventions.languages import LANGUAGES
from conventions.texts import texts
from expert_db.matching import Evidence, Load, Reason, Wanted, rank
from expert_db.reasons import SENTENCES, sentence, sentences
from tests.expert_db.people import EWASTE, expert

ALL: list[Reason] = [
    ("suggested", {}),
    ("language", {"languages": ["ar", "fr"]}),
    ("no-common-language", {"languages": ["ru"]}),
    ("concept", {"concept": EWASTE, "level": 3}),
    ("accepted", {"concept": EWASTE, "n": 2}),
    ("answered", {"concept": EWASTE, "n": 5}),
    ("same-country", {"country": "EG"}),
    ("same-region", {"region": "african"}),
    ("same-hours", {}),
    ("hours", {"n": 3}),
    ("room", {"n": 2}),
]


def test_the_learner_and_the_mentor_each_read_their_own_sentence() -> None:
    """The same reason speaks to her of him and to him of her."""
    english = texts("en")
    assert sentences(ALL[:4], english) == [
        "A colleague suggests this mentor",
        "Speaks Arabic and French with you",
        "Nobody who is free now speaks a language of yours; this mentor speaks Russian",
        "Works on “electrical and electronic waste” (level 3 of 3)",
    ]
    assert sentence(ALL[1], english, to_mentor=True) == "You both speak Arabic and French"
    assert sentence(("room", {"n": 1}), english) == "Has room for 1 more learner"


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("to_mentor", [False, True])
def test_every_reason_has_its_own_sentence_in_every_language(language: str, to_mentor: bool) -> None:
    """No reader is shown English, a code or an unfilled place."""
    shown = sentences(ALL, texts(language), to_mentor=to_mentor)
    assert len(shown) == len(ALL) - to_mentor, "a mentor's room is not told to himself"
    assert not set(shown) & set(sentences(ALL, texts("en"), to_mentor=to_mentor))
    assert not any("{" in text for text in shown)


def test_every_reason_the_matching_gives_can_be_said() -> None:
    """A new reason without a sentence is found here, not by a learner."""
    near, far = expert("near", country="EG"), expert("far", country="CL", language="ru", languages=[])
    near.id, far.id = 10, 11
    said = set()
    for mentor in (near, far):
        known = {mentor.name: {EWASTE: Evidence(3, 1)}}
        for match in rank(Wanted(1, "EG", (EWASTE,), ("ar",)), [mentor], {10: Load()}, known):
            assert all(sentences(match.reasons, texts("en")))
            said |= {code for code, _ in match.reasons}
    assert said <= {code for code, _ in ALL}
    assert set(SENTENCES) <= {code for code, _ in ALL}
