"""What stands under every figure: the date of the data, the source, how many rows nobody has verified."""

from collections.abc import Iterable
from functools import reduce

import pandas as pd

from conventions.dates import written as written_date
from conventions.texts import N_, Translate
from widgets.figures import written

SOURCES = (
    N_("UN Treaty Collection, chapter XXVII"),
    N_("globalgov/manytreaties 1.0.0 (CC BY 4.0)"),
    N_("national reports to the Basel Convention, public reporting system"),
    N_("Our World in Data (CC BY) from UN Comtrade, HS 3915"),
    N_("World Bank, What a Waste 2.0 (CC BY 4.0)"),
    N_("Annexes to the Stockholm Convention and the decisions that amended them"),
    N_("Annex III to the Rotterdam Convention and the decisions that amended it"),
    N_("Annexes to the Basel Convention"),
    N_("editors' knowledge, to be compared with the UN Treaty Collection"),
    N_("UN Treaty Collection, chapter XXVII 3a, read in a copy of unknown date"),
    N_("Basel Action Network, country status"),
    N_("press reports of the 97th ratification, which brought the amendment into force; the kind of act not checked"),
    N_(
        "Ministry of Foreign Affairs of Iraq of 15 March 2016 on its being the 180th Party; the day from the editors' "
        "knowledge"
    ),
    N_(
        "treaty database of the Netherlands, the amendment of 1995, read in a copy of unknown date; the kind of act "
        "not told"
    ),
    N_("IISD, SDG Knowledge Hub, 30 June 2016: the 87th ratification"),
    N_("treaty database of the Netherlands: in force for Belarus from 9 June 2024, the deposit counted back from it"),
)
# Left-to-right and right-to-left isolate, and their end: brackets of a name in Latin letters stay with the name.
_ISOLATES = {"ltr": "\N{LEFT-TO-RIGHT ISOLATE}", "rtl": "\N{RIGHT-TO-LEFT ISOLATE}"}
_END = "\N{POP DIRECTIONAL ISOLATE}"


def source_note(frame: pd.DataFrame, translate: Translate) -> str:
    """One line of plain text for a frame with the columns `source`, `as_of` (dates) and `verified` (yes or no)."""
    sources = (
        translate(
            N_("{source} ({date})"), source=_named(str(source), translate), date=as_of(rows["as_of"].max(), translate)
        )
        for source, rows in sorted(frame.groupby("source"), key=lambda pair: -len(pair[1]))
    )
    first, last = frame["as_of"].min(), frame["as_of"].max()
    dated = N_("Data as of {date}.") if first == last else N_("Data as of {date}, with additions up to {last}.")
    unverified = int((frame["verified"] != "yes").sum())
    rows = translate.plural(
        "{n} unverified row of {total}.",
        "{n} unverified rows of {total}.",
        unverified,
        total=written(len(frame), translate),
    )
    return translate(
        N_("{dated} Source: {sources}. {rows}"),
        dated=translate(dated, date=as_of(first, translate), last=as_of(last, translate)),
        sources=listed(sources, translate),
        rows=rows,
    )


def listed(parts: Iterable[str], translate: Translate) -> str:
    """Several things in one sentence, parted by the semicolon of the language; "" for nothing."""
    given = [part for part in parts if part]
    return reduce(lambda one, other: translate(N_("{one}; {other}"), one=one, other=other), given) if given else ""


def as_of(day: pd.Timestamp, translate: Translate) -> str:
    """A day as it is written in the language of `translate`."""
    return written_date(day.date(), translate.language.code)


def _named(source: str, translate: Translate) -> str:
    shown = translate(source)
    if translate.language.direction == "ltr":
        return shown
    return f"{_ISOLATES['ltr' if shown == source else 'rtl']}{shown}{_END}"
