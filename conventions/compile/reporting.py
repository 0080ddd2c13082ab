"""Compile `conventions/data/reporting.csv`: `python -m conventions.compile.reporting FOLDER`.

FOLDER holds `basel_ers_report_submissions.csv`: the national reports in the Basel Convention's public reporting system
as of March 2023, one a Party and year.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from conventions.compile.countries import by_name
from conventions.compile.table import write
from conventions.stems import fold
from conventions.tables import DATA

SUBMISSIONS = "basel_ers_report_submissions.csv"
COLUMNS = ["convention", "country", "year", "submitted", "due", "source", "as_of", "verified"]


def main(folder: Path, data: Path = DATA) -> None:
    """Write the table from the source in `folder`."""
    write(data / "reporting.csv", COLUMNS, sorted(_rows(folder / SUBMISSIONS), key=lambda r: (r["country"], r["year"])))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    codes = by_name()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {
                "convention": "basel",
                "country": codes[fold(row["country"].strip())],
                "year": row["year"],
                "submitted": datetime.fromisoformat(row["submission_date"]).date().isoformat(),
                "due": f"{int(row['year']) + 1}-12-31",
                "source": "national reports to the Basel Convention, public reporting system",
                "as_of": "2023-03-01",
                "verified": "no",
            }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
