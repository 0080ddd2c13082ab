"""The bubble map: what it shows and refuses, and how it is read by mouse, keyboard and as a file."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from conventions.compile.world import project
from conventions.countries import countries, territories
from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.tables import DATA
from conventions.world import world
from tests.conftest import Window
from tests.widgets.conftest import Server
from widgets.asked import Asked
from widgets.bubbles import DISCLAIMER, BubbleMap
from widgets.plastics import Plastics


def frame(*rows: tuple[str, object]) -> pd.DataFrame:
    """A table of quantities by country."""
    about = {"source": "a count", "as_of": pd.Timestamp("2026-01-01"), "verified": "no"}
    return pd.DataFrame([{"country": code, "tonnes": tonnes, **about} for code, tonnes in rows])


def shown(table: pd.DataFrame, language: str = "en") -> dict[str, object]:
    """The figure of a map."""
    (figure,) = BubbleMap(Asked(language), table, "tonnes", title="A title", label="Tonnes").shown["figures"]
    assert isinstance(figure, dict)
    return figure


# --- the world -----------------------------------------------------------------------------------------------


def test_every_country_and_area_has_a_place() -> None:
    """All but the European Union, within the drawing."""
    drawn = world()
    assert {*countries().index, *territories().index} - set(drawn.points) == {"EU"}
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.points.values())


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [("KE", 38, 0.5), ("CH", 8.2, 46.8), ("RU", 96, 62), ("FJ", 178, -17.8), ("US", -99, 39.5), ("RE", 55.5, -21)],
)
def test_a_country_is_where_it_is(code: str, longitude: float, latitude: float) -> None:
    """Within 2 % of the map's width of its middle, also beyond the 180th meridian and where a source forgets it."""
    (x, y), kenya = project(longitude, latitude), project(38, 0.5)
    top = kenya[1] - world().points["KE"][1]
    assert math.dist(world().points[code], (x, y - top)) < 0.02 * world().width


def test_the_land_is_one_light_outline_without_borders() -> None:
    """It is a path of closed rings inside the drawing; no ring runs across the map, and it weighs 20 kB."""
    rings = [ring.split("l") for ring in world().land.split("M")[1:]]
    for start, steps in rings:
        assert steps.endswith("z")
        x, y = map(int, start.split())
        numbers = [int(part) for part in steps[:-1].split()]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            assert 0 <= x <= world().width and 0 <= y <= world().height
            assert abs(dx) < world().width / 4
    assert len(world().land) < 25_000
    assert world().licence.startswith("public domain") and "Natural Earth" in world().source


# --- the figure ----------------------------------------------------------------------------------------------


def test_rows_are_ordered_and_placed() -> None:
    """The largest first; what has no quantity or no place is in the table, with the rest of the words."""
    figure = shown(frame(("KE", 2.5), ("EU", 7.0), ("CH", 10.0), ("FR", None)))
    assert figure["rows"] == [["Switzerland", 10.0], ["European Union", 7.0], ["Kenya", 2.5], ["France", None]]
    places = figure["places"]
    assert places == [world().points["CH"], None, world().points["KE"], world().points["FR"]]
    assert figure["summary"] == "3 countries and areas have a figure; the largest is Switzerland with 10."
    assert str(figure["remark"]).startswith(DISCLAIMER)


def test_nothing_known_is_said() -> None:
    """A table without any quantity has a sentence."""
    assert shown(frame(("KE", None)))["summary"] == "No country or area has a figure."


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_the_disclaimer_is_in_her_language(language: str) -> None:
    """Disclaimer, hint and sentence are translated; the author's own words stay."""
    mine, english = shown(frame(("KE", 1.0)), language), shown(frame(("KE", 1.0)))
    assert {key for key in ("remark", "hint", "summary") if mine[key] == english[key]} == set()
    assert mine["title"] == "A title"


