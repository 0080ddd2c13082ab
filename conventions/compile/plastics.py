"""Compile `plastic_waste_trade.csv`: `python -m conventions.compile.plastics FOLDER`.

FOLDER holds `owid_plastic_waste_trade_hs3915_2007-2021.csv`: Our World in Data from UN Comtrade, HS 3915 (CC BY).
Its columns name no unit. They are tonnes: divided by the same rows' kilograms a person they give the population.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from conventions.compile.countries import by_name, known
from conventions.compile.table import plain, write
from conventions.stems import fold
from conventions.tables import DATA

TRADE = "owid_plastic_waste_trade_hs3915_2007-2021.csv"
COLUMNS = ["m49", "country", "year", "exports", "imports", "reexports", "reimports", "source", "as_of", "verified"]
# Groups that M49 has; the source's groups by income are of the World Bank and left out.
REGIONS = {
    "World": "001",
    "Africa": "002",
    "South America": "005",
    "Oceania": "009",
    "Asia": "142",
    "Europe": "150",
}
# M49's 003 is the whole continent, which may not be what the source means.
LEFT_OUT = {
    "North America",
    "High-income countries",
    "Upper-middle-income countries",
    "Lower-middle-income countries",
    "Low-income countries",
}


def main(folder: Path, data: Path = DATA) -> None:
    """Write the table from the source in `folder`."""
    write(data / "plastic_waste_trade.csv", COLUMNS, sorted(_rows(folder / TRADE), key=lambda r: (r["m49"], r["year"])))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    codes = by_name()
    m49 = dict(zip(known()["alpha2"], known()["m49"], strict=True))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["Entity"]
            if name in LEFT_OUT:
                continue
            country = "" if name in REGIONS else codes[fold(name)]
            yield {
                "m49": REGIONS[name] if name in REGIONS else m49[country],
                "country": country,
                "year": row["Year"],
                **{way: _tonnes(row[f"plastic_waste_{way}"]) for way in COLUMNS[3:7]},
                "source": "Our World in Data (CC BY) from UN Comtrade, HS 3915",
                "as_of": "2022-12-31",
                "verified": "no",
            }


def _tonnes(text: str) -> str:
    return plain(float(text)) if text else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
