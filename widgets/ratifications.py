"""A widget: how many Parties each convention has had, year by year, in the world or a region."""

from collections import Counter
from itertools import accumulate

import anywidget
import pandas as pd
import traitlets

from conventions import names
from conventions.countries import REGIONS, countries
from conventions.languages import LANGUAGES
from conventions.parties import CONVENTIONS, parties
from conventions.texts import N_
from widgets.asked import Asked
from widgets.script import HERE, script
from widgets.source_note import source_note

FIRST_YEAR = 1991

TEXTS = {
    "region": N_("Region"),
    "world": N_("All regions"),
    "year": N_("Year"),
    "parties_in": N_("Parties in {year}"),
    "chart": N_("Number of Parties by year"),
    "partial": N_("dashed: incomplete"),
    "table": N_("The same figures as a table"),
    "csv": N_("Table (CSV)"),
    "svg": N_("Picture (SVG)"),
    "png": N_("Picture (PNG)"),
    "link": N_("Link to this view"),
    "none": N_("Choose at least one convention."),
}

Counts = dict[str, dict[str, list[int]]]


class Ratifications(anywidget.AnyWidget):
    """Parties over time: a chart, the same figures as a table, both as files, and where they are from.

    `conventions` and `region` are what is shown and follow what the reader chooses; `""` is the whole world.
    `counts[convention][region]` holds the number of Parties at the end of each year of `years`.
    """

    _esm = script("ratifications")
    _css = (HERE / "ratifications.css").read_text(encoding="utf-8")

    conventions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    region = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    direction = traitlets.Unicode().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    names = traitlets.Dict().tag(sync=True)
    regions = traitlets.Dict().tag(sync=True)
    years = traitlets.List(traitlets.Int()).tag(sync=True)
    complete = traitlets.Int().tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Asked) -> None:
        frame, translate = parties(), asked.translate
        years = list(range(FIRST_YEAR, frame["as_of"].max().year + 1))
        super().__init__(
            conventions=list(asked.conventions),
            region=asked.region,
            language=asked.language,
            direction=LANGUAGES[asked.language].direction,
            texts={key: translate(text) for key, text in TEXTS.items()},
            names={key: translate(text) for key, text in CONVENTIONS.items()},
            regions={code: names.region(code, asked.language) for code in REGIONS},
            years=years,
            complete=frame["as_of"].min().year - 1,
            counts=counted(frame, years),
            note=source_note(frame, translate),
        )


def counted(frame: pd.DataFrame, years: list[int]) -> Counts:
    """The number of Parties by convention and M49 region, for whom it is in force at the end of each year."""
    region = frame["country"].map(countries()["region"])
    # What began before the first year counts from then on.
    began = Counter(zip(frame["convention"], region, frame["in_force"].dt.year.clip(lower=years[0]), strict=True))
    return {
        convention: {code: [*accumulate(began[convention, code, year] for year in years)] for code in REGIONS}
        for convention in CONVENTIONS
    }
