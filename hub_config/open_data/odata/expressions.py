"""OData expressions as SQLAlchemy ones, by odata-query, with OData's null, text and number rules kept."""

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from odata_query import ast
from odata_query.exceptions import (
    ArgumentCountException,
    InvalidFieldException,
    ODataException,
    TokenizingException,
    UnknownFunctionException,
    UnsupportedFunctionException,
)
from odata_query.grammar import ODataLexer, ODataParser
from odata_query.sqlalchemy.core import AstToSqlAlchemyCoreVisitor
from sqlalchemy import ColumnElement, Integer, false, func
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.selectable import FromClause

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from hub_config.open_data.odata.model import EntitySet, Model

LONGEST = 2_000

SYNTAX = N_(
    "{target} cannot be read at “{part}”. It is an OData expression, such as: year ge 2015 and country eq 'KE'."
)
PROPERTY = N_("{target} names the property {property}, which {name} does not have. It has: {properties}.")
FUNCTION = N_("{target} uses the function {function}, which this service does not have.")
KIND = N_("{target} compares or computes what cannot be compared or computed: a number with a text, for example.")
LONG = N_("{target} has more than {limit} characters. Ask in several questions.")


class Expressions(AstToSqlAlchemyCoreVisitor):
    """Translates for one entity set; `joined` gathers the ways that expressions went, as aliased tables."""

    def __init__(self, entity: EntitySet, sets: Model) -> None:
        super().__init__(entity.table)  # type: ignore[arg-type]  # a table, whatever the library's annotation says
        self.entity = entity
        self.sets = sets
        self.joined: dict[str, FromClause] = {}
        self._denied = 0

    def along(self, way: str) -> FromClause:
        """The table that a navigation property leads to."""
        if way not in self.entity.ways:
            raise InvalidFieldException(way)
        return self.joined.setdefault(way, self.sets[self.entity.ways[way].target].table.alias(way))

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if not isinstance(node.owner, ast.Identifier) or node.attr not in self.along(node.owner.name).c:
            raise InvalidFieldException(str(node.attr))
        return self.along(node.owner.name).c[node.attr]

    def visit_Compare(self, node: ast.Compare) -> Any:
        """Nothing is not equal to something, and neither below nor above it: never unknown, as it is in SQL."""
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.comparator, ast.NotEq):
            return left.is_distinct_from(right)
        compared = self.visit(node.comparator)(left, right)
        unknown = self._denied and ast.Null not in {type(node.left), type(node.right)}
        return func.coalesce(compared, false()) if unknown else compared

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        self._denied += isinstance(node.op, ast.Not)
        try:
            return super().visit_UnaryOp(node)
        finally:
            self._denied -= isinstance(node.op, ast.Not)

    def visit_USub(self, _node: ast.USub) -> Any:
        return lambda value: -value

    def visit_Div(self, _node: ast.Div) -> Any:
        """Whole numbers are divided to a whole one."""
        return lambda a, b: a.op("//")(b) if _whole(a) and _whole(b) else a / b

    def visit_Call(self, node: ast.Call) -> Any:
        """Not those of a namespace, such as `geo.length`, which the library would take for `length`."""
        if node.func.namespace:
            raise UnsupportedFunctionException(".".join((*node.func.namespace, node.func.name)))
        return super().visit_Call(node)

    def func_matchespattern(self, field: Any, pattern: Any) -> Any:
        return func.regexp_matches(self.visit(field), self.visit(pattern))

    def func_indexof(self, first: Any, second: Any) -> Any:
        return func.strpos(self.visit(first), self.visit(second)) - 1

    def _substr_function(self, field: Any, substr: Any, func: str) -> Any:
        """Letter by letter: in a `LIKE` the signs % and _ would stand for others."""
        return LITERALLY[func](self.visit(field), self.visit(substr))


LITERALLY: Mapping[str, Any] = {
    "contains": func.contains,
    "startswith": func.starts_with,
    "endswith": func.ends_with,
}


def translated(expressions: Expressions, text: str, target: str) -> ColumnElement[Any]:
    """The expression `text`, which is the value of the option `target`.

    Raises `odata-syntax`, `odata-property`, `odata-function`, `odata-type`, `odata-too-long`.
    """
    if len(text) > LONGEST:
        raise refused("odata-too-long", LONG, target, limit=LONGEST)
    try:
        found: ColumnElement[Any] = expressions.visit(ODataParser().parse(_tokens(text)))
    except InvalidFieldException as fault:
        raise unknown_property(expressions.entity, fault.field_name, target) from fault
    except (UnknownFunctionException, UnsupportedFunctionException) as fault:
        raise refused("odata-function", FUNCTION, target, status=501, function=fault.function_name) from fault
    except (TokenizingException, ArgumentCountException, ODataException) as fault:
        part = text if (place := _place(fault)) is None else text[place : place + 40]
        raise refused("odata-syntax", SYNTAX, target, part=part) from fault
    except (TypeError, ValueError, AttributeError, NotImplementedError, RecursionError, SQLAlchemyError) as fault:
        raise refused("odata-type", KIND, target) from fault
    if not isinstance(found, ColumnElement):
        raise refused("odata-type", KIND, target)
    return found


def literal(text: str) -> Any:
    """The value of a literal in an address, such as `'KE'` or `2019`. Raises `odata-syntax`."""
    try:
        (token,) = ODataLexer().tokenize(text)
        return token.value.py_val
    except (ODataException, ValueError, AttributeError) as fault:
        raise refused("odata-syntax", SYNTAX, "key", part=text[:40]) from fault


def refused(code: str, message: str, target: str, *, status: int = 400, **values: Any) -> ClearingHouseError:
    """The error of a question that cannot be answered; `target` is the option at fault."""
    return ClearingHouseError(code, message, status=status, target=target, **values)


def unknown_property(entity: EntitySet, name: str, target: str) -> ClearingHouseError:
    """The error for a property that there is not, naming those that there are."""
    there_are = ", ".join((*entity.properties, *entity.ways))
    return refused("odata-property", PROPERTY, target, property=name[:100], name=entity.name, properties=there_are)


def _tokens(text: str) -> Iterator[Any]:
    """The library's tokens; a list of one, `in ('KE')`, gets the comma by which the library knows lists."""
    found = list(ODataLexer().tokenize(text))
    for place, token in enumerate(found):
        yield token
        before = [other.type for other in found[max(0, place - 2) : place] if other.type != "WS"]
        after = [other.type for other in found[place + 1 :] if other.type != "WS"][:1]
        if before[-2:] == ["IN", "("] and after == [")"] and token.type != "WS":
            comma = copy(token)
            comma.type = comma.value = ","
            yield comma


def _place(fault: ODataException) -> int | None:
    token = getattr(fault, "token", None)
    return getattr(token, "index", None)


def _whole(value: Any) -> bool:
    return isinstance(getattr(value, "type", None), Integer)
