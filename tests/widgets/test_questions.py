"""Questions as cells hold them: how they are read, what is an answer, and what is wrong with a cell."""

import pytest

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import texts
from widgets import questions
from widgets.questions import Question

LIST = "# - One\n# - Two\n# - Three\n#\n"
HEAD = "#| question: en\n# Which of\n# these?\n#\n"
CHOICE = f'{HEAD}{LIST}# See Article 1.\nanswer = ""\nchoose(answer, right="1 3", step=2)'


def cell(call: str, lists: int = 1, language: str = "en") -> str:
    """A cell that asks something."""
    return f"#| question: {language}\n# Which?\n#\n{LIST * lists}# See Article 1.\n{call}"


def asked(call: str, lists: int = 1) -> Question:
    """The question of a cell."""
    return questions.question(cell(call, lists))


def test_a_cell_is_read() -> None:
    """Question, list and reason are its comments; kind, variable, right answer and step are in the call."""
    made = questions.question(CHOICE)
    assert made == Question(
        language="en",
        kind="choose",
        variable="answer",
        text="Which of these?",
        lists=(("One", "Two", "Three"),),
        reason="See Article 1.",
        right="1 3",
        step=2,
    )
    assert questions.marked(CHOICE) == "question" and questions.marked("x = 1") == ""
    assert questions.in_language(CHOICE, "fr") == CHOICE.replace("question: en", "question: fr")


@pytest.mark.parametrize(
    ("call", "lists", "told"),
    [
        ('choose(a, right="3 1")', 1, "One; Three"),
        ('match(a, right="3 1 1")', 2, "One – Three; Two – One; Three – One"),
        ('order(a, right="3 1 2")', 1, "Three; One; Two"),
        ('number(a, right="90.50")', 0, "90.5"),
    ],
)
def test_the_right_answer_is_told_in_words(call: str, lists: int, told: str) -> None:
    """For whoever reads a page without Python."""
    assert asked(call, lists).told == told


@pytest.mark.parametrize(
    ("call", "lists", "given", "kept"),
    [
        ("choose(a)", 1, "3,1", "1 3"),
        ("choose(a)", 1, "٢", "2"),
        ("choose(a)", 1, " 2 2 ", "2"),
        ("choose(a)", 1, "", ""),
        ("order(a)", 1, "3 1 2", "3 1 2"),
        ("match(a)", 2, "2;2;2", "2 2 2"),
        ("number(a)", 0, "1 000,50", "1000.5"),
        ("number(a)", 0, "٩٠٫٥", "90.5"),
        ("number(a)", 0, "-1e3", "-1000"),
    ],
)
def test_an_answer_is_kept_in_one_form(call: str, lists: int, given: str, kept: str) -> None:
    """However it is written, with the digits of whatever keyboard."""
    assert asked(call, lists).answer(given) == kept


@pytest.mark.parametrize(
    ("call", "lists", "given"),
    [
        ("choose(a)", 1, "4"),
        ("choose(a)", 1, "0"),
        ("choose(a)", 1, "yes"),
        ("choose(a)", 1, "1<b>"),
        ("order(a)", 1, "1 2"),
        ("order(a)", 1, "1 2 2"),
        ("match(a)", 2, "1 2"),
        ("number(a)", 0, "many"),
        ("number(a)", 0, "nan"),
        ("number(a)", 0, "1e999999"),
    ],
)
def test_what_is_no_answer_is_refused(call: str, lists: int, given: str) -> None:
    """It names what was given and says, in every language, what an answer is."""
    with pytest.raises(ClearingHouseError) as error:
        asked(call, lists).answer(given)
    assert error.value.code == "answer-bad"
    said = {error.value.sentence(texts(language)) for language in LANGUAGES}
    assert len(said) == len(LANGUAGES) and all(given in sentence for sentence in said)


@pytest.mark.parametrize(
    ("call", "lists", "given", "matches"),
    [
        ('choose(a, right="1 3")', 1, "1", [False]),
        ('choose(a, right="1 3")', 1, "1 3", [True]),
        ('match(a, right="2 1 3")', 2, "2 3 3", [True, False, True]),
        ('order(a, right="3 2 1")', 1, "1 2 3", [False, True, False]),
        ('number(a, right="90", within="0.5")', 0, "89.5", [True]),
        ('number(a, right="0.3", within="0")', 0, "0.3", [True]),
        ('number(a, right="90", within="0.5")', 0, "90.51", [False]),
    ],
)
def test_answers_are_compared(call: str, lists: int, given: str, matches: list[bool]) -> None:
    """As a whole, place by place, or within a tolerance that decimals do not blur."""
    assert asked(call, lists).matches(given) == matches


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (CHOICE.replace("#| question: en\n", ""), "question: en"),
        (CHOICE.replace("question: en", "question: xx"), "question: en"),
        ("#| question: en\nchoose(a)", "no question"),
        (cell("choose(a)", 0), "1 lists"),
        (cell("match(a)", 1), "2 lists"),
        (cell("number(a)", 1), "0 lists"),
        (cell("choose()"), "variable"),
        (cell('choose("a")'), "variable"),
        (cell('choose(a, right="4")'), "4"),
        (cell('number(a, right="much")', 0), "much"),
        (cell('number(a, right="1", within="some")', 0), "1"),
        (cell("choose(a, right=1)"), "right"),
        (cell("choose(a, right=str(1))"), "right"),
        (cell("choose(a, points=3)"), "points"),
        (cell("pick(a)"), "choose"),
        (cell("choose(a"), "cannot run"),
    ],
)
def test_a_cell_that_cannot_be_asked_is_refused(source: str, named: str) -> None:
    """The author is told what is missing or wrong."""
    with pytest.raises(ClearingHouseError) as error:
        questions.question(source)
    assert error.value.code == "question-bad" and named in str(error.value)


def test_steps_are_read() -> None:
    """A title and a count each."""
    made = questions.steps("#| steps: fr\n# - Un\n# - Deux\nsteps(3, 1)")
    assert (made.language, made.titles, made.counts) == ("fr", ("Un", "Deux"), (3, 1))


@pytest.mark.parametrize("call", ["steps(1)", "steps(1, 0)", "steps(1, True)", "steps(1, two)", "steps()"])
def test_steps_that_do_not_fit_are_refused(call: str) -> None:
    """As many counts as titles, each above nothing."""
    with pytest.raises(ClearingHouseError) as error:
        questions.steps(f"#| steps: en\n# - One\n# - Two\n{call}")
    assert error.value.code == "question-bad"
