"""Transboundary movements: nothing lost from the source, slips and differing reports flagged, codes that exist."""

import json
from pathlib import Path

import pandas as pd
import pytest

from conventions.annexes import annexes
from conventions.compile.countries import known
from conventions.compile.movement_reports import judged
from conventions.compile.movement_rows import country, read_codes
from conventions.compile.movements import agree, outlying, second
from conventions.movements import PARTIAL_YEARS, balances, movements, rows

# Tonnes of all movements of a year in the source, rounded.
TONNES = {
    2001: 7984076,
    2002: 6784433,
    2003: 7382931,
    2004: 9210236,
    2005: 7360981,
    2006: 9253701,
    2007: 8837289,
    2008: 10802263,
    2009: 9458000,
    2010: 8164220,
    2011: 6143668,
    2012: 4998501,
    2013: 9199160,
    2014: 12569196,
    2015: 13266936,
    2016: 12338886,
    2017: 17775606,
    2018: 16969596,
    2019: 22701516,
    2020: 25543756,
    2021: 19452339,
}
PAIR = ["exporter", "importer", "year"]


def flagged(frame: pd.DataFrame, flag: str) -> pd.DataFrame:
    return frame[[flag in flags.split("|") for flags in frame["flags"]]]


def test_no_tonne_was_lost() -> None:
    """Each year's total is the source's, flagged rows included: they are flagged, not dropped."""
    assert movements().groupby("year")["tonnes"].sum().round().astype(int).to_dict() == TONNES


def test_pairs_and_classes() -> None:
    """Pairs, years and classes are there once, between two known areas, with a quantity above nothing."""
    frame = movements()
    assert len(frame.groupby(PAIR)) == 8108
    assert not frame.duplicated([*PAIR, "hazard_class"]).any()
    assert (frame["exporter"] != frame["importer"]).all() and (frame["tonnes"] > 0).all()
    assert set(frame["exporter"]) | set(frame["importer"]) <= set(known()["alpha2"])


def test_outliers_are_flagged() -> None:
    """The slips that the source is known for are flagged; large but steady movements are not."""
    pairs = set(zip(*(flagged(movements(), "outlier")[column] for column in PAIR), strict=True))
    assert {("ID", "KR", 2019), ("ES", "IT", 2020), ("ES", "IT", 2021), ("BA", "SI", 2020)} <= pairs
    assert not {pair[:2] for pair in pairs} & {("NL", "DE"), ("GB", "NL"), ("IT", "DE"), ("MX", "US")}
    assert len(pairs) == 12


def test_what_stands_out() -> None:
    """A year five times above all others stands out, or two that do together; three do not, nor do small ones."""
    steady = {("A", "B", str(year)): 600_000.0 for year in range(2001, 2010)}
    assert outlying(steady) == set()
    assert outlying(steady | {("A", "B", "2010"): 3_100_000.0}) == {("A", "B", "2010")}
    assert outlying({("A", "B", "1"): 9e5, ("A", "B", "2"): 8e5, ("A", "B", "3"): 1e5}) == {
        ("A", "B", "1"),
        ("A", "B", "2"),
    }
    assert outlying({("A", "B", "1"): 4e5}) == set() and outlying({("A", "B", "1"): 6e5}) == {("A", "B", "1")}


def test_the_partial_year_is_flagged() -> None:
    """All of 2021 and nothing else."""
    frame = movements()
    assert set(flagged(frame, "partial-year")["year"]) == set(PARTIAL_YEARS)
    assert len(flagged(frame, "partial-year")) == (frame["year"] == 2021).sum()


def test_balances_are_the_sums_of_the_rows() -> None:
    """Counted again another way: what each side reported, without repeated rows and exports not confirmed."""
    reported = rows()
    reported = reported.drop(flagged(reported, "repeated").index.union(flagged(reported, "unconfirmed").index))
    reported = reported[(reported["exporter"] != "") & (reported["importer"] != "")]
    sides = reported.pivot_table("tonnes", PAIR, "report", aggfunc="sum").dropna()
    frame = balances().set_index(PAIR)
    assert set(frame.index) == set(sides.index)
    for side, column in (("export", "exporter_tonnes"), ("import", "importer_tonnes")):
        assert (frame[column] - sides[side]).abs().max() < 1e-3


