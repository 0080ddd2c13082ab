"""The entity model: each table an entity set, with ways to the names of its countries and conventions."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from hub_config.open_data.datasets import COUNTRIES, Column, Dataset, Package
from hub_config.open_data.names import INSTRUMENTS, NAMED, PLACES, Named
from hub_config.open_data.store import Store

NAMESPACE, CONTAINER = "chm", "Container"
TYPES = {"string": "Edm.String", "date": "Edm.Date", "integer": "Edm.Int64", "number": "Edm.Double"}


@dataclass(frozen=True)
class Way:
    """A navigation property: the entity of `target` whose `key` equals the value of `column`."""

    name: str
    column: str
    target: str
    key: str


@dataclass(frozen=True)
class EntitySet:
    """One entity set; its type has the same name."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ways: Mapping[str, Way]
    table: Table

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


Model = Mapping[str, EntitySet]


def model(package: Package, store: Store) -> Model:
    """All entity sets by name."""
    sets = {}
    described: list[Dataset | Named] = [*package.datasets.values(), *NAMED]
    for one in described:
        ways = {way.name: way for column in one.columns for way in _ways(column.name)}
        said = f"{one.title}. {one.description}"
        sets[one.name] = EntitySet(one.name, said, one.columns, one.key, ways, store.tables[one.name])
    return sets


def entity_set(sets: Model, name: str) -> EntitySet:
    """The entity set of that name. Raises `odata-unknown-set`."""
    if name not in sets:
        message = N_("There is no entity set {name}. The service document at /odata/v4/ lists them all.")
        raise ClearingHouseError("odata-unknown-set", message, status=404, name=name)
    return sets[name]


def _ways(column: str) -> tuple[Way, ...]:
    if column in COUNTRIES:
        return (Way(f"{column}_place", column, PLACES.name, "alpha2"),)
    return (Way("convention_label", column, INSTRUMENTS.name, "key"),) if column == "convention" else ()
