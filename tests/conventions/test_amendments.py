"""Amendments: in step with the annexes and lists that they changed."""

from datetime import date

import pandas as pd
import pytest

from conventions.amendments import amendments, in_force
from conventions.annexes import annexes
from conventions.parties import parties
from conventions.pic import annex_iii
from conventions.pops import pops


def days(frame: pd.DataFrame, decision: str, day: str) -> set[tuple[str, str]]:
    """Decisions and the days they apply from, as one table has them."""
    known = frame[frame[decision] != ""]
    return set(zip(known[decision], known[day].dt.strftime("%Y-%m-%d").fillna(""), strict=True))


def test_what_changed_the_lists_is_there_with_its_day() -> None:
    """Every decision that an entry of an annex or a list names is an amendment, in force on the same day."""
    ours = days(amendments(), "decision", "in_force")
    for frame, decision, day in (
        (annexes(), "added_by", "valid_from"),
        (pops(), "decision", "in_force"),
        (annex_iii(), "decision", "valid_from"),
    ):
        assert days(frame, decision, day) <= ours


def test_what_ended_an_entry_is_there() -> None:
    """An entry ends on the day before the amendment that ended it applies."""
    starts = dict(days(amendments(), "decision", "in_force"))
    for frame in (annexes(), annex_iii()):
        ended = frame.dropna(subset=["valid_to"])
        assert set(ended["ended_by"]) <= set(starts)
    ended = annexes().dropna(subset=["valid_to"])
    for decision, last in zip(ended["ended_by"], ended["valid_to"], strict=True):
        assert pd.Timestamp(starts[decision]) == last + pd.Timedelta(days=1)


def test_the_ban_amendment_came_into_force_for_its_parties() -> None:
    """Its day is the first on which the table of Parties has one bound by it."""
    frame, bound = amendments().set_index("decision"), parties()
    assert frame["in_force"]["III/1"] == bound.loc[bound["convention"] == "ban", "in_force"].min()


def test_meetings_years_and_days_are_in_order() -> None:
    """A meeting has one year; nothing applies before its year; later meetings' years are not earlier."""
    frame = amendments()
    for _, group in frame.groupby("convention"):
        years = group.groupby("cop")["year"].unique()
        assert all(len(each) == 1 for each in years)
        assert years.map(min).is_monotonic_increasing
    known = frame.dropna(subset=["in_force"])
    assert (known["in_force"].dt.year >= known["year"]).all()


@pytest.mark.parametrize(
    ("day", "last"), [("2020-12-31", "RC-9/7"), ("2021-01-01", "BC-14/12"), ("2025-01-01", "BC-15/18")]
)
def test_in_force_on_a_day(day: str, last: str) -> None:
    """What applies on a day are those known to apply since then or before; one without a day never does."""
    frame = in_force(date.fromisoformat(day))
    assert last in set(frame["decision"]) and "SC-12/9" not in set(in_force()["decision"])
    assert (frame["in_force"] <= day).all()
