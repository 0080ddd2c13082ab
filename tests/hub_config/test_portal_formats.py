"""Dates, numbers and names in six languages, and texts with values from outside."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from conventions.languages import LANGUAGES
from conventions.texts import texts
from expert_db.visit import Visit, here
from hub_config.portal.templates import in_markup, plural_in_markup
from hub_config.wiring import Part
from tests.hub_config.portal import client, platform

MOMENT = datetime(2026, 7, 3, 16, 5, tzinfo=timezone(timedelta(hours=2)))

router = APIRouter()


@router.get("/formats")
def formats(visit: Visit = Depends(here)) -> HTMLResponse:
    """Everything that the filters write."""
    return visit.show("formats.html", moment=MOMENT)


def test_what_lacks_a_little_is_not_complete(tmp_path: Path) -> None:
    """A share is rounded down, and 29 hundredths are 29 per cent."""
    running = platform(tmp_path, [Part("tests/hub_config/samples", routers=[router])])
    assert "99% 29% 100%" in client(running).get("/formats").text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["3 July 2026", "3 July 2026, 14:05 UTC", "12,345.5", "42%", "China", "Russian"]),
        ("fr", ["3 juillet 2026", "3 juillet 2026, 14:05 UTC", "12\u202f345,5", "42\xa0%", "Chine", "russe"]),
        ("es", ["3 de julio de 2026", "14:05 UTC", "12.345,5", "42\xa0%", "China", "ruso"]),
        ("ru", ["3 июля 2026\u202fг.", "14:05 UTC", "12\xa0345,5", "42\xa0%", "Китай", "русский"]),
        ("zh", ["2026年7月3日", "14:05 UTC", "12,345.5", "42%", "中国", "俄语"]),
        ("ar", ["3 تموز/يوليه 2026", "14:05 UTC", "12,345.5", "42", "الصين", "الروسية"]),
    ],
)
def test_as_her_language_writes_it(tmp_path: Path, code: str, expected: list[str]) -> None:
    """Dates say their zone, numbers are grouped as usual, digits are the same in all six languages."""
    running = platform(tmp_path, [Part("tests/hub_config/samples", routers=[router])])
    page = client(running).get(f"/formats?lang={code}").text
    assert '<time datetime="2026-07-03T14:05+00:00">' in page
    for text in expected:
        assert text in page
    assert MOMENT.astimezone(UTC).hour == 14


def test_values_from_outside_are_escaped() -> None:
    """A value in a text is shown as it is, whoever wrote it; only what is markup already stays markup."""
    words = in_markup(texts("fr"))
    shown = words("Open {page}", page="<script>")
    assert shown == Markup("Ouvrir\N{NO-BREAK SPACE}: &lt;script&gt;")
    assert words("Open {page}", page=Markup("<bdi>x</bdi>")) == Markup("Ouvrir\N{NO-BREAK SPACE}: <bdi>x</bdi>")
    plural = plural_in_markup(texts("en"))
    assert plural("{n} lesson of {name}", "{n} lessons of {name}", 2, name="<b>") == "2 lessons of &lt;b&gt;"


@pytest.mark.parametrize("code", LANGUAGES)
def test_counted_texts(code: str) -> None:
    """Every language has a form for every number, with the number where it belongs."""
    plural = plural_in_markup(texts(code))
    forms = [plural("One answer needs another look.", "{n} answers need another look.", n) for n in (1, 2, 3, 11, 100)]
    assert all("{" not in form for form in forms)
    assert "11" in forms[3] and "100" in forms[4]
