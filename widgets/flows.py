"""A widget: hazardous and other wastes that crossed borders, from whom to whom, year by year."""

import pandas as pd

from conventions import names
from conventions.countries import REGIONS
from conventions.movements import PARTIAL_YEARS, balances, movements
from conventions.texts import N_
from widgets.figures import percent, total, totals, written
from widgets.places import options, region_of
from widgets.script import script, style
from widgets.source_note import listed, source_note
from widgets.view import Choice, Column, Control, Figure, View

MOST = 20

CLASSES = {
    "1": N_("1 Explosives"),
    "3": N_("3 Flammable liquids"),
    "4.1": N_("4.1 Flammable solids"),
    "4.2": N_("4.2 Substances liable to spontaneous combustion"),
    "4.3": N_("4.3 Substances which, in contact with water, emit flammable gases"),
    "5.1": N_("5.1 Oxidizing substances"),
    "5.2": N_("5.2 Organic peroxides"),
    "6.1": N_("6.1 Toxic substances"),
    "6.2": N_("6.2 Infectious substances"),
    "8": N_("8 Corrosive substances"),
    "9": N_("9 Miscellaneous dangerous substances"),
    "multiple": N_("more than one class"),
    "unspecified": N_("class not stated"),
}
FLAGS = {
    "outlier": N_("outlier: far above all other years of this pair"),
    "unbalanced": N_("exporter and importer report differing quantities"),
    "partial-year": N_("partial year"),
}
METHOD = (
    N_("Parties to the Basel Convention report each year what hazardous and other wastes they exported and imported."),
    N_("A movement is counted once, with the quantity that its exporter reported."),
    N_("Between regions, what stays within a region is counted as well."),
    N_("Quantities are summed to the gram; classes are the hazard classes of the United Nations."),
)
CAVEATS = (
    N_("Outliers are marked, not removed: some are slips of unit or direction. You can leave them out."),
    N_("For 2021 many reports had not come in, so that year is partial."),
    N_("Not all Parties report, and what each counts as hazardous waste differs."),
    N_(
        "For 2016–2020 it is known where exporter and importer reported quantities that differ by more than a tenth; "
        "there, reports of Germany, France and the United States of America are missing."
    ),
)


