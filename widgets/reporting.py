"""A widget: who reported to the Basel Convention for which year, and whether in time."""

from datetime import date
from typing import Any

import pandas as pd

from conventions import names
from conventions.countries import REGIONS
from conventions.parties import parties
from conventions.reporting import reports
from conventions.texts import N_
from widgets.figures import percent
from widgets.places import order, region_of
from widgets.script import script, style
from widgets.source_note import source_note
from widgets.view import Choice, Column, Control, Figure, View

STATUS = (N_("in time"), N_("late"), N_("not reported"))
METHOD = (
    N_("A Party reports on each calendar year by the end of the next one (Article 13, paragraph 3)."),
    N_("Counted are the Parties for which the convention was in force on the last day of the year reported on."),
    N_("In time is what was submitted by the day it was due; late is what came after it, at any time."),
)
CAVEATS = (
    N_(
        "The source keeps the day on which a report was last submitted: one that was sent in time and corrected later "
        "counts as late."
    ),
    N_("Reports that came after the date of the data are not in it, so that the last years are partial."),
)
PARTIAL = N_("partial year")


class Reporting(View):
    """National reports: how many Parties reported in time, late or not, by year and region, and each Party's report."""

    _esm = script("bars", "view")
    _css = style("view")
    name = "reporting"

    def controls(self) -> list[Control]:
        """A region, and the year of the list of Parties."""
        t = self.translate
        regions = [("", t(N_("All regions"))), *((code, names.region(code, self.asked.language)) for code in REGIONS)]
        years = [(str(year), str(year)) for year in sorted(set(reports()["year"]), reverse=True)]
        return [
            Control("place", t(N_("Region")), regions),
            Control("year", t(N_("Year of the list")), years, value=years[1][0]),
        ]

    def figures(self, choice: Choice) -> list[Figure]:
        """All years, then the regions and each Party for one year."""
        told = status()
        shown = told[told["region"] == choice["place"]] if choice["place"] else told
        year = int(choice["year"])
        return [
            self._years(shown, choice),
            self._regions(told[told["year"] == year], choice["year"]),
            self._parties(shown[shown["year"] == year], choice["year"]),
        ]

    def note(self) -> str:
        """Date, source and unverified rows of the reports."""
        return source_note(reports(), self.translate)

    def _years(self, frame: pd.DataFrame, choice: Choice) -> Figure:
        t = self.translate
        last = max(frame["year"])
        rows: list[list[Any]] = [[str(year), *_counts(of), ""] for year, of in frame.groupby("year")]
        rows[-1][-1] = t(PARTIAL)
        chosen = next(row for row in rows if row[0] == choice["year"])
        of = sum(chosen[1:4])
        said = N_("For {year}, {share} of {parties} Parties reported: {in_time} in time, {late} late.")
        return Figure(
            name="years",
            chart="bars",
            title=t(N_("Parties by year reported on")),
            summary=t(
                said,
                year=chosen[0],
                share=percent(of - chosen[3], of, t),
                parties=of,
                in_time=chosen[1],
                late=chosen[2],
            ),
            columns=[Column(t(N_("Year"))), *self._statuses(), Column(t(N_("Remarks")))],
            rows=rows,
            marks=[["partial"] if row[0] == str(last) else [] for row in rows],
            series=[1, 2, 3],
            legend=[*((f"kind-{place}", t(text)) for place, text in enumerate(STATUS)), ("partial", f"* {t(PARTIAL)}")],
            stacked=True,
            whole=True,
        )

    def _regions(self, frame: pd.DataFrame, year: str) -> Figure:
        t = self.translate
        rows: list[list[Any]] = []
        for code in REGIONS:
            counts = _counts(frame[frame["region"] == code])
            share = percent(counts[0] + counts[1], sum(counts), t)
            rows.append([names.region(code, self.asked.language), *counts, share])
        most = max(rows, key=lambda row: (row[1] + row[2]) / max(1, sum(row[1:4])))
        return Figure(
            name="regions",
            title=t(N_("Regions, {year}"), year=year),
            summary=t(N_("The largest share reported in {region}: {share}."), region=most[0], share=most[4]),
            columns=[Column(t(N_("Region"))), *self._statuses(), Column(t(N_("Share that reported")), "number")],
            rows=rows,
        )

    def _parties(self, frame: pd.DataFrame, year: str) -> Figure:
        t = self.translate
        language = self.asked.language
        named = frame.assign(name=[names.country(code, language) for code in frame["country"]])
        rows = [
            [
                row["name"],
                t(STATUS[row["status"]]),
                "" if pd.isna(row["submitted"]) else f"{row['submitted']:%Y-%m-%d}",
                None if pd.isna(row["submitted"]) else (row["submitted"] - row["due"]).days,
            ]
            for row in named.sort_values("name", key=lambda of: of.map(lambda name: order(name, language))).to_dict(
                "records"
            )
        ]
        late = int((frame["status"] == 2).sum())
        return Figure(
            name="parties",
            title=t(N_("Each Party, {year}"), year=year),
            summary=t(N_("Parties in the list: {n}, without a report: {missing}."), n=len(rows), missing=late),
            columns=[
                *(Column(t(N_("Party"))), Column(t(N_("Report")))),
                *(Column(t(N_("Submitted")), "code"), Column(t(N_("Days after the day it was due")), "number")),
            ],
            rows=rows,
        )

    def _statuses(self) -> list[Column]:
        return [Column(self.translate(text), "number") for text in STATUS]


def status() -> pd.DataFrame:
    """One row a Party and year it was bound in: `country`, `region` (M49), `year`, `submitted`, `due`, `status` (the
    place in `STATUS`). A report of a State for a year in which it was not yet bound is left out."""
    told = reports()
    bound = parties()
    bound = bound.loc[bound["convention"] == "basel", ["country", "in_force"]]
    frame = bound.merge(pd.DataFrame({"year": sorted(set(told["year"]))}), how="cross")
    last_day = pd.to_datetime([date(year, 12, 31) for year in frame["year"]])
    frame = frame[(frame["in_force"] <= last_day).to_numpy()]
    frame = frame.merge(told[["country", "year", "submitted", "due"]], how="left", on=["country", "year"])
    in_time, missing = frame["submitted"] <= frame["due"], frame["submitted"].isna()
    frame["status"] = 1 - in_time.astype(int) + missing.astype(int)
    return frame.assign(region=frame["country"].map(region_of()))


def _counts(frame: pd.DataFrame) -> list[int]:
    return [int((frame["status"] == place).sum()) for place in range(len(STATUS))]
