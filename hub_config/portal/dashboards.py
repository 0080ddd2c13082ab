"""The public dashboards as the portal lists them, and what their notebooks leave unsaid."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conventions.languages import LANGUAGES, SOURCE, Language
from widgets.dashboards import NOTEBOOKS, Dashboard, read

log = logging.getLogger(__name__)
BASE = "/services/dashboards/"
UNREADABLE = (KeyError, TypeError, ValueError)


@dataclass(frozen=True)
class Said:
    """A text and the language it is in, which may not be hers."""

    text: str
    language: Language


@dataclass(frozen=True)
class Entry:
    """One dashboard in the list, in a visitor's language as far as there is one."""

    title: Said
    summary: Said
    as_of: date
    source: str
    address: str


def entries(language: str, folder: Path = NOTEBOOKS) -> list[Entry]:
    """Every dashboard that says what it is; the others are for `chm check` to name."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            found.append(_entry(read(path), language))
        except UNREADABLE:
            log.warning("%s is not shown: run `chm check`", path)
    return found


def problems(folder: Path = NOTEBOOKS) -> Iterator[str]:
    """What the dashboards leave unsaid, one line each."""
    for path in sorted(folder.glob("*.ipynb")):
        try:
            dashboard = read(path)
            _entry(dashboard, SOURCE)
        except UNREADABLE as error:
            yield f"{path.name}: metadata `chm` needs title and summary by language, as_of and source: {error!r}"
            continue
        for what, texts in (("title", dashboard.title), ("summary", dashboard.summary)):
            yield from (f"{path.name}: no {what} in {code}" for code in LANGUAGES if not texts.get(code))


def _entry(dashboard: Dashboard, language: str) -> Entry:
    """ValueError if it lacks what every figure must have: a source and a date."""
    if not dashboard.source:
        raise ValueError("no source")
    return Entry(
        _said(dashboard.title, language),
        _said(dashboard.summary, language),
        date.fromisoformat(dashboard.as_of),
        dashboard.source,
        f"{BASE}{dashboard.path}?lang={language}",
    )


def _said(texts: Mapping[str, str], language: str) -> Said:
    code = language if texts.get(language) else SOURCE
    return Said(texts[code], LANGUAGES[code])
