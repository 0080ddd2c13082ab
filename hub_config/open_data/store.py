"""The tables in a DuckDB file, made from the CSV files once a release and read only from then on."""

import csv
import gzip
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Column, Date, Double, Integer, MetaData, Select, String, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import quoted_name

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from hub_config.open_data.datasets import Dataset, Package
from hub_config.open_data.names import NAMED, Named

# In the file's name: another way to make it makes another file.
EDITION = "1"
LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "256MB",
    "threads": 2,
    "enable_external_access": False,
    "lock_configuration": True,
}
STORED = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE"}
TYPES: Mapping[str, type[String] | type[Date] | type[Integer] | type[Double[float]]] = {
    "string": String,
    "date": Date,
    "integer": Integer,
    "number": Double,
}
# How long one question may be computed; the slowest over a million rows takes a hundredth of it.
SECONDS = 5.0
LONG = N_(
    "This would take more than {seconds} s to answer, and was given up. Ask for less, with a narrower condition, or "
    "take the whole table as a file."
)
LARGE = N_(
    "This needs more memory than one question may have. Ask for less, with a narrower condition, or take the whole "
    "table as a file."
)
# DuckDB's SQL is nearly PostgreSQL's; values never stand in it.
DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What a table's page and its descriptions say of it: `verified` is a share; the two days are ISO dates or less."""

    rows: int
    verified: float
    first: str
    last: str
    origins: tuple[str, ...]


class Store:
    """Answers SQLAlchemy selects on `tables`; safe to use from several threads.

    What takes longer than `seconds` is given up (`question-too-long`), and so is what needs more memory than there is
    for a question (`question-too-large`).
    """

    def __init__(self, package: Package, folder: Path, seconds: float = SECONDS) -> None:
        self._package = package
        self._folder = folder
        self._seconds = seconds
        self._lock = threading.Lock()
        self._facts: dict[str, Facts] = {}
        metadata = MetaData()
        described: list[Dataset | Named] = [*package.datasets.values(), *NAMED]
        self.tables = {one.name: _table(metadata, one) for one in described}

    def rows(self, query: Select[Any]) -> list[Row]:
        """The rows of a query, by the names of their columns. Raises `duckdb.Error` for what cannot be computed."""
        with self._answering(query) as cursor:
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def number(self, query: Select[Any]) -> int:
        """The one number that a query answers."""
        with self._answering(query) as cursor:
            found = cursor.fetchone()
            return int(found[0]) if found else 0

    def facts(self, name: str) -> Facts:
        """What is known of a table as a whole; counted once."""
        if name not in self._facts:
            self._facts[name] = self._count(name)
        return self._facts[name]

    def parquet(self, name: str) -> Path:
        """The table as a Parquet file, with its title, source and licence in it."""
        dataset = self._package[name]
        path = self._folder / f"{name}-{self._package.digest}.parquet"
        if not path.exists():
            said = {
                "title": dataset.title,
                "description": dataset.description,
                "sources": "; ".join(link.title for link in dataset.sources),
                "licences": "; ".join(link.title for link in dataset.licences),
            }
            _whole(path, lambda place: self._write(name, place, said))
        return path

    def _write(self, name: str, place: Path, said: Mapping[str, str]) -> None:
        marks = ", ".join(f"{key}: {_text(value)}" for key, value in said.items())
        self.facts(name)  # makes the file
        with duckdb.connect() as writer:
            writer.execute(f"ATTACH {_text(str(self._file))} AS open_data (READ_ONLY)")
            writer.execute(
                f"COPY open_data.{_name(name)} TO {_text(str(place))} "
                f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{marks}}})"
            )

    @contextmanager
    def _answering(self, query: Select[Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        compiled = query.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        values = [compiled.params[name] for name in compiled.positiontup or ()]
        cursor = self._connection.cursor()
        late = threading.Timer(self._seconds, cursor.interrupt)
        late.start()
        try:
            yield cursor.execute(str(compiled), values)
        except duckdb.InterruptException as fault:
            raise ClearingHouseError("question-too-long", LONG, seconds=f"{self._seconds:g}") from fault
        except duckdb.OutOfMemoryException as fault:
            raise ClearingHouseError("question-too-large", LARGE) from fault
        finally:
            late.cancel()
            cursor.close()

    def _count(self, name: str) -> Facts:
        columns = [column.name for column in self.tables[name].columns]
        verified = "avg((verified = 'yes')::INT)" if "verified" in columns else "0"
        days = "min(as_of)::VARCHAR, max(as_of)::VARCHAR" if "as_of" in columns else "'', ''"
        cursor = self._connection.cursor()
        found = cursor.execute(f"SELECT count(*), {verified}, {days} FROM {_name(name)}").fetchone()  # noqa: S608
        rows, share, first, last = found or (0, 0, "", "")
        origins = cursor.execute(
            f"SELECT source FROM {_name(name)} GROUP BY source ORDER BY count(*) DESC, source"  # noqa: S608
        ).fetchall()
        return Facts(rows, share or 0, first or "", last or "", tuple(origin for (origin,) in origins))

    @property
    def _file(self) -> Path:
        return self._folder / f"tables-{EDITION}-{self._package.digest}.duckdb"

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if not self._file.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                _whole(self._file, self._build)
        return duckdb.connect(str(self._file), read_only=True, config=LIMITS)

    def _build(self, place: Path) -> None:
        with duckdb.connect(str(place)) as made:
            for dataset in self._package.datasets.values():
                _load(made, dataset)
            for named in NAMED:
                _fill(made, named)


def _load(made: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
    """One CSV file, in its own order; what is empty is null. Raises `wrong-table`."""
    columns = {column.name: STORED[column.kind] for column in dataset.columns}
    try:
        _refuse_other_columns(dataset.file, list(columns))
        made.execute(
            f"CREATE TABLE {_name(dataset.name)} AS SELECT * FROM "  # noqa: S608
            "read_csv($file, header = true, columns = $columns, nullstr = '', "
            "delim = ',', quote = '\"', escape = '\"')",
            {"file": str(dataset.file), "columns": columns},
        )
    except (duckdb.Error, OSError, ValueError, StopIteration) as fault:
        message = N_(
            "The data file {file} cannot be published: it is not as datapackage.json describes it ({reason}). "
            "Restore the file of the release."
        )
        raise ClearingHouseError(
            "wrong-table", message, status=500, file=dataset.file.name, reason=str(fault)
        ) from fault


def _refuse_other_columns(path: Path, expected: Sequence[str]) -> None:
    """DuckDB would take columns by their place, whatever they are called."""
    opened = gzip.open if path.suffix == ".gz" else Path.open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        found = next(csv.reader(file))
    if found != list(expected):
        raise ValueError(f"{', '.join(found)} ≠ {', '.join(expected)}")


def _fill(made: duckdb.DuckDBPyConnection, named: Named) -> None:
    columns = ", ".join(f"{_name(column.name)} {STORED[column.kind]}" for column in named.columns)
    made.execute(f"CREATE TABLE {_name(named.name)} ({columns})")
    places = ", ".join("?" for _ in named.columns)
    made.executemany(f"INSERT INTO {_name(named.name)} VALUES ({places})", named.rows())  # noqa: S608


def _whole(path: Path, make: Callable[[Path], None]) -> None:
    """Make a file beside its place, so that nobody ever sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    draft.unlink(missing_ok=True)
    try:
        make(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _table(metadata: MetaData, described: Dataset | Named) -> Table:
    columns = [Column(quoted_name(column.name, True), TYPES[column.kind]) for column in described.columns]
    return Table(quoted_name(described.name, True), metadata, *columns)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
