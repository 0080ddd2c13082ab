"""Compile `conventions/data/parties.csv`: `python -m conventions.compile.parties FOLDER`.

FOLDER holds `untc_2015-03_27-*.csv` (UN Treaty Collection, chapter XXVII, as of 14 March 2015) and
`manytreaties_ggo_brs_parties_2025-10.csv` (globalgov/manytreaties 1.0.0, CC BY 4.0). The second names false
Parties, so only the ratifications listed in `LATER` are taken from it; a row of the first that it confirms is verified.
"""

import csv
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from babel import Locale

from conventions.countries import countries
from conventions.names import usage
from conventions.parties import PARTIES
from conventions.stems import fold

FORMER = Path(__file__).parent / "former_names.csv"
COLUMNS = ["convention", "country", "signed", "deposited", "act", "in_force", "source", "as_of", "verified"]

# Convention → its file of the UN Treaty Collection, its code in manytreaties, the day it entered into force.
TREATIES = {
    "basel": ("untc_2015-03_27-3.csv", "CTMHWD_1989A", date(1992, 5, 5)),
    "ban": ("untc_2015-03_27-3-a.csv", "CTMHWD_1995E:CTMHWD_1989A", date(2019, 12, 5)),
    "rotterdam": ("untc_2015-03_27-14.csv", "PIC_1998A", date(2004, 2, 24)),
    "stockholm": ("untc_2015-03_27-15.csv", "PRSSOP_2001A", date(2004, 5, 17)),
}
MANYTREATIES = "manytreaties_ggo_brs_parties_2025-10.csv"
LATER = {
    "basel": ["AGO", "GRD", "SLB", "SLE", "SMR", "TJK", "TUV", "VUT"],
    "rotterdam": ["BRB", "DZA", "GRD", "IRQ", "MLT", "PSE", "SLE", "TUN", "TUR", "TUV", "VUT"],
}
ACTS = {
    "": "ratification",
    "A": "acceptance",
    "AA": "approval",
    "a": "accession",
    "c": "formal confirmation",
    "d": "succession",
}
_INSTRUMENT = re.compile(r"(\d+ \w+ \d{4}) ?(\w*)$")
Row = dict[str, str]


def main(folder: Path) -> None:
    """Write the table from the sources in `folder`."""
    known = _manytreaties(folder / MANYTREATIES)
    rows = [*_untc(folder, known), *_later(known)]
    with PARTIES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (list(TREATIES).index(row["convention"]), row["country"])))


def in_force(convention: str, deposited: date, act: str) -> date:
    """The 90th day after the deposit, and not before the convention's own entry into force.

    A successor State is bound without an interval; its notification's date stands in for the day of succession.
    """
    first = TREATIES[convention][2]
    return max(first, deposited if act == "succession" else deposited + timedelta(days=90))


def _untc(folder: Path, known: dict[tuple[str, str], Row]) -> Iterator[Row]:
    codes = _codes()
    for convention, (name, _, _) in TREATIES.items():
        for participant, signature, instrument in _participants(folder / name):
            if not instrument:
                continue
            deposited, act = _instrument(instrument)
            country = codes[fold(participant)]
            confirmed = known.get((convention, country), {}).get("StateRatification") == deposited.isoformat()
            yield {
                "convention": convention,
                "country": country,
                "signed": _instrument(signature)[0].isoformat() if signature else "",
                "deposited": deposited.isoformat(),
                "act": act,
                "in_force": in_force(convention, deposited, act).isoformat(),
                "source": "UN Treaty Collection, chapter XXVII",
                "as_of": "2015-03-14",
                "verified": "yes" if confirmed and act != "succession" else "no",
            }


def _later(known: dict[tuple[str, str], Row]) -> Iterator[Row]:
    alpha2 = countries().set_index("alpha3")["alpha2"]
    for convention, listed in LATER.items():
        for alpha3 in listed:
            country = str(alpha2[alpha3])
            row = known[convention, country]
            deposited = date.fromisoformat(row["StateRatification"])
            signed = row["StateSignature"].replace("<NA>", "")
            act = "ratification" if signed else "accession"
            yield {
                "convention": convention,
                "country": country,
                "signed": signed,
                "deposited": deposited.isoformat(),
                "act": act,
                "in_force": in_force(convention, deposited, act).isoformat(),
                "source": "globalgov/manytreaties 1.0.0 (CC BY 4.0)",
                "as_of": "2025-10-01",
                "verified": "no",
            }


def _participants(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for participant, *acts in list(csv.reader(file))[1:]:
            # The file of the Ban Amendment has no column of signatures: an amendment is not signed.
            signature, instrument = acts if len(acts) == 2 else ("", *acts)
            yield participant, signature, instrument


def _instrument(text: str) -> tuple[date, str]:
    match = _INSTRUMENT.match(text)
    if match is None:
        raise ValueError(f"not a date with the mark of an act: {text!r}")
    return datetime.strptime(match[1], "%d %b %Y").date(), ACTS[match[2]]


def _manytreaties(path: Path) -> dict[tuple[str, str], Row]:
    conventions = {code: convention for convention, (_, code, _) in TREATIES.items()}
    alpha2 = dict(zip(countries()["alpha3"], countries()["alpha2"], strict=True)) | {"EUE": "EU", "EU": "EU"}
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (conventions[row["treatyID"]], alpha2[row["stateID"]]): row
            for row in csv.DictReader(file)
            if row["stateID"] in alpha2
        }


def _codes() -> dict[str, str]:
    with FORMER.open(encoding="utf-8", newline="") as file:
        former = {row["name"]: row["alpha2"] for row in csv.DictReader(file)}
    cldr = {Locale("en").territories[code]: code for code in countries()["alpha2"]}
    names = cldr | {name: code for code, name in usage("en").items()} | former
    return {fold(name): code for name, code in names.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
