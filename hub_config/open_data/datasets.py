"""The tables that are published, as their Frictionless data package describes them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT

FOLDER = ROOT / "conventions" / "data"
DESCRIPTION = "datapackage.json"

# The unit is the last word of a column's description: there is no property for it in Frictionless.
UNITS = {"tonnes": "t", "Per cent": "%"}
# Columns that hold one ISO 3166-1 alpha-2 code.
COUNTRIES = ("country", "exporter", "importer")


@dataclass(frozen=True)
class Column:
    """One column: `kind` is string, date, integer or number; `unit` a symbol or empty."""

    name: str
    kind: str
    description: str
    unit: str
    key: bool


@dataclass(frozen=True)
class Link:
    """Something named, with its address if it has one."""

    title: str
    address: str


@dataclass(frozen=True)
class Dataset:
    """One table; texts are in English as the package has them."""

    name: str
    title: str
    description: str
    file: Path
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sources: tuple[Link, ...]
    licences: tuple[Link, ...]

    @property
    def modified(self) -> datetime:
        """When the file was last written, to the second, as HTTP says it."""
        return datetime.fromtimestamp(int(self.file.stat().st_mtime), UTC)


class Package:
    """The data package in a folder, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.source = (folder / DESCRIPTION).read_bytes()
        self.described: Mapping[str, Any] = json.loads(self.source)
        found = (_dataset(folder, resource) for resource in self.described["resources"])
        self.datasets = {dataset.name: dataset for dataset in found}

    @cached_property
    def digest(self) -> str:
        """Another one when any table or its description is another."""
        digest = hashlib.sha256(self.source)
        for dataset in self.datasets.values():
            digest.update(hashlib.sha256(dataset.file.read_bytes()).digest())
        return digest.hexdigest()[:16]

    @cached_property
    def modified(self) -> datetime:
        """When the newest of the tables was written."""
        return max(dataset.modified for dataset in self.datasets.values())

    def __getitem__(self, name: str) -> Dataset:
        """The table of that name. Raises `unknown-table`."""
        if name not in self.datasets:
            message = N_("There is no table {table}. The list at /data has all there are.")
            raise ClearingHouseError("unknown-table", message, status=404, table=name)
        return self.datasets[name]


def _dataset(folder: Path, resource: Mapping[str, Any]) -> Dataset:
    key = tuple(resource["schema"].get("primaryKey", ()))
    return Dataset(
        name=resource["name"],
        title=resource["title"],
        description=resource["description"],
        file=folder / resource["path"],
        columns=tuple(_column(field, key) for field in resource["schema"]["fields"]),
        key=key,
        sources=_links(resource["sources"]),
        licences=_links(resource["licenses"]),
    )


def _column(field: Mapping[str, Any], key: tuple[str, ...]) -> Column:
    said = field.get("description", "")
    unit = next((symbol for word, symbol in UNITS.items() if said.partition(";")[0].endswith(word)), "")
    return Column(field["name"], field["type"], said, unit if field["type"] == "number" else "", field["name"] in key)


def _links(entries: list[Mapping[str, str]]) -> tuple[Link, ...]:
    return tuple(Link(entry["title"], entry.get("path", "")) for entry in entries)
