"""Compile `what_a_waste.csv`: `python -m conventions.compile.what_a_waste FOLDER`.

FOLDER holds `worldbank_what_a_waste_country_2020.csv`: World Bank, What a Waste 2.0 (CC BY 4.0). Its years are mixed.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from conventions.compile.countries import known
from conventions.compile.table import plain, write
from conventions.tables import DATA

SOURCE = "worldbank_what_a_waste_country_2020.csv"
KINDS = {
    "municipal": "total_msw_total_msw_generated_tons_year",
    "hazardous": "special_waste_hazardous_waste_tons_year",
    "e_waste": "special_waste_e_waste_tons_year",
    "medical": "special_waste_medical_waste_tons_year",
    "industrial": "special_waste_industrial_waste_tons_year",
}
COLUMNS = ["country", "population", *KINDS, "source", "as_of", "verified"]
# Economies of the World Bank that M49 does not list by themselves.
LEFT_OUT = {"CHI", "TWN", "XKX"}


def main(folder: Path, data: Path = DATA) -> None:
    """Write the table from the source in `folder`."""
    write(data / "what_a_waste.csv", COLUMNS, sorted(_rows(folder / SOURCE), key=lambda row: row["country"]))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    alpha2 = dict(zip(known()["alpha3"], known()["alpha2"], strict=True))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["iso3c"] in LEFT_OUT:
                continue
            yield {
                "country": alpha2[row["iso3c"]],
                "population": str(round(float(row["population_population_number_of_people"]))),
                **{kind: _number(row[column]) for kind, column in KINDS.items()},
                "source": "World Bank, What a Waste 2.0 (CC BY 4.0)",
                "as_of": "2020-01-01",
                "verified": "no",
            }


def _number(text: str) -> str:
    return "" if text in {"", "NA"} else plain(float(text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
