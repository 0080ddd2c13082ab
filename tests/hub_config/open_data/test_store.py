"""The store: made whole or not at all, anew for other data, and read only."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select, text

from conventions.errors import ClearingHouseError
from hub_config.open_data.datasets import FOLDER, Package
from hub_config.open_data.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data package of one table, to be spoiled."""
    place = tmp_path / "data"
    place.mkdir()
    shutil.copy(FOLDER / "parties_reported.csv", place)
    package = json.loads((FOLDER / "datapackage.json").read_text())
    package["resources"] = [one for one in package["resources"] if one["name"] == "parties_reported"]
    (place / "datapackage.json").write_text(json.dumps(package))
    return place


def test_other_data_make_another_file(folder: Path, tmp_path: Path) -> None:
    """A change of a table is served after a restart, and the file of before is not touched."""
    before = Store(Package(folder), tmp_path / "cache")
    assert before.facts("parties_reported").rows == 4
    with (folder / "parties_reported.csv").open("a") as file:
        file.write("minamata,150,2024-01,somebody,no\n")
    after = Store(Package(folder), tmp_path / "cache")
    assert after.facts("parties_reported").rows == 5 and before.facts("parties_reported").rows == 4
    assert len(list((tmp_path / "cache").glob("*.duckdb"))) == 2


@pytest.mark.parametrize(
    ("old", "new"), [("convention,parties", "parties,convention"), ("basel,191", "basel,many"), ("convention", "x")]
)
def test_a_wrong_table_is_named_and_nothing_is_left(folder: Path, tmp_path: Path, old: str, new: str) -> None:
    """A file that is not as described is refused, and no half-made store stays behind."""
    file = folder / "parties_reported.csv"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ClearingHouseError, match=r"parties_reported\.csv") as refused:
        Store(Package(folder), tmp_path / "cache").facts("parties_reported")
    assert refused.value.code == "wrong-table"
    assert not list((tmp_path / "cache").iterdir())


def test_nothing_can_be_written(folder: Path, tmp_path: Path) -> None:
    """Whatever statement arrived, it could neither change the tables nor read another file."""
    store = Store(Package(folder), tmp_path / "cache")
    table = store.tables["parties_reported"]
    assert len(store.rows(select(table))) == 4
    for statement in ("DELETE FROM parties_reported", "CREATE TABLE x (y INT)", "COPY parties_reported TO '/tmp/x'"):
        with pytest.raises(duckdb.Error):
            store.rows(text(statement))  # type: ignore[arg-type]
    with pytest.raises(duckdb.Error):
        store.rows(text("SELECT * FROM read_csv('/etc/passwd')"))  # type: ignore[arg-type]
