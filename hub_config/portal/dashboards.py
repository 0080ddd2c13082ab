"""The public dashboards: notebooks that say in their metadata what they show, of which date, from which source."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conventions.languages import LANGUAGES, SOURCE, Language
from conventions.texts import ROOT

log = logging.getLogger(__name__)
FOLDER = ROOT / "widgets" / "dashboards"
RENDER = "/services/dashboards/voila/render"


@dataclass(frozen=True)
class Said:
    """A text and the language it is in, which may not be hers."""

    text: str
    language: Language


@dataclass(frozen=True)
class Dashboard:
    """One dashboard; `titles` and `summaries` are by language and have at least English."""

    name: str
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    as_of: date
    source: str

    def title(self, language: str) -> Said:
        return _said(self.titles, language)

    def summary(self, language: str) -> Said:
        return _said(self.summaries, language)

    def address(self, language: str) -> str:
        """Where Voila shows it in a language."""
        return f"{RENDER}/{quote(self.name)}.ipynb?lang={language}"


def dashboards(folder: Path = FOLDER) -> list[Dashboard]:
    """Every dashboard that says what it is, by its English title; the others are for `chm check` to name."""
    found = []
    for path in folder.glob("*.ipynb"):
        try:
            found.append(read(path))
        except (KeyError, TypeError, ValueError):
            log.warning("%s is not shown: run `chm check`", path)
    return sorted(found, key=lambda dashboard: dashboard.titles[SOURCE])


def read(path: Path) -> Dashboard:
    """A notebook's own account of itself; KeyError, TypeError or ValueError if it is not whole."""
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["metadata"]["chm"]
    titles, summaries = said["title"], said["summary"]
    if not titles[SOURCE] or not summaries[SOURCE] or not said["source"]:
        raise ValueError("an empty text")
    return Dashboard(path.stem, titles, summaries, date.fromisoformat(said["as_of"]), str(said["source"]))


def problems(folder: Path = FOLDER) -> Iterator[str]:
    """What the dashboards leave unsaid, one line each."""
    for path in sorted(folder.glob("*.ipynb")):
        try:
            dashboard = read(path)
        except (KeyError, TypeError, ValueError) as error:
            yield f"{path.name}: metadata `chm` needs title and summary by language, as_of and source: {error!r}"
            continue
        for what, texts in (("title", dashboard.titles), ("summary", dashboard.summaries)):
            yield from (f"{path.name}: no {what} in {code}" for code in LANGUAGES if not texts.get(code))


def _said(texts: Mapping[str, str], language: str) -> Said:
    code = language if texts.get(language) else SOURCE
    return Said(texts[code], LANGUAGES[code])
