"""A question to an entity set: the system query options, read strictly, as a statement and the shape of its rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause
from sqlalchemy.types import Boolean, NullType

from conventions.texts import N_
from hub_config.open_data.odata.expressions import KIND, SYNTAX, Expressions, refused, translated, unknown_property
from hub_config.open_data.odata.model import EntitySet, Model

LARGEST_PAGE = 1_000
KNOWN = ("$filter", "$select", "$orderby", "$top", "$skip", "$count", "$expand", "$format")
# What OData has and this service does not.
NOT_HERE = ("$search", "$apply", "$compute", "$index", "$schemaversion", "$skiptoken", "$deltatoken", "$id", "$levels")
EXPANDED = re.compile(r"(?P<way>\w+|\*)(?:\((?P<options>[^()]*)\))?")
SORTED = re.compile(r"(?P<path>\w+(?:/\w+)?)(?:\s+(?P<way>asc|desc))?")
COMMAS = re.compile(r",(?![^()]*\))")

UNKNOWN = N_("{target} is no query option of OData. This service has: {known}.")
ABSENT = N_("This service does not have the query option {target}. It has: {known}.")
TWICE = N_("The query option {target} is given more than once.")
NUMBER = N_("{target} must be a whole number, zero or more, in digits. It cannot be “{value}”.")
BOOLEAN = N_("{target} must be true or false. It cannot be “{value}”.")


@dataclass(frozen=True)
class Question:
    """What is asked of one entity set; `expanded` has the columns wanted of each way."""

    entity: EntitySet
    selected: tuple[str, ...]
    expanded: Mapping[str, tuple[str, ...]]
    top: int | None
    skip: int
    count: bool
    order: Sequence[ColumnElement[Any]]
    where: ColumnElement[Any] | None
    expressions: Expressions = field(repr=False)

    def rows(self, size: int) -> Select[Any]:
        """The statement for `size` rows after those to skip."""
        columns = [self.entity.table.c[name].label(name) for name in self.selected]
        for way, names in self.expanded.items():
            target = self.expressions.along(way)
            columns += [target.c[name].label(f"{way}/{name}") for name in names]
        asked = self._restricted(select(*columns).select_from(self._tables())).limit(size).offset(self.skip)
        # One table alone is read in the order of its file; else that order is asked for, so that between rows that are
        # alike no page repeats or leaves out one.
        alone = not self.order and not self.expressions.joined
        last: ColumnElement[Any] = literal_column(f'"{self.entity.name}".rowid')
        return asked if alone else asked.order_by(*self.order, last)

    def total(self) -> Select[Any]:
        """The statement for the number of rows, all pages together."""
        return self._restricted(select(func.count()).select_from(self._tables()))

    def shape(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of the statement as an entity, what is expanded inside it."""
        made = {name: row[name] for name in self.selected}
        for way, names in self.expanded.items():
            found = {name: row[f"{way}/{name}"] for name in names}
            made[way] = found if any(value is not None for value in found.values()) else None
        return made

    def context(self) -> str:
        """The part of the context address that says which properties are in the answer."""
        narrowed = () if self.selected == self.entity.properties else self.selected
        inside = [f"{way}({','.join(names)})" for way, names in self.expanded.items()]
        return f"({','.join([*narrowed, *inside])})" if narrowed or inside else ""

    def _tables(self) -> FromClause:
        tables: FromClause = self.entity.table
        for name, target in self.expressions.joined.items():
            way = self.entity.ways[name]
            tables = tables.outerjoin(target, self.entity.table.c[way.column] == target.c[way.key])
        return tables

    def _restricted(self, statement: Select[Any]) -> Select[Any]:
        return statement if self.where is None else statement.where(self.where)


def options(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The system query options; others are the caller's own and are left alone.

    Raises `odata-option`, `odata-option-unsupported`, `odata-repeated`.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if not name.startswith("$"):
            continue
        if name in NOT_HERE:
            raise refused("odata-option-unsupported", ABSENT, name, status=501, known=", ".join(KNOWN))
        if name not in KNOWN:
            raise refused("odata-option", UNKNOWN, name[:50], known=", ".join(KNOWN))
        if name in found:
            raise refused("odata-repeated", TWICE, name)
        found[name] = value.strip()
    return found


def question(entity: EntitySet, sets: Model, given: Mapping[str, str]) -> Question:
    """The question that the options ask. Raises what `translated` does, `odata-value` and `odata-property`."""
    expressions = Expressions(entity, sets)
    asked = given.get("$filter")
    where = None if asked is None else translated(expressions, asked, "$filter")
    # DuckDB's own functions have no type here; it says itself what is no condition.
    if where is not None and not isinstance(where.type, Boolean | NullType):
        raise refused("odata-type", KIND, "$filter")
    return Question(
        entity=entity,
        selected=_selected(entity, given.get("$select")),
        expanded=_expanded(entity, sets, given.get("$expand")),
        top=_number(given, "$top"),
        skip=_number(given, "$skip") or 0,
        count=_boolean(given, "$count"),
        order=_order(expressions, given.get("$orderby")),
        where=where,
        expressions=expressions,
    )


def _selected(entity: EntitySet, given: str | None, target: str = "$select") -> tuple[str, ...]:
    """In the order of the table, each once."""
    if given is None:
        return entity.properties
    names = [name.strip() for name in given.split(",")]
    for name in names:
        if name not in (*entity.properties, *entity.ways, "*"):
            raise unknown_property(entity, name, target)
    return tuple(name for name in entity.properties if name in names or "*" in names)


def _expanded(entity: EntitySet, sets: Model, given: str | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for part in COMMAS.split(given) if given is not None else ():
        match = EXPANDED.fullmatch(part.strip())
        if match is None:
            raise refused("odata-syntax", SYNTAX, "$expand", part=part[:40])
        nested = options(tuple(one.partition("=")[::2]) for one in (match["options"] or "").split(";") if one)
        if other := next((name for name in nested if name != "$select"), ""):
            raise refused("odata-option-unsupported", ABSENT, f"$expand/{other}", status=501, known="$select")
        for way in entity.ways if match["way"] == "*" else (match["way"],):
            if way not in entity.ways:
                raise unknown_property(entity, way, "$expand")
            found[way] = _selected(sets[entity.ways[way].target], nested.get("$select"), "$expand/$select")
    return found


def _order(expressions: Expressions, given: str | None) -> list[ColumnElement[Any]]:
    """What is not known comes before all that is."""
    found: list[ColumnElement[Any]] = []
    for part in given.split(",") if given is not None else ():
        match = SORTED.fullmatch(part.strip())
        if match is None:
            raise refused("odata-syntax", SYNTAX, "$orderby", part=part[:40])
        column = translated(expressions, match["path"], "$orderby")
        found.append(column.desc().nulls_last() if match["way"] == "desc" else column.asc().nulls_first())
    return found


def _number(given: Mapping[str, str], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", value):
        raise refused("odata-value", NUMBER, name, value=value[:50])
    return int(value)


def _boolean(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "false")
    if value not in ("true", "false"):
        raise refused("odata-value", BOOLEAN, name, value=value[:50])
    return value == "true"
