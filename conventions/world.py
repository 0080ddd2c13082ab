"""The world to draw on: land without borders and a point for each country and area, as `compile/world.py` made them.

Source: Natural Earth (public domain) by way of the npm package world-atlas. No border is drawn, and a point says no
more than where a country's figure stands.
"""

import json
from dataclasses import dataclass
from functools import cache

from conventions.tables import DATA


@dataclass(frozen=True)
class World:
    """A drawing of `width` × `height` units: `land` is an SVG path, `points` (alpha-2 → x, y) lie on it."""

    source: str
    as_of: str
    licence: str
    width: int
    height: int
    land: str
    points: dict[str, tuple[int, int]]


@cache
def world() -> World:
    """The world in the Equal Earth projection, without Antarctica."""
    read = json.loads((DATA / "world.json").read_text(encoding="utf-8"))
    return World(**read | {"points": {code: (x, y) for code, (x, y) in read["points"].items()}})
