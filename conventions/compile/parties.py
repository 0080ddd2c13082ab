"""Compile `conventions/data/parties.csv`: `python -m conventions.compile.parties FOLDER`.

FOLDER holds `untc_2015-03_27-*.csv` (UN Treaty Collection, chapter XXVII, as of 14 March 2015) and
`manytreaties_ggo_brs_parties_2025-10.csv` (globalgov/manytreaties 1.0.0, CC BY 4.0). The second names false
Parties, so only the ratifications listed in `LATER` are taken from it; a row of the first that it confirms is verified.
`parties_known.csv` beside this module adds what became known from elsewhere since, with where from; none is verified.
"""

import csv
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from conventions.compile.countries import by_name
from conventions.compile.table import write
from conventions.countries import countries
from conventions.stems import fold
from conventions.tables import DATA

KNOWN = Path(__file__).parent / "parties_known.csv"
COLUMNS = ["convention", "country", "signed", "deposited", "act", "in_force", "source", "as_of", "verified"]
SIGNATURE = ["convention", "country", "signed", "source", "as_of", "verified"]
UNTC = {"source": "UN Treaty Collection, chapter XXVII", "as_of": "2015-03-14"}

# Convention → its file of the UN Treaty Collection, its code in manytreaties, the day it entered into force.
TREATIES = {
    "basel": ("untc_2015-03_27-3.csv", "CTMHWD_1989A", date(1992, 5, 5)),
    "ban": ("untc_2015-03_27-3-a.csv", "CTMHWD_1995E:CTMHWD_1989A", date(2019, 12, 5)),
    "rotterdam": ("untc_2015-03_27-14.csv", "PIC_1998A", date(2004, 2, 24)),
    "stockholm": ("untc_2015-03_27-15.csv", "PRSSOP_2001A", date(2004, 5, 17)),
}
MANYTREATIES = "manytreaties_ggo_brs_parties_2025-10.csv"
# Myanmar and the State of Palestine had deposited before March 2015, and the first source has not yet heard of it.
LATER = {
    "basel": ["AGO", "GRD", "MMR", "PSE", "SLB", "SLE", "SMR", "TJK", "TUV", "VUT"],
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


def main(folder: Path, data: Path = DATA) -> None:
    """Write the tables of Parties and of mere signatories from the sources in `folder`."""
    known = _manytreaties(folder / MANYTREATIES)
    rows = [*_untc(folder, known), *_later(known), *_known()]
    bound = {(row["convention"], row["country"]) for row in rows}
    write(data / "parties.csv", COLUMNS, sorted(rows, key=order))
    write(data / "signatories.csv", SIGNATURE, sorted(_signatories(folder, bound), key=order))


def in_force(convention: str, deposited: date, act: str) -> date:
    """The 90th day after the deposit, and not before the convention's own entry into force.

    A successor State is bound without an interval; its notification's date stands in for the day of succession.
    """
    first = TREATIES[convention][2]
    return max(first, deposited if act == "succession" else deposited + timedelta(days=90))


def _untc(folder: Path, known: dict[tuple[str, str], Row]) -> Iterator[Row]:
    codes = by_name()
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
                **UNTC,
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


def _known() -> Iterator[Row]:
    """What is known from elsewhere, each row with where from; none was compared with the depositary's list."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            force = in_force(row["convention"], date.fromisoformat(row["deposited"]), row["act"]).isoformat()
            yield row | {"in_force": force, "verified": "no"}


def _signatories(folder: Path, bound: set[tuple[str, str]]) -> Iterator[Row]:
    codes = by_name()
    for convention, (name, _, _) in TREATIES.items():
        for participant, signature, instrument in _participants(folder / name):
            country = codes[fold(participant)]
            if signature and not instrument and (convention, country) not in bound:
                signed = _instrument(signature)[0].isoformat()
                yield {"convention": convention, "country": country, "signed": signed, **UNTC, "verified": "no"}


def order(row: Row) -> tuple[int, str]:
    """Conventions in the order of `TREATIES`, countries by their codes."""
    return list(TREATIES).index(row["convention"]), row["country"]


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


if __name__ == "__main__":
    main(Path(sys.argv[1]))
