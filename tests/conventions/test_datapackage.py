"""`datapackage.json` describes every table, and every table is as it says."""

import csv
import json
from datetime import date, timedelta

import frictionless
import pandas as pd
import pytest

from conventions.tables import DATA, PACKAGE, resources, table

# The vocabulary's table is described with the vocabulary.
ELSEWHERE = {"terms.csv"}


def test_every_table_is_described() -> None:
    """No file of data is without a description, and none is described that is not there."""
    files = {path.name for path in DATA.iterdir() if path.name.endswith((".csv", ".csv.gz"))}
    assert files - ELSEWHERE == {resource["path"] for resource in resources().values()}


def test_the_package_is_valid() -> None:
    """Frictionless finds nothing: types, required values, patterns, ranges, unique keys and foreign keys hold."""
    report = frictionless.validate(str(PACKAGE))
    assert report.valid, report.to_summary()
    assert report.stats["tasks"] == len(resources()) == 21


def test_a_wrong_row_would_be_found() -> None:
    """The same validator refuses a country that the table of countries has not, and an act that there is not."""
    package = frictionless.Package(str(PACKAGE))
    with (DATA / "parties.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"country": "ZZ", "act": "handshake"}
    schema = package.get_resource("parties").schema.to_copy()
    package.set_resource(frictionless.Resource(name="parties", data=rows, schema=schema))
    errors = {error.type for task in package.validate().tasks for error in task.errors}
    assert {"constraint-error", "foreign-key"} <= errors


@pytest.mark.parametrize("name", resources())
def test_every_row_says_where_it_is_from(name: str) -> None:
    """Source, day and verification stand on every row; no day is to come or lies before the first convention."""
    frame = table(name)
    assert (frame["source"].str.len() > 0).all() and set(frame["verified"]) <= {"yes", "no"}
    if name != "parties_reported":
        tomorrow = pd.Timestamp(date.today() + timedelta(days=1))
        assert frame["as_of"].between(pd.Timestamp("1989-03-22"), tomorrow).all()


@pytest.mark.parametrize("name", resources())
def test_every_column_is_explained(name: str) -> None:
    """Each column has a sentence, each quantity its unit, each table its sources and licences."""
    resource = resources()[name]
    assert resource["title"] and resource["description"] and resource["sources"] and resource["licenses"]
    for field in resource["schema"]["fields"]:
        assert field["description"], field["name"]
        if field["type"] == "number":
            assert any(unit in field["description"] for unit in ("tonnes", "Per cent")), field["name"]


def test_the_package_is_written_in_one_way() -> None:
    """Two spaces would make it twice as long: one a level, with letters as they are."""
    text = PACKAGE.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
