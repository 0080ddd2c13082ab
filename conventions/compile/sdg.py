"""Compile `sdg_12_4_1.csv` and `sdg_12_4_2.csv`: `python -m conventions.compile.sdg FOLDER`.

FOLDER holds `sdg1241_cmr*.csv` and `sdg1242_en_haz_genv.csv`: the UN Statistics Division's SDG database, October 2020.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from conventions.compile.countries import known
from conventions.compile.table import write
from conventions.tables import DATA

CONVENTIONS = {"basel": "cmrbasel", "rotterdam": "cmrrotdam", "stockholm": "cmrstholm"}
AREA = ["m49", "country", "year"]
END = ["nature", "source", "as_of", "verified"]


def main(folder: Path, data: Path = DATA) -> None:
    """Write both tables from the sources in `folder`."""
    transmitted = [
        {"convention": convention, **row}
        for convention, series in CONVENTIONS.items()
        for row in _rows(folder / f"sdg1241_{series}.csv", f"sg_haz_{series}", "percent")
    ]
    write(data / "sdg_12_4_1.csv", ["convention", *AREA, "percent", *END], transmitted)
    generated = _rows(folder / "sdg1242_en_haz_genv.csv", "en_haz_genv", "tonnes")
    write(data / "sdg_12_4_2.csv", [*AREA, "tonnes", *END], generated)


def _rows(path: Path, series: str, unit: str) -> Iterator[dict[str, str]]:
    alpha2 = dict(zip(known()["m49"], known()["alpha2"], strict=True))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["units"] != unit:
                raise ValueError(f"{path.name}: {row['units']} where {unit} are expected")
            m49 = row["geo_area"].zfill(3)
            yield {
                "m49": m49,
                "country": alpha2.get(m49, ""),
                "year": row["year"],
                unit: row[series],
                "nature": row["nature"].upper(),
                "source": f"UN Statistics Division, SDG database, series {series.upper()}",
                "as_of": "2020-10-01",
                "verified": "yes",
            }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
