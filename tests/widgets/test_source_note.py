"""Under every figure stand date, sources and how many rows nobody verified."""

import pandas as pd
import pytest

from conventions.languages import LANGUAGES
from conventions.movements import movements
from conventions.parties import parties
from conventions.plastics import trade
from conventions.reporting import reports
from conventions.texts import texts
from conventions.what_a_waste import generation
from widgets.source_note import SOURCES, source_note


def rows(*cells: tuple[str, str, str]) -> pd.DataFrame:
    """A frame of (source, date, verified)."""
    frame = pd.DataFrame(cells, columns=["source", "as_of", "verified"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]))


def test_one_source() -> None:
    """With one date there is one date, and one row is counted as one."""
    note = source_note(rows(("Survey", "2020-01-31", "no"), ("Survey", "2020-01-31", "yes")), texts("en"))
    assert note == "Data as of 31 January 2020. Source: Survey (31 January 2020). 1 unverified row of 2."


def test_the_main_source_stands_first() -> None:
    """The date is that of the older source, and the additions are called so."""
    note = source_note(
        rows(("Late", "2024-05-01", "no"), ("Main", "2015-03-14", "yes"), ("Main", "2015-03-14", "yes")), texts("fr")
    )
    assert note.startswith(
        "Données au 14 mars 2015, avec des ajouts jusqu'au 1er mai 2024. Source\xa0: Main (14 mars 2015)"
    )
    assert note.endswith("1 ligne non vérifiée sur 3.")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """All words but the name of a data set are translated."""
    note = source_note(rows((SOURCES[0], "2015-03-14", "no"), (SOURCES[1], "2025-10-01", "no")), texts(language))
    assert not {"Data", "Treaty", "Source:", "unverified"} & set(note.split())
    assert "2015" in note and "2025" in note


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_source_of_a_dashboard_is_translated(language: str) -> None:
    """What stands in the data as a source is known here, and says itself in her language."""
    named = set(parties()["source"]) | set(movements()["source"]) | set(reports()["source"])
    named |= set(trade()["source"]) | set(generation()["source"])
    assert named <= set(SOURCES)
    names_of_their_own = {"globalgov/manytreaties 1.0.0 (CC BY 4.0)"}
    assert {source for source in SOURCES if texts(language)(source) == source} <= names_of_their_own


def test_a_source_keeps_its_own_direction() -> None:
    """In Arabic each source is isolated, so that the brackets around its date stay where they belong."""
    note = source_note(rows((SOURCES[0], "2015-03-14", "no"), (SOURCES[1], "2025-10-01", "no")), texts("ar"))
    assert f"\N{LEFT-TO-RIGHT ISOLATE}{SOURCES[1]}\N{POP DIRECTIONAL ISOLATE} (1 " in note
    assert f"\N{RIGHT-TO-LEFT ISOLATE}{texts('ar')(SOURCES[0])}\N{POP DIRECTIONAL ISOLATE} (14 " in note
    assert "\N{LEFT-TO-RIGHT ISOLATE}" not in source_note(rows((SOURCES[1], "2025-10-01", "no")), texts("ru"))
