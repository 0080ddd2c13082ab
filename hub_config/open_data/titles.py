"""What the tables are called in six languages; a text that has no translation is shown in English and marked so.

The data package is in English. The texts are here for the catalogues, word for word as the package has them.
"""

from collections.abc import Callable

from markupsafe import Markup, escape

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from expert_db.visit import Visit

MARKED = Markup('<span lang="{}" dir="{}">{}</span>')

TABLES = (
    N_("Countries"),
    N_(
        "Members and observers of the United Nations, the Cook Islands, Niue and the European Union, with M49 codes "
        "and regions."
    ),
    N_("Territories"),
    N_("Areas of M49 that statistics report on and that are not countries of the platform."),
    N_("Names that differ from CLDR"),
    N_("Names of countries and territories as the United Nations use them, where they differ from those of CLDR."),
    N_("Names of groups of countries"),
    N_("Names of M49 regions and SDG groups as the United Nations use them, where CLDR has none or another."),
    N_("Parties"),
    N_("Parties to the conventions and the Ban Amendment: who, since when, by what act."),
    N_("Signatories that are no Parties"),
    N_("Countries that signed and of which no instrument is known to have been deposited."),
    N_("Number of Parties reported"),
    N_("How many Parties the conventions themselves report."),
    N_("Amendments"),
    N_("Amendments to the conventions and their annexes, with the day from which they apply."),
    N_("Entries of the annexes to the Basel Convention"),
    N_("Annexes I, II, III, IV, VIII and IX with the period in which each entry applies."),
    N_("Chemicals listed in the Stockholm Convention"),
    N_("One row a chemical and annex, with the decision that listed it."),
    N_("Chemicals in Annex III to the Rotterdam Convention"),
    N_("One row a chemical and category, with the decision that listed it and the period in which it is listed."),
    N_("National reports transmitted"),
    N_("One row a report: who reported for which year, and when."),
    N_("Transboundary movements 2001–2021"),
    N_("Tonnes by exporter, importer, year and hazard class, as reported by the exporter."),
    N_("Movements as reported, 2016–2020, partial"),
    N_("Rows of the tables of exports and imports in the national reports, with their codes."),
    N_("Movements that both sides reported, 2016–2020"),
    N_("What exporter and importer each reported of the same movements, and whether the two agree."),
    N_("SDG indicator 12.4.1"),
    N_("Share of the information that Parties must transmit under each convention that they did transmit."),
    N_("SDG indicator 12.4.2"),
    N_("Hazardous waste generated."),
    N_("Trade in plastic waste 2007–2021"),
    N_("Exports and imports of plastic waste (HS 3915)."),
    N_("What a Waste"),
    N_("Waste generated a year, of mixed years."),
    N_("Regional centres"),
    N_("Regional and coordinating centres of the Basel and Stockholm conventions."),
    N_("Kinds of contacts"),
    N_("The official contacts that Parties designate under each convention."),
)
# Of columns that stand in many tables.
COLUMNS = (
    N_("Where the row is from"),
    N_("The day the source speaks of, or was read"),
    N_("Whether a second source agrees, or the row is the official publication itself"),
    N_("Whether a second source agrees"),
    N_("ISO 3166-1 alpha-2"),
    N_("M49 code, three digits"),
    N_("Convention"),
    N_("Calendar year"),
    N_("Quantity, tonnes"),
    N_("Exports, tonnes"),
    N_("Imports, tonnes"),
    N_("CAS numbers, separated by |"),
    N_("Name in English"),
    N_("Year of adoption"),
    N_("Day of signature"),
    N_("Day of deposit of the instrument"),
    N_("Day from which the Party is bound"),
)


def said(visit: Visit) -> Callable[[str], Markup]:
    """A text of the data package in her language, or in English and marked as such."""

    def show(text: str) -> Markup:
        found = visit.translate(text)
        english = LANGUAGES[SOURCE]
        if found == text and visit.language != english:
            return MARKED.format(english.code, english.direction, text)
        return escape(found)

    return show