@pytest.mark.parametrize(
    ("table", "code", "named"),
    [
        (frame(("KEN", 1.0)), "unknown-country", "KEN"),
        (frame(("<b>", 1.0)), "unknown-country", "<b>"),
        (frame(("KE", 1.0), ("KE", 2.0)), "country-twice", "KE"),
        (frame(("KE", -1.0)), "quantity-bad", "-1.0"),
        (frame(("KE", math.inf)), "quantity-bad", "inf"),
        (frame(("KE", "much")), "quantity-bad", "much"),
        (frame(("KE", 1.0)).drop(columns="source"), "column-missing", "source"),
        (frame(("KE", 1.0)).rename(columns={"tonnes": "t"}), "column-missing", "tonnes"),
    ],
)
def test_what_cannot_be_shown_is_refused(table: pd.DataFrame, code: str, named: str) -> None:
    """With a stable code and the value named."""
    with pytest.raises(ClearingHouseError) as error:
        shown(table)
    assert error.value.code == code and named in str(error.value)


# --- on the dashboard ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["exports", "imports"])
def test_the_dashboards_map_is_that_of_the_file(side: str) -> None:
    """Every country with a quantity of that year, to the last digit."""
    with (DATA / "plastic_waste_trade.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["country"] and row["year"] == "2018"]
    wanted = sorted((float(row[side]) for row in rows if row[side] and float(row[side])), reverse=True)
    figures = Plastics(Asked("en", view={"year": "2018", "side": side})).shown["figures"]
    (told,) = [figure for figure in figures if figure["name"] == "map"]
    assert [row[1] for row in told["rows"]] == wanted and side in told["summary"].replace("ported", "ports")
    assert None not in told["places"]


@pytest.fixture
def page(server: Server, window: Window) -> Iterator[Page]:
    """The dashboard with the map, in Arabic on a phone."""
    visitor = window(viewport={"width": 390, "height": 844}, accept_downloads=True)
    visitor.goto(server.page("lang=ar&year=2018", "plastic-and-e-waste"))
    visitor.wait_for_selector("circle[role=img]")
    yield visitor
    visitor.goto("about:blank")


def test_arrow_keys_go_from_bubble_to_bubble(page: Page) -> None:
    """One stop for Tab; arrows walk by size, mirrored in Arabic; each bubble has its name on the map and in words."""
    bubbles = page.locator("circle[role=img]")
    expect(page.locator("circle[tabindex='0']")).to_have_count(1)
    bubbles.first.focus()
    for key, at in (("ArrowDown", 1), ("ArrowLeft", 2), ("ArrowRight", 1), ("ArrowUp", 0), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(bubbles.nth(at)).to_be_focused()
    page.keyboard.press("End")
    expect(bubbles.last).to_be_focused()
    expect(page.locator(".hint")).to_be_visible()
    name = str(bubbles.last.get_attribute("aria-label")).split(".")[0]
    expect(page.locator("text.tag")).to_contain_text(name)


def test_areas_are_as_the_quantities(page: Page) -> None:
    """Twice the quantity, twice the area, the largest below all others."""
    radii = [float(str(each.get_attribute("r"))) for each in page.locator("circle[role=img]").all()]
    figures = Plastics(Asked("ar", view={"year": "2018"})).shown["figures"]
    values = [row[1] for figure in figures if figure["name"] == "map" for row in figure["rows"]]
    assert radii == sorted(radii, reverse=True) and len(radii) == len(values)
    for radius, value in zip(radii, values, strict=True):
        assert radius == pytest.approx(max(1.5, radii[0] * math.sqrt(value / values[0])), rel=1e-6)


def test_the_disclaimer_goes_with_the_files(page: Page) -> None:
    """CSV and SVG hold it in her language; the page shows it under the map."""
    figure = page.locator("section.figure", has=page.locator("path.land"))
    remark = figure.locator(".remark").inner_text()
    assert "الأمم المتحدة" in remark

    def saved(label: str) -> str:
        with page.expect_download() as download:
            figure.get_by_role("button", name=label).click()
        return Path(download.value.path()).read_text(encoding="utf-8-sig")

    assert remark in saved("جدول (CSV)")
    drawn = ElementTree.fromstring(saved("صورة (SVG)"))  # noqa: S314 - of our own making
    words = " ".join("".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert remark in words
