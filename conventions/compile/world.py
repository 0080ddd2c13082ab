"""`world.json`: the world's land as one drawn outline without borders, and a point for each country and area.

Made from the npm package `world-atlas` 2.0.2 (ISC), which holds Natural Earth 4.1.0 (public domain) as TopoJSON:
`land-110m.json` for the land, `countries-10m.json` for the points. Borders are not drawn, so that none is taken sides
on; a point only says where a country's figure stands. Antarctica, of which no table speaks, is left out.
"""

import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from conventions.compile.countries import known
from conventions.tables import DATA

Point = tuple[float, float]
Ring = list[Point]

SOURCE = "Natural Earth 4.1.0 by way of world-atlas 2.0.2"
LICENCE = "public domain (Natural Earth); ISC (world-atlas)"
AS_OF = "2018"  # the year of Natural Earth 4.1.0
WIDTH = 1000
SOUTHERNMOST = -58
# Square units of the drawing; a smaller island cannot be seen.
SMALLEST = 3
# The Equal Earth projection: Šavrič, Patterson and Jenny, 2018, https://doi.org/10.1080/13658816.2018.1504949
A = (1.340264, -0.081106, 0.000893, 0.003796)
# Overseas departments that the source draws as parts of France; longitude and latitude to half a degree.
BY_HAND = {"GF": (-53.0, 4.0), "GP": (-61.5, 16.0), "MQ": (-61.0, 14.5), "RE": (55.5, -21.0)}


def main(folder: Path, into: Path = DATA) -> None:
    """Write `world.json` from the package's folder."""
    land = [ring for ring in map(_projected, _land(folder)) if abs(_area(ring)) >= SMALLEST]
    top, bottom = min(y for ring in land for _, y in ring), max(y for ring in land for _, y in ring)
    shifted = [[(x, y - top) for x, y in ring] for ring in land]
    points = {code: _at(*place, top) for code, place in sorted(_places(folder).items())}
    world = {
        **{"source": SOURCE, "as_of": AS_OF, "licence": LICENCE},
        **{"width": WIDTH, "height": math.ceil(bottom - top)},
        **{"land": "".join(map(_path, shifted)), "points": points},
    }
    (into / "world.json").write_text(json.dumps(world, separators=(",", ":")) + "\n", encoding="utf-8")


def project(longitude: float, latitude: float) -> Point:
    """Degrees to units of the drawing, from its left edge and down from the equator, by Equal Earth."""
    slant = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    s2 = slant * slant
    s6 = s2**3
    slope = A[0] + 3 * A[1] * s2 + s6 * (7 * A[2] + 9 * A[3] * s2)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(slant) / slope
    y = slant * (A[0] + A[1] * s2 + s6 * (A[2] + A[3] * s2))
    scale = WIDTH / (2 * 2 * math.sqrt(3) / 3 * math.pi / A[0])
    return WIDTH / 2 + x * scale, -y * scale


def _at(longitude: float, latitude: float, top: float) -> list[int]:
    x, y = project((longitude + 180) % 360 - 180, latitude)
    return [round(x), round(y - top)]


def _land(folder: Path) -> Iterator[Ring]:
    atlas = _read(folder, "land-110m.json")
    for geometry in atlas["objects"]["land"]["geometries"]:
        for ring in _outlines(geometry, _arcs(atlas)):
            if max(latitude for _, latitude in ring) > SOUTHERNMOST:
                yield from _within(ring)


def _places(folder: Path) -> dict[str, Point]:
    """Longitude and latitude of the middle of each country's largest piece of land, by alpha-2 code."""
    atlas = _read(folder, "countries-10m.json")
    arcs = _arcs(atlas)
    codes = {row["m49"]: row["alpha2"] for row in known().to_dict("records") if row["m49"]}
    largest: dict[str, Ring] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        if code := codes.get(shape.get("id", "")):
            rings = [*_outlines(shape, arcs), *filter(None, [largest.get(code)])]
            largest[code] = max(rings, key=lambda ring: abs(_area(ring)))
    middles = {code: _middle(ring) for code, ring in largest.items()}
    return middles | BY_HAND


def _read(folder: Path, name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return read


def _arcs(atlas: dict[str, Any]) -> list[Ring]:
    """TopoJSON keeps each arc once, as steps on a grid."""
    (kx, ky), (dx, dy) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for steps in atlas["arcs"]:
        x = y = 0
        arc = []
        for step in steps:
            x, y = x + step[0], y + step[1]
            arc.append((x * kx + dx, y * ky + dy))
        arcs.append(arc)
    return arcs


def _outlines(geometry: dict[str, Any], arcs: list[Ring]) -> Iterator[Ring]:
    """The outer ring of each polygon: an arc with a negative number runs backwards."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for outer, *_ in polygons:
        pieces = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in outer]
        yield _unbroken([point for piece in pieces for point in piece[:-1]])


def _unbroken(ring: Ring) -> Ring:
    """The ring with longitudes that go on beyond 180° where it crosses that meridian, in place of a leap."""
    turns = 0
    made = [ring[0]]
    for (before, _), (x, y) in pairwise(ring):
        turns += 1 if x - before < -180 else -1 if x - before > 180 else 0
        made.append((x + 360 * turns, y))
    return made


def _within(ring: Ring) -> Iterator[Ring]:
    """What of a ring lies between 180° west and east: a part on each side of the map if it crosses that meridian."""
    for turn in (-360, 0, 360):
        moved = [(x + turn, y) for x, y in ring]
        for edge, side in ((-180, 1), (180, -1)):
            moved = _cut(moved, edge, side)
        if moved:
            yield moved


def _cut(ring: Ring, edge: float, side: int) -> Ring:
    """The ring cut at a meridian; `side` 1 keeps what is east of it, -1 what is west."""
    made: Ring = []
    for (x1, y1), (x2, y2) in _closed(ring) if ring else ():
        inside = [(x - edge) * side >= 0 for x in (x1, x2)]
        made += [(x1, y1)] if inside[0] else []
        made += [(edge, y1 + (y2 - y1) * (edge - x1) / (x2 - x1))] if inside[0] != inside[1] else []
    return made


def _closed(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return pairwise([*ring, ring[0]])


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _closed(ring)) / 2


def _middle(ring: Ring) -> Point:
    """The centre of an outline; of an atoll that the source's grid leaves no area, the mean of its points."""
    (x0, y0), area = ring[0], _area(ring)
    if not area:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    # Seen from its first point, or a small island far from 0° loses digits.
    near = [(x - x0, y - y0) for x, y in ring]
    parts = [(a[0] + b[0], a[1] + b[1], a[0] * b[1] - b[0] * a[1]) for a, b in _closed(near)]
    return x0 + sum(x * w for x, _, w in parts) / (6 * area), y0 + sum(y * w for _, y, w in parts) / (6 * area)


def _projected(ring: Ring) -> Ring:
    return [project(*point) for point in ring]


def _path(ring: Ring) -> str:
    """An SVG path in whole units, each step from the point before."""
    points = [(round(x), round(y)) for x, y in ring]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps if x or y) + "z"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
