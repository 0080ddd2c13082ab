"""Under every figure stand date, sources and how many rows nobody verified."""

import pandas as pd
import pytest

from conventions.languages import LANGUAGES
from conventions.texts import texts
from widgets.source_note import SOURCES, source_note


def rows(*cells: tuple[str, str, str]) -> pd.DataFrame:
    """A frame of (source, date, verified)."""
    frame = pd.DataFrame(cells, columns=["source", "as_of", "verified"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]))


def test_one_source() -> None:
    """With one date there is one date, and one row is counted as one."""
    note = source_note(rows(("Survey", "2020-01-31", "no"), ("Survey", "2020-01-31", "yes")), texts("en"))
    assert note == "Data as of January 31, 2020. Source: Survey (January 31, 2020). 1 unverified row of 2."


def test_the_main_source_stands_first() -> None:
    """The date is that of the older source, and the additions are called so."""
    note = source_note(
        rows(("Late", "2024-05-01", "no"), ("Main", "2015-03-14", "yes"), ("Main", "2015-03-14", "yes")), texts("fr")
    )
    assert note.startswith(
        "Données au 14 mars 2015, avec des ajouts jusqu'au 1 mai 2024. Source\xa0: Main (14 mars 2015)"
    )
    assert note.endswith("1 ligne non vérifiée sur 3.")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_english_is_left(language: str) -> None:
    """All words but the name of a data set are translated."""
    note = source_note(rows((SOURCES[0], "2015-03-14", "no"), (SOURCES[1], "2025-10-01", "no")), texts(language))
    assert not {"Data", "Treaty", "Source:", "unverified"} & set(note.split())
    assert "2015" in note and "2025" in note
