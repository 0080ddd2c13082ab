"""Names in six languages beside the tables: of countries and territories, and of the conventions.

They are no tables of the data package, but what `$expand` in OData leads to.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conventions import names
from conventions.languages import LANGUAGES
from conventions.texts import texts
from hub_config.open_data.datasets import FOLDER, Column

ANNOTATED = ("countries", "territories")
# The texts are those of `conventions.parties`, which the portal does not import: it starts without pandas.
CONVENTIONS = {
    "basel": "Basel Convention",
    "ban": "Ban Amendment",
    "rotterdam": "Rotterdam Convention",
    "stockholm": "Stockholm Convention",
}
IN_SIX = tuple(Column(f"name_{code}", "string", f"Name in {code} (BCP 47)", "", False) for code in LANGUAGES)


@dataclass(frozen=True)
class Named:
    """A table made from what the platform calls things."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[], list[tuple[str | None, ...]]]


def _places() -> list[tuple[str | None, ...]]:
    return [
        (
            row["alpha2"],
            row["alpha3"] or None,
            row["m49"] or None,
            row["region"] or None,
            row["subregion"] or None,
            *(names.country(row["alpha2"], code) for code in LANGUAGES),
        )
        for row in _read()
    ]


def _read() -> Iterator[dict[str, str]]:
    for name in ANNOTATED:
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _conventions() -> list[tuple[str | None, ...]]:
    return [(key, *(texts(code)(name) for code in LANGUAGES)) for key, name in CONVENTIONS.items()]


PLACES = Named(
    "places",
    "Countries and territories with their names",
    "Countries and territories of the tables, with M49 codes and their names in six languages (CLDR, and where they "
    "differ those that the United Nations use).",
    (
        Column("alpha2", "string", "ISO 3166-1 alpha-2; EU for the European Union", "", True),
        Column("alpha3", "string", "ISO 3166-1 alpha-3", "", False),
        Column("m49", "string", "M49 code, three digits", "", False),
        Column("region", "string", "M49 code of the region", "", False),
        Column("subregion", "string", "M49 code of the subregion", "", False),
        *IN_SIX,
    ),
    ("alpha2",),
    _places,
)
INSTRUMENTS = Named(
    "conventions",
    "Conventions with their names",
    "The three conventions and the Ban Amendment, with their names in six languages.",
    (Column("key", "string", "Key of the convention in the tables", "", True), *IN_SIX),
    ("key",),
    _conventions,
)
NAMED = (PLACES, INSTRUMENTS)