def test_reports_that_differ_are_flagged() -> None:
    """A tenth of the larger is the limit, and exactly the pairs beyond it are flagged among the movements."""
    frame = balances()
    apart = (frame["exporter_tonnes"] - frame["importer_tonnes"]).abs()
    limit = frame[["exporter_tonnes", "importer_tonnes"]].max(axis=1) / 10
    assert ((apart <= limit) == (frame["balanced"] == "yes")).all()
    differing = {tuple(pair) for pair in frame.loc[frame["balanced"] == "no", PAIR].to_numpy()}
    moved = movements()
    pairs = set(zip(*(moved[column] for column in PAIR), strict=True))
    assert set(zip(*(flagged(moved, "unbalanced")[column] for column in PAIR), strict=True)) == differing & pairs
    assert len(differing) > 300


def test_what_two_gatherings_agree_on_is_verified() -> None:
    """Verified rows are of 2007–2013, by whole pairs and years, and most of those years' pairs are."""
    frame = movements()
    sure = frame[frame["verified"] == "yes"]
    assert set(sure["year"]) == set(range(2007, 2014))
    assert (frame.groupby(PAIR)["verified"].nunique() == 1).all()
    pairs = frame[frame["year"].between(2007, 2013)].groupby(PAIR).ngroups
    assert sure.groupby(PAIR).ngroups / pairs > 0.85


def test_the_second_gathering_is_read(tmp_path: Path) -> None:
    """Exports are added up by pair and year; imports, which mirror them, are not."""
    partners = [{"name": "SouthKorea", "size": 3}, {"name": "Nowhere", "size": 5}]
    sides = [{"type": kind, "partners": partners} for kind in ("Export", "Import", "Export")]
    dataset = [{"year": 2010, "movements": [{"country": "UnitedKingdom", "connections": sides}]}]
    (tmp_path / "second.json").write_text(json.dumps({"dataset": dataset}))
    assert second(tmp_path / "second.json") == {("GB", "KR", "2010"): 6, ("GB", "", "2010"): 10}
    assert agree(100, 99, 0.01) and not agree(100, 98.9, 0.01)


def test_rows_are_those_of_five_years() -> None:
    """2016–2020 with as many rows as the sources have; Germany, France and the United States do not report in them."""
    frame = rows()
    exports, imports = (2722, 2810, 4166, 3373, 2631), (2059, 3849, 3362, 3779, 4123)
    years = dict(zip(range(2016, 2021), map(sum, zip(exports, imports, strict=True)), strict=True))
    assert frame["year"].value_counts().to_dict() == years
    reporters = set(frame.loc[frame["report"] == "export", "exporter"])
    assert not reporters & {"DE", "FR", "US"} and frame["row"].is_unique


def test_tables_under_the_wrong_name_are_put_right() -> None:
    """What was gathered as imports of the United Kingdom are its exports; what agrees with nothing is flagged."""
    frame = rows()
    turned, doubtful = flagged(frame, "relabelled"), flagged(frame, "unconfirmed")
    assert {("GB", 2016), ("NL", 2020), ("ES", 2020), ("CH", 2018)} <= set(
        zip(turned["exporter"], turned["year"], strict=True)
    )
    assert {("BJ", 2018), ("CH", 2018), ("GR", 2019)} <= set(zip(doubtful["exporter"], doubtful["year"], strict=True))
    assert set(turned["report"]) == set(doubtful["report"]) == {"export"}
    assert set(turned["verified"]) == {"yes"} and set(doubtful["verified"]) == {"no"}
    assert set(frame.loc[frame["report"] == "import", "verified"]) == {"no"}


def test_verified_rows_add_up_to_movements() -> None:
    """Nearly all pairs and years of verified rows have the quantity that the table of movements has."""
    frame = rows()
    sure = frame[frame["verified"] == "yes"].groupby(PAIR)["tonnes"].sum()
    moved = movements().groupby(PAIR)["tonnes"].sum()
    both = pd.concat([sure.rename("rows"), moved.rename("moved")], axis=1).dropna()
    same = (both["rows"] - both["moved"]).abs() <= both.max(axis=1) / 1000 + 1
    assert len(both) > 1900 and same.mean() > 0.97


