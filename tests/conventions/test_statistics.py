"""Reporting, SDG indicators, plastics and What a Waste: figures of the sources, units that hold, areas that exist."""

import pytest

from conventions import plastics, sdg, what_a_waste
from conventions.compile.countries import known
from conventions.countries import countries
from conventions.reporting import reports

# National reports a year in the source, as of March 2023.
REPORTS = {
    **{2001: 103, 2002: 96, 2003: 104, 2004: 103, 2005: 99, 2006: 104, 2007: 101, 2008: 84, 2009: 96, 2010: 88},
    **{2011: 89, 2012: 91, 2013: 92, 2014: 106, 2015: 108, 2016: 114, 2017: 116, 2018: 112, 2019: 116, 2020: 110},
    2021: 63,
}


def test_as_many_reports_as_the_source_has() -> None:
    """One report a Party and year, and the number of each year."""
    frame = reports()
    assert frame["year"].value_counts().to_dict() == REPORTS
    assert not frame.duplicated(["country", "year"]).any()
    assert set(frame["country"]) <= set(countries()["alpha2"]) and "US" not in set(frame["country"])


def test_reports_are_due_a_year_later() -> None:
    """Article 13, paragraph 3: by the end of the year after. None was submitted before its year or after gathering."""
    frame = reports()
    due = frame["due"].dt
    assert (due.year == frame["year"] + 1).all() and set(zip(due.month, due.day, strict=True)) == {(12, 31)}
    assert (frame["submitted"].dt.year >= frame["year"]).all() and (frame["submitted"] < frame["as_of"]).all()


@pytest.mark.parametrize(
    ("convention", "rows", "first", "second"),
    [("basel", 439, 57.53, 60.65), ("rotterdam", 376, 67.45, 75.17), ("stockholm", 440, 54.39, 50.27)],
)
def test_transmission(convention: str, rows: int, first: float, second: float) -> None:
    """Indicator 12.4.1: as many rows as the source has, and the world's figures of both years."""
    frame = sdg.transmission()
    frame = frame[frame["convention"] == convention]
    assert len(frame) == rows and set(frame["year"]) == {2015, 2020}
    world = frame[frame["m49"] == "001"].set_index("year")["percent"]
    assert (world[2015], world[2020]) == (first, second)
    assert frame["percent"].between(0, 100).all()


def test_areas_have_the_codes_of_their_countries() -> None:
    """In every table by M49 code, the country is that of the code, or none for a group."""
    alpha2 = known().set_index("m49")["alpha2"]
    for frame in (sdg.transmission(), sdg.generation(), plastics.trade()):
        assert frame["m49"].str.fullmatch(r"\d{3}").all()
        assert (frame["m49"].map(alpha2).fillna("") == frame["country"]).all()


def test_generation() -> None:
    """Indicator 12.4.2: all rows are of countries or territories, with the figures of the source."""
    frame = sdg.generation()
    assert len(frame) == 768 and (frame["country"] != "").all() and (frame["tonnes"] > 0).all()
    algeria = frame[frame["country"] == "DZ"].set_index("year")["tonnes"]
    assert (algeria[2003], algeria[2007]) == (325000, 325100)


def test_plastics_are_in_tonnes() -> None:
    """The source has no unit. Its 0.0028753771616505 kg a person in Afghanistan in 2017 gives 36.3 million people, and
    China's imports of 2010 are the eight million tonnes that are known of; in kilograms or thousands neither holds."""
    frame = plastics.trade()
    of = {(row["country"], row["year"]): row for row in frame.to_dict("records")}
    exports = of["AF", 2017]["exports"]
    assert exports == 104.365
    assert exports * 1000 / 0.0028753771616505 == pytest.approx(36.3e6, rel=0.001)
    assert of["CN", 2010]["imports"] == pytest.approx(8.0e6, rel=0.01)


def test_plastics_of_the_world_are_the_sum_of_countries() -> None:
    """What countries and territories export adds up to what the row of the world has, in every year."""
    frame = plastics.trade()
    world = frame[frame["m49"] == "001"].set_index("year")
    summed = frame[frame["country"] != ""].groupby("year")[["exports", "imports"]].sum()
    for way in ("exports", "imports"):
        assert (summed[way] / world[way]).between(0.999, 1.001).all()
    assert set(frame["year"]) == set(range(2007, 2022)) and not frame.duplicated(["m49", "year"]).any()


def test_what_a_waste() -> None:
    """214 countries and territories, with the figures of the source; nothing is less than nothing."""
    frame = what_a_waste.generation().set_index("country")
    assert len(frame) == 214 and set(frame.index) <= set(known()["alpha2"])
    afghanistan = frame[["population", "municipal", "e_waste", "medical"]].loc["AF"]
    assert list(afghanistan) == [34656032, 5628525.37, 20000, 9855]
    assert frame[["municipal", "hazardous", "e_waste", "medical", "industrial"]].notna().sum().tolist() == [
        *(212, 117, 180, 104, 40)
    ]
    assert not (frame[["municipal", "hazardous", "e_waste", "medical", "industrial"]] < 0).any(axis=None)
