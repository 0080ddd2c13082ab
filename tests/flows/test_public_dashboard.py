"""The public explores: no account, six languages, source and date beside every figure."""

import pytest
from playwright.sync_api import expect

from conventions.languages import LANGUAGES
from conventions.parties import parties
from tests.flows.conftest import Visitor
from widgets.dashboards import dashboards


def test_from_the_front_door_to_a_live_figure(visitor: Visitor) -> None:
    """Anybody goes from the front page to the dashboard, sees the Parties counted, and the widget answers."""
    anybody = visitor()
    (about,) = [each for each in dashboards() if each.name == "parties"]
    anybody.open("/")
    anybody.page.get_by_role("link", name=about.title["en"]).click()
    page = anybody.page
    expect(page.locator("svg").first).to_be_visible()
    basel = (parties()["convention"] == "basel").sum()
    expect(page.locator("body")).to_contain_text(str(basel))
    expect(page.locator("body")).to_contain_text(about.source)
    # A region has fewer Parties than the world, so the table must change when one is chosen.
    before = page.locator("table").first.text_content() or ""
    page.locator("select").first.select_option(index=1)
    expect(page.locator("table").first).not_to_have_text(before)


@pytest.mark.parametrize("code", LANGUAGES)
def test_in_each_language(visitor: Visitor, code: str) -> None:
    """The dashboard's page says its language and direction, and carries its title in it."""
    anybody = visitor(language=code)
    anybody.open("/dashboards")
    (about,) = [each for each in dashboards() if each.name == "parties"]
    anybody.page.get_by_role("link", name=about.title[code]).first.click()
    html = anybody.page.locator("html")
    expect(html).to_have_attribute("lang", code)
    expect(html).to_have_attribute("dir", LANGUAGES[code].direction)
    anybody.sees(about.title[code])