def row(report: str, exporter: str, importer: str, tonnes: str, flags: str = "") -> dict[str, str]:
    pair = {"exporter": exporter, "importer": importer, "year": "2018"}
    return {"report": report, **pair, "tonnes": tonnes, "flags": flags, "verified": "no"}


def test_a_table_is_judged_as_a_whole() -> None:
    """Imports whose quantities are the reporter's exports are turned round, one that differs with the others."""
    exported = {("GB", "NL", "2018"): 100.0, ("GB", "DE", "2018"): 50.0, ("GB", "FR", "2018"): 7.0}
    table = [row("import", "NL", "GB", "100"), row("import", "DE", "GB", "50"), row("import", "FR", "GB", "9")]
    turned = list(judged([{**table[0], "flags": "outlier"}, *table[1:]], exported))
    assert {(each["report"], each["exporter"], each["verified"]) for each in turned} == {("export", "GB", "yes")}
    assert [each["flags"] for each in turned] == ["outlier|relabelled", "relabelled", "relabelled"]
    assert [each["importer"] for each in turned] == ["NL", "DE", "FR"]


def test_tables_that_are_what_they_are_called() -> None:
    """Confirmed exports are verified; imports beside them stay imports, even where they equal them by chance."""
    exported = {("NG", "BE", "2018"): 5.0, ("NG", "DE", "2018"): 8.0}
    table = [row("export", "NG", "BE", "5"), row("export", "NG", "DE", "8"), row("import", "BE", "NG", "5")]
    assert [(each["report"], each["verified"], each["flags"]) for each in judged(table, exported)] == [
        *(("export", "yes", ""), ("export", "yes", ""), ("import", "no", ""))
    ]
    assert [each["flags"] for each in judged([row("export", "BJ", "FR", "900")], exported)] == ["unconfirmed"]


def test_codes_in_rows_are_codes_of_the_annexes() -> None:
    """Every code is an entry of an annex, in the column that its letter belongs to."""
    frame, codes = rows(), set(annexes()["code"])
    for column, letters in {"y_codes": "Y", "list_codes": "AB", "h_codes": "H", "d_codes": "D", "r_codes": "R"}.items():
        found = {code for joined in frame[column].unique() for code in joined.split("|") if code}
        assert found <= codes and {code[0] for code in found} == set(letters)


@pytest.mark.parametrize(
    ("column", "text", "into", "codes", "lost"),
    [
        ("annex_2_8_9_code", "A1020,A1160, Y46", ("list_codes", "y_codes"), "A1020|A1160 Y46", False),
        ("annex_2_8_9_code", "В3020", ("list_codes",), "B3020", False),
        ("annex_3_code", "6.1，11，12", ("h_codes",), "H6.1|H11|H12", False),
        ("annex_3_code", "H12.H13", ("h_codes",), "H12|H13", False),
        ("annex_3_code", "H_", ("h_codes",), "", False),
        ("annex_1_code", "Waste, scrap", ("y_codes",), "", True),
        ("annex_1_code", "Y18\u200e,Y18", ("y_codes",), "Y18", False),
        ("annex_4_b_code", "r1", ("r_codes",), "R1", False),
        ("annex_2_8_9_code", "A9999", ("list_codes",), "", True),
    ],
)
def test_codes_as_reports_write_them(column: str, text: str, into: tuple[str, ...], codes: str, lost: bool) -> None:
    """Cyrillic letters, other commas, bare numbers and marks are read; words and unknown codes are told of."""
    read, unreadable = read_codes({column: text})
    assert (" ".join(read[name] for name in into), unreadable) == (codes, lost)


def test_countries_as_reports_write_them() -> None:
    """Small letters are fine; what is no code of a known area is nothing."""
    assert [country(code) for code in ("fr", " NA ", "HK", "146.0", "no!", "")] == ["FR", "NA", "HK", "", "", ""]
