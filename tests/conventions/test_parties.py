"""The table of Parties: complete against its sources, dated, sourced, without false Parties."""

import csv
from datetime import date, timedelta

import pandas as pd
import pytest

from conventions.compile.parties import TREATIES, in_force
from conventions.countries import countries
from conventions.parties import CONVENTIONS, PARTIES, parties, reported, signatories

# Instruments that the UN Treaty Collection lists in March 2015, and those taken from the second source and from others.
COUNTED = {"basel": 181 + 10, "ban": 79 + 13, "rotterdam": 154 + 11 + 1, "stockholm": 179 + 6}
COLUMNS = ["convention", "country", "signed", "deposited", "act", "in_force", "source", "as_of", "verified"]


def test_as_many_parties_as_the_sources_give() -> None:
    """No instrument was lost and none counted twice on the way from the sources."""
    frame = parties()
    assert frame["convention"].value_counts().to_dict() == COUNTED
    assert not frame.duplicated(["convention", "country"]).any()
    assert list(frame.columns) == COLUMNS


@pytest.mark.parametrize("country", ["US", "HT"])
def test_signatories_are_not_parties(country: str) -> None:
    """The United States and Haiti signed but deposited nothing; one of the sources wrongly lists the first."""
    assert country not in set(parties()["country"])
    assert country in set(signatories()["country"])


@pytest.mark.parametrize(
    ("convention", "countries_without"),
    [
        ("basel", "FJ HT NU SS TL US VA"),
        ("ban", "AU CA IN JP KR MX NZ RU US"),
        ("rotterdam", "FJ HT SS TL TM US UZ"),
        ("stockholm", "BN HT IL MY SM SS TL TM US"),
    ],
)
def test_countries_that_are_no_parties(convention: str, countries_without: str) -> None:
    """Countries known not to be Parties, some of them listed wrongly by one of the sources, are not in the table."""
    frame = parties()
    assert not set(frame.loc[frame["convention"] == convention, "country"]) & set(countries_without.split())


def test_no_signatory_is_a_party() -> None:
    """The two tables have no convention and country in common, and together as many signatures as the source."""
    frame, signed = parties(), signatories()
    assert not set(zip(signed["convention"], signed["country"], strict=True)) & set(
        zip(frame["convention"], frame["country"], strict=True)
    )
    assert signed["convention"].value_counts().to_dict() == {"rotterdam": 5, "stockholm": 5, "basel": 2}


def test_what_was_added_from_elsewhere_is_not_verified() -> None:
    """Rows from neither of the two sources name theirs and are not verified."""
    frame = parties()
    added = frame[
        ~frame["source"].isin(["UN Treaty Collection, chapter XXVII", "globalgov/manytreaties 1.0.0 (CC BY 4.0)"])
    ]
    assert len(added) == 20 and set(added["verified"]) == {"no"}


@pytest.mark.parametrize(
    ("convention", "country", "deposited", "act", "force"),
    [
        ("basel", "TR", "1994-06-22", "ratification", "1994-09-20"),
        ("basel", "EU", "1994-02-07", "approval", "1994-05-08"),
        ("basel", "SK", "1993-05-28", "succession", "1993-05-28"),
        ("rotterdam", "BB", "2020-10-08", "ratification", "2021-01-06"),
        ("stockholm", "CI", "2004-01-20", "ratification", "2004-05-17"),
        ("ban", "MK", "2004-11-18", "ratification", "2019-12-05"),
    ],
)
def test_parties_under_old_and_new_names(convention: str, country: str, deposited: str, act: str, force: str) -> None:
    """Renamed countries, the EU, an accent and a successor State have found their codes, dates and acts."""
    rows = csv.DictReader(PARTIES.read_text(encoding="utf-8").splitlines())
    row = next(row for row in rows if (row["convention"], row["country"]) == (convention, country))
    assert (row["deposited"], row["act"], row["in_force"]) == (deposited, act, force)


def test_dates_are_in_order() -> None:
    """Signed, then deposited, then in force, and never before the convention itself."""
    frame = parties()
    signed = frame.dropna(subset=["signed"])
    assert (signed["signed"] <= signed["deposited"]).all()
    assert (frame["deposited"] <= frame["in_force"]).all()
    assert (frame["deposited"] <= frame["as_of"]).all()
    for convention, (_, _, first) in TREATIES.items():
        assert frame.loc[frame["convention"] == convention, "in_force"].min() == pd.Timestamp(first)


def test_the_ninetieth_day() -> None:
    """A later Party is bound on the 90th day after its deposit; an early one when the convention entered into force."""
    assert in_force("basel", date(2017, 2, 6), "accession") == date(2017, 5, 7)
    assert in_force("stockholm", date(2001, 5, 23), "ratification") == date(2004, 5, 17)
    assert in_force("rotterdam", date(2004, 2, 24), "accession") - date(2004, 2, 24) == timedelta(days=90)


def test_every_row_says_where_it_is_from() -> None:
    """Source, date and whether it is verified stand on every row, and every country is in the table of countries."""
    frame = parties()
    assert frame["source"].str.len().gt(0).all() and frame["as_of"].notna().all()
    assert set(frame["verified"]) == {"yes", "no"}
    assert set(frame["country"]) <= set(countries()["alpha2"])
    assert set(frame["convention"]) == set(CONVENTIONS)


def test_what_the_conventions_report_is_not_less() -> None:
    """The table may lack Parties and never has more than the conventions report."""
    official = reported().set_index("convention")["parties"]
    assert (official >= pd.Series(COUNTED)).all()


def test_a_changed_copy_changes_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever alters the frame alters a copy, and the table's file is read once."""
    del parties()["country"]
    monkeypatch.setattr(pd, "read_csv", None)
    frame = parties()
    frame["country"] = "XX"
    assert "XX" not in set(parties()["country"])
