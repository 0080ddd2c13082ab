"""OData over a million rows: a filtered page is to take 50 ms at the 95th percentile, from question to JSON.

Printed, with the same questions put to SQLite with an index on every column; no timing decides. What decides is that
both find the same rows.
"""

import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_config.open_data.datasets import FOLDER, Package
from hub_config.open_data.odata.model import Model, model
from hub_config.open_data.odata.question import options, question
from hub_config.open_data.store import Store

ROWS, ASKED = 1_000_000, 40
CODES = [a + b for a in "ABCDEFGHIJKLMNOP" for b in "ABCDEFGHIJKL"]
PAGE = 101
QUESTIONS = {
    "exporter eq '{a}'": "exporter = '{a}'",
    "exporter eq '{a}' and year ge 2015": "exporter = '{a}' AND year >= 2015",
    "exporter eq '{a}' or importer eq '{b}'": "exporter = '{a}' OR importer = '{b}'",
    "tonnes gt {n}": "tonnes > {n}",
    "contains(flags,'out')": "instr(flags, 'out') > 0",
    "contains(source,'nowhere')": "instr(source, 'nowhere') > 0",
    "year eq 2010 and not (hazard_class eq '3')": "year = 2010 AND hazard_class <> '3'",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data package with a million movements that never were."""
    place = tmp_path_factory.mktemp("million")
    package = json.loads((FOLDER / "datapackage.json").read_text())
    (described,) = (one for one in package["resources"] if one["name"] == "movements")
    (place / "datapackage.json").write_text(json.dumps({**package, "resources": [{**described, "path": "m.csv"}]}))
    chosen = random.Random(12)  # noqa: S311
    with (place / "m.csv").open("w") as file:
        file.write(",".join(field["name"] for field in described["schema"]["fields"]) + "\n")
        for row in range(ROWS):
            one, other = chosen.choice(CODES), chosen.choice(CODES)
            kind, flags = chosen.choice(("1", "3", "4.1", "unspecified")), chosen.choice(("", "", "outlier"))
            tonnes = round(chosen.expovariate(1 / 500), 3)
            file.write(f"{one},{other},{2001 + row % 21},{kind},{tonnes},{flags},made up,2026-01-01,no\n")
    return place


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    """The store as the portal makes it."""
    made = Store(Package(folder), folder / "cache")
    started = time.perf_counter()
    assert made.facts("movements").rows == ROWS
    print(f"\n{'made from CSV, once':48}{time.perf_counter() - started:8.1f} s")
    return made


@pytest.fixture(scope="module")
def indexed(folder: Path, store: Store) -> sqlite3.Connection:
    """The same rows in SQLite, every column indexed."""
    made = sqlite3.connect(folder / "rows.sqlite")
    names = store.tables["movements"].columns.keys()
    made.execute(f"CREATE TABLE movements ({', '.join(names)})")
    with (folder / "m.csv").open() as file:
        next(file)
        places = ", ".join("?" for _ in names)
        numbers = {"year": int, "tonnes": float}
        rows = ([numbers.get(n, str)(v) for n, v in zip(names, line.strip().split(","), strict=True)] for line in file)
        made.executemany(f"INSERT INTO movements VALUES ({places})", rows)  # noqa: S608
    for name in names:
        made.execute(f"CREATE INDEX by_{name} ON movements ({name})")
    made.execute("ANALYZE")
    return made


@pytest.mark.parametrize("asked", QUESTIONS)
def test_filtered_page(folder: Path, store: Store, indexed: sqlite3.Connection, asked: str) -> None:
    """A page of 101 rows, and the same in SQLite."""
    sets = model(Package(folder), store)
    chosen = random.Random(5)  # noqa: S311
    ours, theirs = [], []
    for _ in range(ASKED):
        values = {"a": chosen.choice(CODES), "b": chosen.choice(CODES), "n": chosen.choice((100, 1000, 4000))}
        condition, where = asked.format(**values), QUESTIONS[asked].format(**values)
        took, page = _timed(lambda condition=condition: _page(store, sets, condition))  # type: ignore[misc]
        ours.append(took)
        statement = f"SELECT exporter, tonnes FROM movements WHERE {where} ORDER BY rowid LIMIT {PAGE}"  # noqa: S608
        took, rows = _timed(lambda statement=statement: indexed.execute(statement).fetchall())  # type: ignore[misc]
        theirs.append(took)
        assert [(row["exporter"], row["tonnes"]) for row in json.loads(page)] == rows
    print(f"{asked:48}{_said(ours)}   SQLite {_said(theirs)}")


def _page(store: Store, sets: Model, condition: str) -> str:
    asked = question(sets["movements"], sets, options([("$filter", condition)]))
    return json.dumps([asked.shape(row) for row in store.rows(asked.rows(PAGE))], default=str)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return (time.perf_counter() - started) * 1000, found


def _said(times: list[float]) -> str:
    return f"p50 {statistics.median(times):7.1f} ms  p95 {statistics.quantiles(times, n=20)[-1]:7.1f} ms"
