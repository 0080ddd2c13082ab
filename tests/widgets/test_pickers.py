"""The pickers of places and codes: what can be chosen, in six languages, and what is refused."""

import json
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from conventions.countries import REGIONS, countries
from conventions.languages import LANGUAGES
from conventions.names import country
from conventions.texts import ROOT
from tests.widgets.conftest import running
from widgets.asked import Asked
from widgets.pickers import CodePicker, PlacePicker


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_and_region_in_her_language(language: str) -> None:
    """All countries, named as elsewhere, after the five regions."""
    page = PlacePicker(Asked(language)).page
    (_, regions), (_, places) = page["control"]["groups"]
    assert [code for code, _ in regions] == list(REGIONS)
    assert dict(places) == {code: country(code, language) for code in countries().index}
    assert page["direction"] == LANGUAGES[language].direction and len(json.dumps(page)) < 20_000


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("fr", "Égypte", "Équateur"),
        ("fr", "Équateur", "Espagne"),
        ("ar", "آيسلندا", "باراغواي"),
        ("zh", "巴西", "中国"),
    ],
)
def test_names_are_sorted_as_a_reader_expects(language: str, first: str, then: str) -> None:
    """Accents and the forms of alif count for nothing; Chinese names stand in the order of their sounds."""
    _, places = PlacePicker(Asked(language)).page["control"]["groups"][1]
    names = [name for _, name in places]
    assert names.index(first) < names.index(then)


@pytest.mark.parametrize(("wanted", "value"), [("KE", "KE"), ("150", "150"), ("", ""), ("XX", ""), ("<b>", "")])
def test_only_what_is_on_the_list_is_a_value(wanted: str, value: str) -> None:
    """From an address or from a browser, another value is as if nothing was chosen."""
    assert PlacePicker(Asked("en", view={"place": wanted})).value == value
    picker = PlacePicker(Asked("en"))
    picker.value = wanted
    assert picker.value == value


@pytest.mark.parametrize(("wanted", "value"), [("A1181", "A1181"), ("Y49", "Y49"), ("A1180", ""), ("H99", "")])
def test_codes_that_apply_today(wanted: str, value: str) -> None:
    """An entry that has ended, or that never was, cannot be chosen; the annexes are named in her language."""
    picker = CodePicker(Asked("es", view={"find": wanted}))
    assert picker.value == value
    assert picker.page["control"]["groups"][0][0] == "Convenio de Basilea, anexo I"


def test_chosen_by_keyboard_in_plain_voila(page: Page, tmp_path: Path) -> None:
    """A notebook of somebody else shows it; typing a name chooses the country."""
    source = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom widgets.asked import Asked\n"
        "from widgets.pickers import PlacePicker\nPlacePicker(Asked('fr'))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    path = tmp_path / "picker.ipynb"
    nbformat.write(notebook, path)
    with running([sys.executable, "-m", "voila", str(path), "--no-browser"], "/") as plain:
        page.goto(plain.url)
        picker = page.get_by_label("Pays ou région", exact=True).and_(page.locator("select"))
        picker.focus()
        page.keyboard.type("Ken")
        expect(picker).to_have_value("KE")