class Flows(View):
    """Movements of hazardous waste: the largest flows, the years, and reports of both sides that do not agree."""

    _esm = script("flows", "bars", "view")
    _css = style("view")
    name = "movements"

    def controls(self) -> list[Control]:
        """Years, countries or regions, exporter, importer, class, outliers."""
        t, frame = self.translate, movements()
        years = [(str(year), str(year)) for year in sorted(frame["year"].unique(), reverse=True)]
        last = str(max(set(frame["year"]) - set(PARTIAL_YEARS)))
        classes = [(key, t(text)) for key, text in CLASSES.items()]
        level = [("countries", t(N_("countries"))), ("regions", t(N_("regions")))]
        kept = [("", t(N_("marked"))), ("without", t(N_("left out")))]
        return [
            Control("from", t(N_("From year")), years, value=last),
            Control("to", t(N_("To year")), years, value=last),
            Control("exporter", t(N_("Exporter")), *options(frame["exporter"], t)),
            Control("importer", t(N_("Importer")), *options(frame["importer"], t)),
            Control("class", t(N_("Hazard class")), [("", t(N_("All classes"))), *classes]),
            Control("level", t(N_("Flows between")), level, value="countries"),
            Control("outliers", t(N_("Outliers")), kept),
        ]

    def figures(self, choice: Choice) -> list[Figure]:
        """The largest flows, the quantity by year, and, for all classes, reports that do not agree."""
        first, last = sorted(int(choice[end]) for end in ("from", "to"))
        chosen = self._chosen_rows(choice)
        within = chosen[chosen["year"].between(first, last)]
        both = [self._flows(within, first, last, choice), self._years(chosen)]
        return both if choice["class"] else [*both, self._differing(choice, first, last)]

    def note(self) -> str:
        """Date, source and unverified rows of the movements."""
        return source_note(movements(), self.translate)

    def _chosen_rows(self, choice: Choice) -> pd.DataFrame:
        frame = _between(movements(), choice)
        if choice["class"]:
            frame = frame[frame["hazard_class"] == choice["class"]]
        return frame[~frame["flags"].str.contains("outlier")] if choice["outliers"] else frame

    def _flows(self, frame: pd.DataFrame, first: int, last: int, choice: Choice) -> Figure:
        t = self.translate
        pairs = _pairs(frame, by_region=choice["level"] == "regions")
        top, rest = pairs[:MOST], pairs[MOST:]
        whole = total(frame["tonnes"])
        rows = [
            [self._name(exporter), self._name(importer), tonnes, self._flags(flags)]
            for exporter, importer, tonnes, flags in top
        ]
        if rest:
            others = total(pd.Series([row[2] for row in rest]))
            rows.append([t(N_("Other flows: {n}"), n=written(len(rest), t)), "", others, ""])
        if pairs:
            rows.append([t(N_("Total")), "", whole, ""])
        years = str(first) if first == last else f"{first}–{last}"
        return Figure(
            name="flows",
            chart="flows",
            title=t(N_("The largest flows, {years}"), years=years),
            summary=self._sentence(rows, top, whole, years),
            columns=[Column(t(N_("Exporter"))), Column(t(N_("Importer"))), self._tonnes(), Column(t(N_("Remarks")))],
            rows=rows,
            marks=[sorted(flags) for *_, flags in top],
            totals=list(range(len(top), len(rows))),
            legend=[(flag, t(FLAGS[flag])) for flag in ("outlier", "unbalanced") if any(flag in row[3] for row in top)],
        )

    def _sentence(self, rows: list[list[object]], top: list["Pair"], whole: float, years: str) -> str:
        t = self.translate
        if not top:
            return t(N_("No movement was reported for this choice."))
        return t(
            N_(
                "{years}: {tonnes} tonnes were reported. The flows shown are {share} of it; "
                "the largest is {exporter} → {importer} with {most} tonnes."
            ),
            years=years,
            tonnes=written(whole, t),
            share=percent(sum(row[2] for row in top), whole, t),
            exporter=rows[0][0],
            importer=rows[0][1],
            most=written(top[0][2], t),
        )

    def _years(self, frame: pd.DataFrame) -> Figure:
        t = self.translate
        sums = totals(frame["tonnes"], frame["year"]).to_dict()
        partial = t(FLAGS["partial-year"])
        rows = [[str(year), tonnes, partial if year in PARTIAL_YEARS else ""] for year, tonnes in sums.items()]
        marks = [["partial"] if year in PARTIAL_YEARS else [] for year in sums]
        most = max(sums, key=lambda year: sums[year], default=0)
        said = N_("Most was reported for {year}: {tonnes} tonnes.") if rows else N_("No movement was reported at all.")
        return Figure(
            name="years",
            chart="bars",
            title=t(N_("Quantity by year")),
            summary=t(said, year=most, tonnes=written(sums.get(most, 0), t)),
            columns=[Column(t(N_("Year"))), self._tonnes(), Column(t(N_("Remarks")))],
            rows=rows,
            marks=marks,
            series=[1],
            legend=[("partial", f"* {partial}")] if any(marks) else [],
        )

    def _differing(self, choice: Choice, first: int, last: int) -> Figure:
        t, frame = self.translate, _between(balances(), choice)
        frame = frame[(frame["balanced"] == "no") & frame["year"].between(first, last)]
        apart = (frame["exporter_tonnes"] - frame["importer_tonnes"]).abs()
        frame = frame.loc[apart.sort_values(ascending=False, kind="stable").index]
        columns = ["exporter", "importer", "year", "exporter_tonnes", "importer_tonnes"]
        rows = [
            [self._name(exporter), self._name(importer), str(year), *tonnes]
            for exporter, importer, year, *tonnes in frame[columns].head(MOST).to_numpy(dtype=object)
        ]
        heads = [
            *(N_("Exporter"), N_("Importer"), N_("Year")),
            *(N_("Reported by the exporter, tonnes"), N_("Reported by the importer, tonnes")),
        ]
        kinds = ("text", "text", "code", "number", "number")
        said = N_("Pairs and years whose reports differ: {n}. The largest differences are shown.")
        return Figure(
            name="differing",
            title=t(N_("Where exporter and importer do not agree")),
            summary=t(said, n=written(len(frame), t))
            if rows
            else t(N_("No differing reports are known for this choice.")),
            columns=[Column(t(head), kind) for head, kind in zip(heads, kinds, strict=True)],
            rows=rows,
        )

    def _tonnes(self) -> Column:
        return Column(self.translate(N_("Tonnes")), "number")

    def _flags(self, flags: set[str]) -> str:
        return listed((self.translate(text) for flag, text in FLAGS.items() if flag in flags), self.translate)

    def _name(self, code: str) -> str:
        named = names.region if code in REGIONS else names.country
        return named(code, self.asked.language)


Pair = tuple[str, str, float, set[str]]


def _between(frame: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    for side in ("exporter", "importer"):
        place = choice[side]
        if place in REGIONS:
            frame = frame[frame[side].map(region_of()) == place]
        elif place:
            frame = frame[frame[side] == place]
    return frame


def _pairs(frame: pd.DataFrame, by_region: bool) -> list[Pair]:
    """Exporter, importer, tonnes and flags of each flow, the largest first."""
    if by_region:
        regions = {side: frame[side].map(region_of()) for side in ("exporter", "importer")}
        frame = frame.assign(**regions)
    ends = ["exporter", "importer"]
    sums = totals(frame["tonnes"], frame["exporter"], frame["importer"])
    flagged: dict[tuple[str, str], set[str]] = {}
    for exporter, importer, flags in frame.loc[frame["flags"] != "", [*ends, "flags"]].itertuples(index=False):
        flagged.setdefault((exporter, importer), set()).update(flags.split("|"))
    pairs = [
        (exporter, importer, tonnes, flagged.get((exporter, importer), set()))
        for (exporter, importer), tonnes in zip(sums.index.to_list(), sums, strict=True)
    ]
    return sorted(pairs, key=lambda pair: (-pair[2], pair[:2]))
