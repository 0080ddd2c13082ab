"""The compiled tables are what their scripts make of the sources: nothing in them was changed by hand."""

import gzip
import sys
from pathlib import Path
from types import ModuleType

import pytest

from conventions.compile import movements, parties, plastics, reporting, sdg, what_a_waste, world
from conventions.compile.table import plain, write
from conventions.tables import DATA
from tests.conventions.reference import reference

MADE = {
    parties: ["parties.csv", "signatories.csv"],
    reporting: ["reporting.csv"],
    sdg: ["sdg_12_4_1.csv", "sdg_12_4_2.csv"],
    plastics: ["plastic_waste_trade.csv"],
    what_a_waste: ["what_a_waste.csv"],
    movements: ["movements.csv.gz", "movement_rows.csv.gz", "movement_balances.csv"],
}


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


ATLAS = Path(sys.prefix) / "node" / "node_modules" / "world-atlas"


def test_the_world_is_what_its_script_makes_of_the_package(tmp_path: Path) -> None:
    """From the package that the tests install, to the last byte."""
    world.main(ATLAS, tmp_path)
    assert (tmp_path / "world.json").read_bytes() == (DATA / "world.json").read_bytes()


@pytest.mark.parametrize("script", MADE, ids=lambda script: script.__name__.rpartition(".")[2])
def test_compiled_again_the_tables_are_the_same(script: ModuleType, tmp_path: Path) -> None:
    """From the same sources each script makes the tables it is to make, to the last byte."""
    script.main(reference(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(MADE[script])
    for name in MADE[script]:
        assert content(tmp_path / name) == content(DATA / name)


def test_the_same_rows_give_the_same_file(tmp_path: Path) -> None:
    """A compressed table does not hold the time it was written."""
    for name in ("one.csv.gz", "two.csv.gz"):
        write(tmp_path / name, ["a"], [{"a": "1"}])
    assert (tmp_path / "one.csv.gz").read_bytes() == (tmp_path / "two.csv.gz").read_bytes()
    assert content(tmp_path / "one.csv.gz") == b"a\n1\n"


WRITTEN = [
    *((300.0, "300"), (0.1, "0.1"), (0.00003, "0.00003"), (2578619.5, "2578619.5"), (0.0, "0")),
    *((1044.0919999999999, "1044.092"), (1778.2330000000002, "1778.233"), (174815.44444444444, "174815.444444")),
]


@pytest.mark.parametrize(("number", "written"), WRITTEN)
def test_quantities_are_short_and_lose_no_gram(number: float, written: str) -> None:
    """Whole tonnes have no decimals; the others have what was reported, without what binary arithmetic left in it."""
    assert plain(number) == written and abs(float(plain(number)) - number) < 1e-6
