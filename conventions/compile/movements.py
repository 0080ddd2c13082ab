"""Compile the tables of transboundary movements: `python -m conventions.compile.movements FOLDER`.

FOLDER holds `basel_ers_flows_2001-2021.csv` (March 2023) and `basel_ers_{exports,imports}_rows_2016-2020_partial.csv`
(20 December 2022), gathered from the national reports to the Basel Convention. The first gives one quantity a pair,
year and class, what the exporter reported.
`basel_movements_ycodes_2007-2013_toxicwasteroutes.json` gathered the same reports in 2016. Nothing is taken from it; a
row is verified where both have the same quantity for its pair and year.
"""

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from conventions.compile.countries import by_name
from conventions.compile.movement_reports import judged
from conventions.compile.movement_rows import rows
from conventions.compile.table import plain, write
from conventions.stems import fold
from conventions.tables import DATA

FLOWS = "basel_ers_flows_2001-2021.csv"
SECOND = "basel_movements_ycodes_2007-2013_toxicwasteroutes.json"
NATIONAL = {"source": "national reports to the Basel Convention, public reporting system"}
PAIR = ["exporter", "importer", "year"]
END = ["source", "as_of", "verified"]
COLUMNS = [*PAIR, "hazard_class", "tonnes", "flags", *END]
BALANCE = [*PAIR, "exporter_tonnes", "importer_tonnes", "balanced", *END]
CLASSES = ["1", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "8", "9"]
SERIES = {f"UN{number}": number for number in CLASSES} | {"unspecified": "unspecified", "multiple": "multiple"}

PARTIAL = {"2021"}
# Half a million tonnes in a year, and five times what the same pair moved in any other.
LARGE, TIMES = 500_000, 5
# Two reports of one movement agree when they differ by no more than a tenth of the larger.
TOLERANCE = 0.1
# Two gatherings of the same reports do when they differ by no more than a hundredth.
SAME = 0.01
Pair = tuple[str, str, str]


def main(folder: Path, data: Path = DATA) -> None:
    """Write movements, the rows behind them and the balance of both sides' reports from the sources in `folder`."""
    flows = _flows(folder / FLOWS)
    reported = list(judged(rows(folder), {pair: sum(classes.values()) for pair, classes in flows}))
    write(data / "movement_rows.csv.gz", list(reported[0]), reported)
    balances = list(_balances(reported))
    write(data / "movement_balances.csv", BALANCE, balances)
    unbalanced = {_pair(row) for row in balances if row["balanced"] == "no"}
    write(data / "movements.csv.gz", COLUMNS, _movements(flows, unbalanced, second(folder / SECOND)))


def _flows(path: Path) -> list[tuple[Pair, dict[str, float]]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                (row["origin"].upper(), row["destination"].upper(), row["year"]),
                {name: float(row[series]) for series, name in SERIES.items() if float(row[series])},
            )
            for row in csv.DictReader(file)
        ]


def second(path: Path) -> dict[Pair, float]:
    """Tonnes a pair and year, 2007–2013, in the earlier gathering: of what each country exported, as it has it."""
    codes = by_name()
    totals: defaultdict[Pair, float] = defaultdict(float)
    for year in json.loads(path.read_text(encoding="utf-8"))["dataset"]:
        for reported in year["movements"]:
            exports = (side for side in reported["connections"] if side["type"] == "Export")
            for partner in (partner for side in exports for partner in side["partners"]):
                pair = codes.get(_spaced(reported["country"]), ""), codes.get(_spaced(partner["name"]), "")
                totals[(*pair, str(year["year"]))] += partner["size"]
    return totals


def _spaced(name: str) -> str:
    """`UnitedKingdom` as other sources write it."""
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def agree(one: float, other: float, tolerance: float) -> bool:
    """Whether two quantities differ by no more than that share of the larger."""
    return abs(one - other) <= tolerance * max(one, other)


def _movements(
    flows: list[tuple[Pair, dict[str, float]]], unbalanced: set[Pair], gathered: dict[Pair, float]
) -> Iterator[dict[str, str]]:
    outliers = outlying({pair: sum(classes.values()) for pair, classes in flows})
    for pair, classes in sorted(flows):
        applies = {"outlier": pair in outliers, "partial-year": pair[2] in PARTIAL, "unbalanced": pair in unbalanced}
        verified = pair in gathered and agree(sum(classes.values()), gathered[pair], SAME)
        for name, tonnes in classes.items():
            yield {
                **dict(zip(PAIR, pair, strict=True)),
                "hazard_class": name,
                "tonnes": plain(tonnes),
                "flags": "|".join(flag for flag, holds in applies.items() if holds),
                **NATIONAL,
                "as_of": "2023-03-01",
                "verified": "yes" if verified else "no",
            }


def outlying(totals: dict[Pair, float]) -> set[Pair]:
    """The years, two of a pair at most, whose quantity is large and far above that of all its other years."""
    years: defaultdict[tuple[str, str], list[tuple[float, Pair]]] = defaultdict(list)
    for pair, tonnes in totals.items():
        years[pair[:2]].append((tonnes, pair))
    return {pair for quantities in years.values() for pair in _far_above(sorted(quantities, reverse=True))}


def _far_above(descending: list[tuple[float, Pair]]) -> list[Pair]:
    for many in (2, 1):
        above, below = descending[:many], descending[many:]
        if above[-1][0] >= LARGE and above[-1][0] > TIMES * max((tonnes for tonnes, _ in below), default=0):
            return [pair for _, pair in above]
    return []


def _balances(reported: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The pairs and years that both sides reported; repeated rows and exports not confirmed are not added up."""
    sums: defaultdict[Pair, dict[str, float]] = defaultdict(dict)
    for row in reported:
        left_out = {"repeated", "unconfirmed"} & set(row["flags"].split("|"))
        if row["tonnes"] and row["exporter"] and row["importer"] and not left_out:
            sides = sums[_pair(row)]
            sides[row["report"]] = sides.get(row["report"], 0) + float(row["tonnes"])
    for pair, sides in sorted(sums.items()):
        if len(sides) == 2:
            yield {
                **dict(zip(PAIR, pair, strict=True)),
                "exporter_tonnes": plain(sides["export"]),
                "importer_tonnes": plain(sides["import"]),
                "balanced": "yes" if agree(sides["export"], sides["import"], TOLERANCE) else "no",
                **NATIONAL,
                "as_of": "2022-12-20",
                "verified": "no",
            }


def _pair(row: dict[str, str]) -> Pair:
    return row["exporter"], row["importer"], row["year"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
