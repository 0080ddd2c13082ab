"""The rows of the national reports' tables of exports and imports, with their codes made readable.

The sources also hold rows for years outside 2016–2020. Those for 2008, 2009, 2012, 2013 and 2021 are one and the same
block five times over, so only 2016–2020 are taken. Free text (what the waste is called, national codes) is left out.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

from conventions.annexes import annexes
from conventions.compile.countries import by_name, known
from conventions.compile.table import plain
from conventions.stems import fold

YEARS = {"2016", "2017", "2018", "2019", "2020"}
# Report → its file and the column with the other country.
REPORTS = {
    "export": ("basel_ers_exports_rows_2016-2020_partial.csv", "country_of_destination"),
    "import": ("basel_ers_imports_rows_2016-2020_partial.csv", "country_of_origin"),
}
# Columns of the sources that hold codes, and the letter that a bare number in them lacks.
WITH_CODES = {
    "annex_1_code": "Y",
    "annex_2_8_9_code": "",
    "annex_3_code": "H",
    "annex_4_a_code": "D",
    "annex_4_b_code": "R",
    "Recovery operation": "R",
}
# First letter of a code → the column of the table.
COLUMN = {"Y": "y_codes", "A": "list_codes", "B": "list_codes", "H": "h_codes", "D": "d_codes", "R": "r_codes"}
LARGE = 1_000_000

# Cyrillic letters that look like those of the codes, full-width commas, marks of the direction of writing.
_LOOK_ALIKE = str.maketrans({"А": "A", "В": "B", "Н": "H", "У": "Y", "，": ",", "\u200e": None, "\u200f": None})
_NOTHING = re.compile(r"[A-Z]?_*|-|NO|N/A")


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """Every row of both reports, numbered; those that equal an earlier one are flagged as `repeated`."""
    number = count(1)
    for report, (name, other) in REPORTS.items():
        seen: set[tuple[str, ...]] = set()
        for row in _within(folder / name):
            whole = tuple(row.values())
            yield {"row": str(next(number)), **_row(report, row, row[other], repeated=whole in seen)}
            seen.add(whole)


def _within(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.DictReader(file) if row["year"] in YEARS)


def _row(report: str, row: dict[str, str], other: str, *, repeated: bool) -> dict[str, str]:
    reporter, partner = _names()[fold(row["country"].strip())], country(other)
    tonnes = _tonnes(row["amount"])
    transit = [country(code) for code in _pieces(row["countries_of_transit "])]
    codes, lost = read_codes(row)
    applies = {
        "outlier": bool(tonnes) and float(tonnes) >= LARGE,
        "repeated": repeated,
        "unreadable": not (tonnes and partner and all(transit)) or lost,
    }
    return {
        "report": report,
        "exporter": reporter if report == "export" else partner,
        "importer": partner if report == "export" else reporter,
        "year": row["year"],
        "tonnes": tonnes,
        "transit": "|".join(dict.fromkeys(filter(None, transit))),
        **codes,
        "flags": "|".join(flag for flag, holds in applies.items() if holds),
        "source": "national reports to the Basel Convention, public reporting system",
        "as_of": "2022-12-20",
        "verified": "no",
    }


def read_codes(row: dict[str, str]) -> tuple[dict[str, str], bool]:
    """The codes of a row by column of the table, each once, and whether anything in it was no code of an annex."""
    found: dict[str, dict[str, None]] = {column: {} for column in COLUMN.values()}
    lost = False
    for source, letter in WITH_CODES.items():
        for piece in _pieces(row.get(source, "")):
            code = letter + piece if piece[0].isdigit() else piece
            if code in _codes():
                found[COLUMN[code[0]]][code] = None
            else:
                lost = True
    return {column: "|".join(codes) for column, codes in found.items()}, lost


def country(code: str) -> str:
    """The alpha-2 code in capitals, or nothing where it is none that is known."""
    return code.strip().upper() if code.strip().upper() in _known() else ""


def _pieces(text: str) -> list[str]:
    # Some reports separate codes by a full stop, which within a code stands before a digit.
    separated = re.sub(r"\.(?=\s*[A-Z])", ",", text.upper().translate(_LOOK_ALIKE))
    return [piece for part in separated.split(",") if not _NOTHING.fullmatch(piece := part.strip())]


def _tonnes(text: str) -> str:
    try:
        return plain(float(text))
    except ValueError:
        return ""


@cache
def _names() -> dict[str, str]:
    return by_name()


@cache
def _known() -> frozenset[str]:
    return frozenset(known()["alpha2"])


@cache
def _codes() -> frozenset[str]:
    return frozenset(annexes()["code"])
