"""A widget: figures of countries and areas as bubbles on a map without borders, with the table they are from."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from conventions import names
from conventions.errors import ClearingHouseError
from conventions.texts import N_, Translate
from conventions.world import world
from widgets.asked import Asked
from widgets.figures import written
from widgets.places import region_of
from widgets.script import script, style
from widgets.source_note import source_note
from widgets.view import Choice, Column, Control, Figure, View

# The wording of the United Nations in English; in the other languages it is ours.
DISCLAIMER = N_(
    "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
    "acceptance by the United Nations."
)
LAND = N_("Land: Natural Earth.")
HINT = N_("The arrow keys go from bubble to bubble, the largest first.")
NOTHING = N_("No country or area has a figure.")
NEEDED = ("country", "source", "as_of", "verified")


def on_map(figure: Figure, codes: Sequence[str], translate: Translate) -> Figure:
    """`figure` (name, quantity, …; the largest first) as a map; `codes` are the alpha-2 codes of its rows.

    What has no quantity, or no place of its own such as the European Union, is in the table alone.
    """
    points = world().points
    return replace(
        figure,
        chart="bubbles",
        places=[points.get(code) for code in codes],
        hint=translate(HINT),
        remark=f"{translate(DISCLAIMER)} {translate(LAND)}",
    )


class BubbleMap(View):
    """One quantity of countries on the map, for a lesson.

    `frame` has the columns `country` (alpha-2), `value` (the quantity, not below zero, or missing), `source`, `as_of`
    (dates) and `verified`; `title` and `label` (quantity and unit) are words in the lesson's language. Refused with
    `column-missing`, `unknown-country`, `country-twice`, `quantity-bad`.
    """

    _esm = script("bubbles", "view")
    _css = style("view", "bubbles")
    name = "map"
    mapped = True

    def __init__(self, asked: Asked, frame: pd.DataFrame, value: str, *, title: str, label: str) -> None:
        _refuse(frame, value)
        self._frame = frame.sort_values([value, "country"], ascending=[False, True], na_position="last")
        self._value, self._title, self._label = value, title, label
        super().__init__(asked)

    def controls(self) -> list[Control]:
        """Nothing can be chosen."""
        return []

    def figures(self, choice: Choice) -> list[Figure]:  # noqa: ARG002
        """The map."""
        t, codes = self.translate, list(self._frame["country"])
        named = [names.country(code, self.asked.language) for code in codes]
        values = [None if pd.isna(value) else float(value) for value in self._frame[self._value]]
        known = sum(value is not None for value in values)
        said = N_("{n} countries and areas have a figure; the largest is {place} with {most}.")
        summary = t(said, n=known, place=named[0], most=written(values[0] or 0, t)) if known else t(NOTHING)
        columns = [Column(t(N_("Country or area"))), Column(self._label, "number")]
        rows: list[list[Any]] = [list(row) for row in zip(named, values, strict=True)]
        figure = Figure(name="map", title=self._title, summary=summary, columns=columns, rows=rows)
        return [on_map(figure, codes, t)]

    def note(self) -> str:
        """Date, source and unverified rows of the frame."""
        return source_note(self._frame, self.translate)


def _refuse(frame: pd.DataFrame, value: str) -> None:
    for column in (*NEEDED, value):
        if column not in frame:
            message = N_("The table has no column {column}. A map needs {columns}.")
            columns = ", ".join((*NEEDED, value))
            raise ClearingHouseError("column-missing", message, column=column, columns=columns)
    for code, count in Counter(frame["country"]).items():
        if code not in region_of():
            message = N_("{country} is no country or area of the tables. Write its code of two letters, such as KE.")
            raise ClearingHouseError("unknown-country", message, country=str(code))
        if count > 1:
            message = N_("{country} is in the table {count} times. Choose one year, or sum its rows up.")
            raise ClearingHouseError("country-twice", message, country=code, count=count)
    for code, quantity in zip(frame["country"], frame[value], strict=True):
        if not pd.isna(quantity) and not _is_quantity(quantity):
            message = N_("{country} has the quantity {value}. A bubble needs a number that is not below zero.")
            raise ClearingHouseError("quantity-bad", message, country=code, value=str(quantity))


def _is_quantity(value: object) -> bool:
    try:
        return math.isfinite(value) and value >= 0  # type: ignore[arg-type, operator]
    except TypeError:
        return False
