"""What stands under every figure: the date of the data, the source, how many rows nobody has verified."""

from functools import reduce

import pandas as pd
from babel.dates import format_date

from conventions.texts import N_, Translate

SOURCES = (
    N_("UN Treaty Collection, chapter XXVII"),
    N_("globalgov/manytreaties 1.0.0 (CC BY 4.0)"),
    N_("national reports to the Basel Convention, public reporting system"),
    N_("Our World in Data (CC BY) from UN Comtrade, HS 3915"),
    N_("World Bank, What a Waste 2.0 (CC BY 4.0)"),
    N_("Annexes to the Stockholm Convention and the decisions that amended them"),
    N_("Annex III to the Rotterdam Convention and the decisions that amended it"),
    N_("Annexes to the Basel Convention"),
)


def source_note(frame: pd.DataFrame, translate: Translate) -> str:
    """One line of plain text for a frame with the columns `source`, `as_of` (dates) and `verified` (yes or no)."""
    sources = (
        translate(N_("{source} ({date})"), source=translate(str(source)), date=as_of(rows["as_of"].max(), translate))
        for source, rows in sorted(frame.groupby("source"), key=lambda pair: -len(pair[1]))
    )
    first, last = frame["as_of"].min(), frame["as_of"].max()
    dated = N_("Data as of {date}.") if first == last else N_("Data as of {date}, with additions up to {last}.")
    unverified = int((frame["verified"] != "yes").sum())
    rows = translate.plural(
        "{n} unverified row of {total}.", "{n} unverified rows of {total}.", unverified, total=len(frame)
    )
    return translate(
        N_("{dated} Source: {sources}. {rows}"),
        dated=translate(dated, date=as_of(first, translate), last=as_of(last, translate)),
        sources=reduce(lambda one, other: translate(N_("{one}; {other}"), one=one, other=other), sources),
        rows=rows,
    )


def as_of(day: pd.Timestamp, translate: Translate) -> str:
    """A day as it is written in the language of `translate`."""
    return format_date(day.date(), format="long", locale=translate.language.code)
