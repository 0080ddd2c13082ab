"""Compare the tables written by hand with the reference texts: `python -m conventions.compile.compare FOLDER`.

FOLDER holds `basel_codes_en_2017-05_nl-wetten.csv` and `rotterdam_annexIII_2017-05_nl-wetten.csv`, unreviewed parses of
the annexes as of 10 May 2017, and `defra_wts_codes_2024-09.json`, codes of the United Kingdom's waste tracking service.
Every difference is written to `differences.csv` beside this module; its reason is filled in there by hand and stays.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from conventions.annexes import entries
from conventions.cas import check_digit
from conventions.compile.table import write
from conventions.pic import listed

DIFFERENCES = Path(__file__).parent / "differences.csv"
BASEL = "basel_codes_en_2017-05_nl-wetten.csv"
ROTTERDAM = "rotterdam_annexIII_2017-05_nl-wetten.csv"
DEFRA = "defra_wts_codes_2024-09.json"
PARSED = date(2017, 5, 10)
TRACKED = date(2024, 9, 1)


class Difference(NamedTuple):
    """What one table and one reference say of a thing; empty where the one does not know it."""

    table: str
    reference: str
    key: str
    ours: str
    theirs: str


def main(folder: Path) -> int:
    """Write the differences; 1 where one of them has no reason yet."""
    known = reasons()
    found = [difference._asdict() | {"reason": known.get(difference, "")} for difference in differences(folder)]
    write(DIFFERENCES, [*Difference._fields, "reason"], found)
    return int(not all(row["reason"] for row in found))


def reasons() -> dict[Difference, str]:
    """The differences as recorded, each with its reason."""
    if not DIFFERENCES.exists():
        return {}
    with DIFFERENCES.open(encoding="utf-8", newline="") as file:
        return {Difference(*(row[name] for name in Difference._fields)): row["reason"] for row in csv.DictReader(file)}


def differences(folder: Path) -> Iterator[Difference]:
    """Every difference between our tables and the references in `folder`."""
    yield from _wording(folder / BASEL)
    yield from _numbers(folder / ROTTERDAM)
    yield from _operations(folder / DEFRA)


def _wording(path: Path) -> Iterator[Difference]:
    theirs = {row["code"]: row["text_en_first_line"] for row in _csv(path)}
    then = entries(on=PARSED)
    ours = dict(zip(then["code"], then["text"], strict=True))
    # The parse does not hold Annex III.
    for code in dict.fromkeys([*(code for code in ours if code[0] != "H"), *theirs]):
        if plain(ours.get(code, "")) != plain(theirs.get(code, "")):
            yield Difference("basel_annexes", BASEL, code, ours.get(code, ""), theirs.get(code, ""))


def plain(text: str) -> str:
    """The letters and digits of a wording, without footnotes, marks and case."""
    return re.sub(r"[\W_]+", "", re.sub(r"<sup>.*?</sup>|<[^>]*>", "", text).casefold())


def _numbers(path: Path) -> Iterator[Difference]:
    theirs = {number for row in _csv(path) for number in re.findall(r"\d+-\d+-\d+", row["cas"])}
    ours = {number for numbers in listed(PARSED)["cas"] for number in numbers.split("|") if number}
    for number in sorted(ours ^ theirs):
        ok = str(check_digit(re.sub(r"\D", "", number)[:-1])) == number[-1]
        mine, other = (number if number in side else "" for side in (ours, theirs))
        yield Difference("rotterdam_annex_iii", ROTTERDAM, number if ok else f"{number}?", mine, other)


def _operations(path: Path) -> Iterator[Difference]:
    """Codes of Annex IV; the wording in the reference is the service's own, and of Annex IX it has an extract only."""
    service = json.loads(path.read_text(encoding="utf-8"))
    theirs = {entry["code"] for kind in ("disposalCodes", "recoveryCodes") for entry in service[kind]}
    ours = set(entries("IV", on=TRACKED)["code"])
    for code in sorted(ours ^ theirs):
        yield Difference("basel_annexes", DEFRA, code, *(code if code in side else "" for side in (ours, theirs)))


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
