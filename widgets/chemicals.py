"""A widget: the chemicals that the Stockholm and Rotterdam conventions list, found by name or CAS number."""

import re
import unicodedata
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from conventions import cas, vocabulary
from conventions.errors import ClearingHouseError
from conventions.languages import SOURCE
from conventions.pic import annex_iii
from conventions.pops import pops
from conventions.texts import N_
from widgets.places import order
from widgets.script import script, style
from widgets.source_note import as_of, listed, source_note
from widgets.view import Choice, Column, Control, Figure, View

LISTS = {
    "A": N_("Stockholm, Annex A (elimination)"),
    "B": N_("Stockholm, Annex B (restriction)"),
    "C": N_("Stockholm, Annex C (unintentional production)"),
    "III": N_("Rotterdam, Annex III"),
}
CATEGORIES = {
    "pesticide": N_("pesticide"),
    "industrial chemical": N_("industrial chemical"),
    "industrial": N_("industrial chemical"),
    "unintentional production": N_("unintentional production"),
    "severely hazardous pesticide formulation": N_("severely hazardous pesticide formulation"),
}
STATUS = {
    "": "",
    "none": N_("no exemptions"),
    "expired": N_("exemptions have expired"),
    "specific exemptions": N_("specific exemptions"),
    "acceptable purposes": N_("acceptable purposes"),
    "not applicable": "",
}
METHOD = (
    N_("A chemical stands in the table once for each annex and category that lists it."),
    N_("The year is that of the meeting that decided; the day is that on which the listing began for most Parties."),
    N_("The chart counts what each annex lists after each meeting, in force or not yet."),
)
CAVEATS = (
    N_("A listing covers what its name in the English text says; names in other languages are this platform's own."),
    N_("Groups have examples of CAS numbers only."),
    N_("The tables are compiled by hand. For legal purposes read the annexes and the decisions."),
    N_("Listings decided in 2025 have no day here, because it is not known to this table when they begin."),
    N_("A Party that opted out, or that accepts amendments only expressly, is bound later or not at all."),
)
_LOOKS_LIKE_CAS = re.compile(r"[\d\s\-–‐‑]{5,}")


class Chemicals(View):
    """Listed chemicals: the list, searched by name and CAS number, and the growth of the Stockholm annexes."""

    _esm = script("bars", "view")
    _css = style("view")
    name = "chemicals"

    def controls(self) -> list[Control]:
        """Words or a number to find, and the annex."""
        t = self.translate
        lists = [("", t(N_("All annexes"))), *((key, t(text)) for key, text in LISTS.items())]
        return [
            Control("find", t(N_("Name or CAS number")), kind="search", hint="50-29-3"),
            Control("list", t(N_("Annex")), lists),
        ]

    def figures(self, choice: Choice) -> list[Figure]:
        """The listings found, then the Stockholm annexes over time."""
        return [self._listings(choice), self._years()]

    def note(self) -> str:
        """Date, source and unverified rows of both tables, each under one name for all its decisions."""
        both = [
            pops().assign(source="Annexes to the Stockholm Convention and the decisions that amended them"),
            annex_iii().assign(source="Annex III to the Rotterdam Convention and the decisions that amended it"),
        ]
        return source_note(pd.concat([frame[["source", "as_of", "verified"]] for frame in both]), self.translate)

    def _listings(self, choice: Choice) -> Figure:
        t = self.translate
        frame, problem = found(every(), choice["find"], self.asked.language)
        frame = frame[frame["annex"] == choice["list"]] if choice["list"] else frame
        language = self.asked.language
        rows = [[*names(row, language), *self._row(row)] for row in frame.to_dict("records")]
        heads = [
            *([] if language == SOURCE else [(N_("Chemical"), "text")]),
            (N_("Chemical") if language == SOURCE else N_("In the English text"), "english"),
            *((N_("CAS number"), "code"), (N_("Annex"), "text"), (N_("Category"), "text")),
            *((N_("Decision"), "code"), (N_("Year"), "code"), (N_("Status"), "text")),
        ]
        return Figure(
            name="listings",
            title=t(N_("Listed chemicals")),
            summary=problem.sentence(t) if problem else t(N_("Listings found: {n}."), n=len(rows)),
            columns=[Column(t(head), kind) for head, kind in heads],
            rows=sorted(rows, key=lambda cells: order(cells[0], language)),
        )

    def _row(self, row: dict[Hashable, Any]) -> list[object]:
        t = self.translate
        categories = listed((t(CATEGORIES[part]) for part in str(row["category"]).split("|")), t)
        numbers = str(row["cas"]).replace("|", ", ")
        return [
            numbers,
            t(LISTS[str(row["annex"])]),
            categories,
            row["decision"],
            str(row["year"]),
            self._status(row),
        ]

    def _status(self, row: dict[Hashable, Any]) -> str:
        t = self.translate
        if pd.notna(row["valid_to"]):
            return t(N_("ended on {day} ({decision})"), day=as_of(row["valid_to"], t), decision=row["ended_by"])
        began = t(N_("since {day}"), day=as_of(row["in_force"], t)) if pd.notna(row["in_force"]) else ""
        exemptions = STATUS[str(row["exemption_kind"])]
        parts = [began or t(N_("day of entry into force not known here")), t(exemptions) if exemptions else ""]
        return listed(parts, t)

    def _years(self) -> Figure:
        t, frame = self.translate, pops()
        rows = [_listed_by(frame, year) for year in sorted(frame["year"].unique())]
        said = N_("From {first} chemicals in {from_year} to {last} in {to_year}; some stand in two annexes.")
        heads = [LISTS[annex] for annex in "ABC"]
        return Figure(
            name="annexes",
            chart="bars",
            title=t(N_("The Stockholm annexes over time")),
            summary=t(said, first=rows[0][-1], from_year=rows[0][0], last=rows[-1][-1], to_year=rows[-1][0]),
            columns=[
                Column(t(N_("Year"))),
                *(Column(t(head), "number") for head in heads),
                Column(t(N_("Chemicals, each once")), "number"),
            ],
            rows=rows,
            marks=[[] for _ in rows],
            series=[1, 2, 3],
            legend=[(f"kind-{place}", t(head)) for place, head in enumerate(heads)],
            whole=True,
        )


