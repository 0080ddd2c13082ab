"""Reading of the data files: as described, or a clear refusal; copies only."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from conventions.errors import ClearingHouseError
from conventions.tables import read, resources, table

FIELDS = [
    {"name": "country", "type": "string"},
    {"name": "year", "type": "integer"},
    {"name": "tonnes", "type": "number"},
    {"name": "as_of", "type": "date"},
]
GOOD = "country,year,tonnes,as_of\nNA,2020,,2023-01-02\nFR,,1.5,\n"


def written(folder: Path, content: str) -> Path:
    path = folder / "table.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_types_are_as_described(tmp_path: Path) -> None:
    """Namibia's code is text and not a missing value; empty numbers and dates are missing and not text."""
    frame = read(written(tmp_path, GOOD), FIELDS)
    assert list(frame["country"]) == ["NA", "FR"]
    assert frame["year"].tolist()[0] == 2020 and frame["year"].isna().tolist() == [False, True]
    assert frame["tonnes"].isna().tolist() == [True, False]
    assert frame["as_of"].tolist() == [pd.Timestamp("2023-01-02"), pd.NaT]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace("tonnes,as_of", "as_of,tonnes"),
        GOOD.replace("tonnes", "kilograms"),
        GOOD.replace("country,year,", "country,"),
        GOOD.replace("1.5", "much"),
        GOOD.replace("2020", "2020.5"),
        GOOD.replace("2023-01-02", "2 January 2023"),
        "",
        "\x00\x01",
    ],
)
def test_a_file_that_is_otherwise_is_refused(tmp_path: Path, content: str) -> None:
    """Columns in another order, renamed or missing, values of another type and an empty file name the file."""
    with pytest.raises(ClearingHouseError) as refused:
        read(written(tmp_path, content), FIELDS)
    assert refused.value.code == "wrong-table" and refused.value.values["file"] == "table.csv"


def test_half_a_compressed_file_is_refused(tmp_path: Path) -> None:
    """A file cut off in the middle, and one that is not there, are refused alike."""
    whole = gzip.compress((GOOD + "FR,2020,1,2023-01-02\n" * 5000).encode())
    (tmp_path / "half.csv.gz").write_bytes(whole[: len(whole) // 2])
    for name in ("half.csv.gz", "none.csv"):
        with pytest.raises(ClearingHouseError) as refused:
            read(tmp_path / name, FIELDS)
        assert refused.value.code == "wrong-table" and name in str(refused.value)


@pytest.mark.parametrize("name", resources())
def test_a_changed_copy_changes_nothing_else(name: str) -> None:
    """Whoever alters a frame alters a copy."""
    frame = table(name)
    first = frame.columns[0]
    before = frame[first].tolist()
    frame[first] = None
    assert table(name)[first].tolist() == before
