"""What follows from being in an annex: the obligations of the conventions, each with its article.

They are told in our own words from the texts of the conventions, as a signpost; the texts prevail. National law may
ask for more. Source: the texts of the Basel (1989, with Article 4A of the Ban Amendment), Rotterdam (1998) and
Stockholm (2001) conventions.
"""

from dataclasses import dataclass

from conventions.texts import N_


@dataclass(frozen=True)
class Obligation:
    """A sentence for the catalogues, and the articles and annexes that it comes from."""

    articles: str
    sentence: str


_PIC = Obligation(
    "6",
    N_(
        "It crosses a border only after the State of import and each State of transit have been notified and have "
        "consented in writing."
    ),
)
_PAPERS = Obligation(
    "4(7), 6; V",
    N_("A notification document precedes it, and a movement document goes with it from start to disposal."),
)
_NON_PARTIES = Obligation(
    "4(5), 11",
    N_("It is neither exported to nor imported from a State that is not a Party, except under an agreement."),
)
_MANAGEMENT = Obligation(
    "4(2), 4(8)",
    N_("As little of it as possible is generated and moved, and it is managed in an environmentally sound manner."),
)
_REPORTS = Obligation("13(3)", N_("Parties report its movements and disposal every year."))
_EXPORT_OF_POPS = Obligation(
    "3(2)",
    N_("It is imported and exported only for environmentally sound disposal or for a use that is still allowed."),
)
_STOCKPILES = Obligation(
    "6",
    N_(
        "Stockpiles and wastes of it are found and managed so that the pollutant is destroyed or irreversibly "
        "transformed; they are not recovered or reused."
    ),
)

# What being listed means → the obligations, in the order in which people meet them.
OBLIGATIONS: dict[str, tuple[Obligation, ...]] = {
    "basel-hazardous": (
        Obligation(
            "1(1)(a); I, III, VIII",
            N_("It is hazardous waste, unless it is shown to have none of the characteristics of Annex III."),
        ),
        _PIC,
        _PAPERS,
        _NON_PARTIES,
        Obligation(
            "4A",
            N_(
                "Parties in Annex VII (members of OECD and of the European Union, Liechtenstein) that are bound by the "
                "Ban Amendment do not export it to other States."
            ),
        ),
        _MANAGEMENT,
        _REPORTS,
    ),
    "basel-other": (
        Obligation(
            "1(2); II",
            N_("It is among the other wastes, which need the same consent as hazardous waste."),
        ),
        _PIC,
        _PAPERS,
        _NON_PARTIES,
        _MANAGEMENT,
        _REPORTS,
    ),
    "basel-not-hazardous": (
        Obligation(
            "1(1)(a); IX",
            N_(
                "It needs no consent under the Convention, unless it contains material of Annex I to an extent that "
                "gives it a characteristic of Annex III."
            ),
        ),
        Obligation(
            "1(1)(b), 3",
            N_("If the law of the State of export, import or transit calls it hazardous, consent is needed first."),
        ),
    ),
    "stockholm-A": (
        Obligation(
            "3(1)(a), 4",
            N_("Its production and use are eliminated, except for a specific exemption that a Party has registered."),
        ),
        _EXPORT_OF_POPS,
        _STOCKPILES,
    ),
    "stockholm-B": (
        Obligation(
            "3(1)(b); B",
            N_("Its production and use are restricted to the acceptable purposes and exemptions of Annex B."),
        ),
        _EXPORT_OF_POPS,
        _STOCKPILES,
    ),
    "stockholm-C": (
        Obligation(
            "5; C",
            N_(
                "Where it is formed unintentionally, releases are reduced or, where feasible, eliminated, under an "
                "action plan and with best available techniques."
            ),
        ),
    ),
    "rotterdam-III": (
        Obligation(
            "10",
            N_("Each Party says in an import response whether it consents to imports, under conditions or not at all."),
        ),
        Obligation("11", N_("Parties of export see to it that their exporters comply with that response.")),
        Obligation(
            "13(2), 13(4)",
            N_("Exports carry labels on risk and hazard and, for use at work, a safety data sheet."),
        ),
    ),
}
