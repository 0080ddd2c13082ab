"""What a reader of the Parties dashboard has to know: how it was counted and what the figures cannot tell."""

from html import escape

from conventions.parties import CONVENTIONS, parties, reported
from conventions.texts import N_, Translate
from widgets.about import about as words
from widgets.asked import Asked

METHOD = (
    N_("A State counts as a Party from the day the convention is in force for it."),
    N_(
        "That is the 90th day after it deposited its instrument, but not before the convention itself was in force. "
        "For successor States the day of their notification stands in."
    ),
    N_("The European Union is a Party of its own and is counted with Europe."),
    N_("Regions are those of the M49 standard of the United Nations."),
)
CAVEATS = (
    N_("The table of Parties is not an official status of ratifications. For legal purposes ask the Depositary."),
    N_(
        "It is complete up to March 2015. Later ratifications are in it where another source names them, so the dashed "
        "part of a line may be too low."
    ),
    N_("A row is verified if two sources give the same date of deposit."),
)

NOT_KNOWN = N_("not known")
NUMBER = ' class="number"'
HEAD = (N_("Convention"), N_("In this table"), N_("Reported by the Secretariat"), N_("Date of that report"))


def about(asked: Asked) -> str:
    """Method, caveats and the numbers that the conventions themselves report, as HTML."""
    return words(asked, METHOD, CAVEATS, _reported(asked.translate))


def _reported(translate: Translate) -> str:
    here = parties()["convention"].value_counts()
    cells = "".join(
        f'<th scope="col"{NUMBER if place else ""}>{escape(translate(text))}</th>' for place, text in enumerate(HEAD)
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(translate(CONVENTIONS[row["convention"]]))}</th>'
        f'<td class="number">{here[row["convention"]]}</td><td class="number">{row["parties"]}</td>'
        f'<td class="number">{escape(row["as_of"] or translate(NOT_KNOWN))}</td></tr>'
        for row in reported().to_dict("records")
    )
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'
