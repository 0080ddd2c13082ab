"""Which table of a national report is which, held against the later gathering of the same reports.

In the rows some tables are under the wrong name: what is called the imports of the United Kingdom, the Netherlands and
others in some years equals, partner by partner, their exports in the later gathering; and some exports agree with it
in nothing, being another table or another country's. A table is one thing, so it is judged as a whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

Row = dict[str, str]
Pair = tuple[str, str, str]
# Report (export, import), reporter, year.
Table = tuple[str, str, str]

# A table is what more than half of its partners' quantities say that it is, to a thousandth or a tonne.
MOST, SAME = 0.5, 0.001


def judged(rows: Iterable[Row], exported: dict[Pair, float]) -> Iterator[Row]:
    """The rows, those of a table under the wrong name put right and flagged `relabelled`, exports that the later
    gathering does not confirm flagged `unconfirmed`, and those that it does verified. `exported`: tonnes by exporter,
    importer and year in the later gathering."""
    listed = list(rows)
    confirmed = {table for table, partners in _partners(listed).items() if _confirmed(table, partners, exported)}
    for row in listed:
        yield _judged(row, _table(row), confirmed)


def _judged(row: Row, table: Table, confirmed: set[Table]) -> Row:
    report, reporter, year = table
    exports = ("export", reporter, year)
    if report == "export":
        return row | ({"verified": "yes"} if table in confirmed else _flagged(row, "unconfirmed"))
    if table not in confirmed or exports in confirmed:
        return row
    turned = {"report": "export", "exporter": row["importer"], "importer": row["exporter"], "verified": "yes"}
    return row | turned | _flagged(row, "relabelled")


def _flagged(row: Row, flag: str) -> Row:
    return {"flags": f"{row['flags']}|{flag}".lstrip("|")}


def _partners(rows: list[Row]) -> dict[Table, dict[str, float]]:
    """Tonnes by partner of each table."""
    tables: defaultdict[Table, dict[str, float]] = defaultdict(dict)
    for row in rows:
        partner = row["importer" if row["report"] == "export" else "exporter"]
        if partner and row["tonnes"]:
            partners = tables[_table(row)]
            partners[partner] = partners.get(partner, 0) + float(row["tonnes"])
    return tables


def _table(row: Row) -> Table:
    return row["report"], row["exporter" if row["report"] == "export" else "importer"], row["year"]


def _confirmed(table: Table, partners: dict[str, float], exported: dict[Pair, float]) -> bool:
    """Whether a table holds exports of its reporter, whatever it is called."""
    _, reporter, year = table
    same = [
        abs(tonnes - other) <= max(1, SAME * max(tonnes, other))
        for partner, tonnes in partners.items()
        if (other := exported.get((reporter, partner, year))) is not None
    ]
    return sum(same) > MOST * len(partners)