def _listed_by(frame: pd.DataFrame, year: int) -> list[object]:
    until = frame[frame["year"] <= year]
    return [str(year), *(int((until["annex"] == annex).sum()) for annex in "ABC"), int(until["key"].nunique())]


def every() -> pd.DataFrame:
    """The listings of both conventions, also those that have ended: the columns of `pops()` and of `annex_iii()`."""
    stockholm = pops().assign(formulation="", valid_to=pd.Timestamp("NaT"), ended_by="")
    rotterdam = annex_iii().rename(columns={"valid_from": "in_force"}).assign(annex="III", exemption_kind="")
    columns = [
        *("key", "chemical", "formulation", "cas", "annex", "category", "decision", "year"),
        *("in_force", "valid_to", "ended_by", "exemption_kind"),
    ]
    return pd.concat([stockholm[columns], rotterdam[columns]], ignore_index=True)


def names(row: Mapping[Hashable, Any], language: str) -> list[str]:
    """What a listing is called in a language, then in the English text, which says what exactly it covers."""
    english = f"{row['chemical']} – {row['formulation']}" if row["formulation"] else row["chemical"]
    return [english] if language == SOURCE else [_capital(_concepts()[code(row)].labels[language]), english]


def code(row: Mapping[Hashable, Any]) -> str:
    """What the vocabulary calls a listing by: `stockholm/A/aldrin`."""
    return f"{'rotterdam' if row['annex'] == 'III' else 'stockholm'}/{row['annex']}/{row['key']}"


@cache
def _concepts() -> dict[str, vocabulary.Concept]:
    return {each: concept for concept in vocabulary.concepts().values() for each in concept.codes}


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def found(frame: pd.DataFrame, wanted: str, language: str) -> tuple[pd.DataFrame, ClearingHouseError | None]:
    """The rows with these words in the chemical's name or with this CAS number, and what is wrong with the number.

    Words in another of the six languages are found through the vocabulary.
    """
    text = unicodedata.normalize("NFKC", wanted).strip()
    if _LOOKS_LIKE_CAS.fullmatch(text):
        try:
            number = cas.normal(text)
        except ClearingHouseError as problem:
            return frame[:0], problem
        return frame[[number in numbers.split("|") for numbers in frame["cas"]]], None
    concepts = (vocabulary.concepts()[key] for key in vocabulary.find(text, language))
    words = [text.casefold(), *(concept.labels["en"].casefold() for concept in concepts)]
    return frame[[any(word in name.casefold() for word in words) for name in frame["chemical"]]], None
