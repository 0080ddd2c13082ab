"""The tables in `conventions/data`, read as `datapackage.json` describes them and handed out as copies."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from conventions.errors import ClearingHouseError
from conventions.texts import N_

DATA = Path(__file__).parent / "data"
PACKAGE = DATA / "datapackage.json"

DTYPES = {"string": "string", "date": "string", "integer": "Int64", "number": "float64"}

WRONG = N_(
    "The data file {file} cannot be used: it is not as datapackage.json describes it ({reason}). "
    "Restore the file of the release, or compile it again."
)


def table(name: str) -> pd.DataFrame:
    """The table that `datapackage.json` calls `name`; a copy: change it as you like.

    Text is of pandas' type `string` and empty where nothing is known; dates are of type `datetime64` or NaT;
    integers are `Int64` or NA; numbers are `float64` or NaN. Raises `wrong-table`.
    """
    return _table(name).copy()


@cache
def _table(name: str) -> pd.DataFrame:
    resource = resources()[name]
    return read(DATA / resource["path"], resource["schema"]["fields"])


@cache
def resources() -> dict[str, dict[str, Any]]:
    """What `datapackage.json` says of each table, by its name."""
    package = json.loads(PACKAGE.read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def read(path: Path, fields: list[dict[str, Any]]) -> pd.DataFrame:
    """A CSV file with exactly these `fields` (Frictionless: `name`, `type`). Raises `wrong-table`."""
    types = {field["name"]: field["type"] for field in fields}
    numbers = [name for name, kind in types.items() if kind in {"integer", "number"}]
    try:
        frame = pd.read_csv(
            path,
            dtype={name: DTYPES[kind] for name, kind in types.items()},
            keep_default_na=False,
            na_values={name: [""] for name in numbers},
        )
        _refuse_other_columns(list(frame.columns), list(types))
        for name in (name for name, kind in types.items() if kind == "date"):
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d")
    except (OSError, ValueError, TypeError, EOFError) as fault:
        raise ClearingHouseError("wrong-table", WRONG, status=500, file=path.name, reason=str(fault)) from fault
    return frame


def _refuse_other_columns(found: list[str], expected: list[str]) -> None:
    if found != expected:
        raise ValueError(f"{', '.join(found)} ≠ {', '.join(expected)}")
