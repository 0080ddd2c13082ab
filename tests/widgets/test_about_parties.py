"""The words beside the chart: method, caveats, and what the conventions themselves report."""

import re

import pytest

from conventions.languages import LANGUAGES
from conventions.parties import CONVENTIONS
from widgets.about_parties import CAVEATS, METHOD, about
from widgets.asked import Asked


def test_method_caveats_and_reported_numbers() -> None:
    """Every sentence is there, and the table puts this table's numbers beside the reported ones."""
    html = about(Asked("en", tuple(CONVENTIONS), ""))
    assert all(f"<li>{sentence}</li>" in html for sentence in METHOD + CAVEATS)
    assert re.findall(r"<td class=\"number\">([^<]+)</td>", html) == [
        *("191", "191", "2024-05"),
        *("92", "104", "2024-03"),
        *("166", "166", "2024-05"),
        *("185", "186", "2024-05"),
    ]


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_in_the_language_asked_for(language: str) -> None:
    """No English sentence is left, and the part says which language it is in."""
    html = about(Asked(language, tuple(CONVENTIONS), ""))
    assert f'lang="{language}"' in html
    assert not any(sentence in html for sentence in METHOD + CAVEATS)
    assert "not known" not in html and "How this" not in html
