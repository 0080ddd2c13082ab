"""The finder: a path that always ends, and look-ups that begin it at the right step."""

import pytest
from playwright.sync_api import Page, expect

from conventions.languages import LANGUAGES
from tests.widgets.conftest import Server
from widgets.asked import Asked
from widgets.finder import FIRST, STEPS, TEXTS, Finder


def looked_up(wanted: str, language: str = "en") -> Finder:
    """The finder after somebody typed this."""
    finder = Finder(Asked(language))
    finder.find = wanted
    return finder


def test_every_path_ends_in_an_outcome_and_every_step_is_on_a_path() -> None:
    """No answer leads nowhere or back; each step but the first names the article it is from."""
    reached: set[str] = set()

    def walk(key: str, before: tuple[str, ...]) -> None:
        assert key not in before
        reached.add(key)
        step = STEPS[key]
        assert bool(step.answers) != bool(step.consent)
        assert (step.convention and step.article) or key in {"start", "no-consent"}
        for _, to in step.answers:
            walk(to, (*before, key))

    walk("start", ())
    assert reached == set(STEPS) and set(FIRST.values()) <= reached


@pytest.mark.parametrize(
    ("wanted", "step"),
    [
        ("a1181", "hazardous"),
        ("Y-49", "party"),
        ("b3011", "contaminated"),
        ("Y31", "hazardous"),
        ("55-38-9", "response"),
        ("309-00-2", "pop-use"),
        ("crocidolite", "response"),
    ],
)
def test_a_look_up_begins_the_path(wanted: str, step: str) -> None:
    """A code, CAS number or name leads to the step of its annex."""
    assert step in {match["step"] for match in looked_up(wanted).matches}


@pytest.mark.parametrize("wanted", ["zzzz", "H6.1", "<b>"])
def test_what_is_in_no_annex_is_said(wanted: str) -> None:
    """Nothing found has a sentence, and the questions stay."""
    finder = looked_up(wanted)
    assert finder.matches == [] and finder.problem == "Nothing is found. Answer the questions below."


def test_what_is_wrong_with_a_code_is_said() -> None:
    """An entry that no longer applies says from when to when it did; a wrong check digit is named."""
    assert "does not apply" in looked_up("A1180").problem
    assert "last digit should be 3" in looked_up("50-29-4").problem


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_word_is_translated(language: str) -> None:
    """Steps, answers and texts are in her language."""
    mine, source = Finder(Asked(language)).page, Finder(Asked("en")).page
    assert not {step["text"] for step in mine["steps"].values()} & {step["text"] for step in source["steps"].values()}
    answers = [{text for step in page["steps"].values() for text, _ in step["answers"]} for page in (mine, source)]
    assert answers[0] & answers[1] <= {"No"}
    assert {key for key, text in mine["texts"].items() if text == TEXTS[key]} <= {"hint"}


def test_a_path_walked_by_keyboard(server: Server, page: Page) -> None:
    """Look up, begin, answer with Enter, see article and outcome, change an answer."""
    page.goto(server.page("lang=en", "chemicals"))
    finder = page.locator(".chm-finder")
    finder.get_by_label("Look up a code").fill("y49")
    finder.get_by_role("button", name="Begin here: Y49").press("Enter")
    expect(finder.locator(".question")).to_contain_text("Is the State of import a Party")
    finder.get_by_role("button", name="Yes").press("Enter")
    finder.get_by_role("button", name="No", exact=True).press("Enter")
    expect(finder.locator(".verdict")).to_contain_text("Consent needed")
    expect(finder.locator(".now .where")).to_contain_text("Basel Convention, Article")
    finder.get_by_role("button", name="Change: Is the State of import a Party").press("Enter")
    finder.get_by_role("button", name="No", exact=True).press("Enter")
    expect(finder.locator(".verdict")).to_contain_text("Not allowed")
