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
# What columns mean, each sentence once, in the order of the package.
COLUMNS = (
    N_("ISO 3166-1 alpha-2; EU for the European Union"),
    N_("ISO 3166-1 alpha-3"),
    N_("M49 code, three digits"),
    N_("M49 code of the region"),
    N_("M49 code of the subregion"),
    N_("Where the row is from"),
    N_("The day the source speaks of, or was read"),
    N_("Whether a second source agrees, or the row is the official publication itself"),
    N_("ISO 3166-1 alpha-2"),
    N_("Name in English"),
    N_("Name in French"),
    N_("Name in Spanish"),
    N_("Name in Russian"),
    N_("Name in Chinese"),
    N_("Name in Arabic"),
    N_("Convention or amendment"),
    N_("ISO 3166-1 alpha-2, EU"),
    N_("Day of signature"),
    N_("Day of deposit of the instrument"),
    N_("Kind of instrument"),
    N_("Day from which the Party is bound"),
    N_("Convention"),
    N_("Number of Parties"),
    N_("Year and month reported for; empty where not said"),
    N_("Whether a second source agrees"),
    N_("Decision; empty where its number is not known"),
    N_("Number of the meeting of the Conference of the Parties"),
    N_("Year of adoption"),
    N_("Annexes amended or added, separated by |"),
    N_("What it changes, in few words of our own"),
    N_("Day from which it applies to most Parties; empty where not known"),
    N_("Annex"),
    N_("Code of the entry"),
    N_("Part of the annex it stands in"),
    N_("Wording in English"),
    N_("official: the wording of the annex, its footnotes left out; short: in few words of our own"),
    N_("Codes of related entries, separated by |"),
    N_("First day on which the entry applies"),
    N_("Last day on which it applies; empty while it does"),
    N_("Decision that added it; empty for the text of 1989"),
    N_("Decision that ended it"),
    N_("Whether the period is confirmed"),
    N_("What to know of the entry"),
    N_("Key of the chemical"),
    N_("A elimination, B restriction, C unintentional production"),
    N_("CAS numbers, separated by |"),
    N_("representative: the chemical is a group of which these are examples"),
    N_("pesticide, industrial chemical, unintentional production; separated by |"),
    N_("Decision; empty for those of the text of 2001"),
    N_("Day of entry into force for most Parties; empty where not known"),
    N_("Main uses, or how it is formed"),
    N_("What exceptions there are"),
    N_("The exceptions in few words of our own"),
    N_("Whether the exceptions were compared with the annex"),
    N_("The formulations meant, where not all"),
    N_("representative: the chemical is a group of which these are examples; none: the annex gives none"),
    N_("Category"),
    N_("Decision; empty for those of the text of 1998"),
    N_("Day of entry into force; empty where not known"),
    N_("Last day on which it is listed; empty while it is"),
    N_("Decision that removed it"),
    N_("Calendar year"),
    N_("Day on which the report was submitted, or last submitted"),
    N_("Day by which it was due: the end of the year after (Article 13, paragraph 3)"),
    N_("UN hazard class, unspecified or multiple"),
    N_("Quantity, tonnes"),
    N_("outlier, partial-year, unbalanced; separated by |"),
    N_("Number of the row"),
    N_("Whether the exporter or the importer reported it"),
    N_("ISO 3166-1 alpha-2; empty where unreadable"),
    N_("Quantity, tonnes; empty where unreadable"),
    N_("Countries of transit, separated by |"),
    N_("Codes of Annexes I and II, separated by |"),
    N_("Codes of Annexes VIII and IX, separated by |"),
    N_("Codes of Annex III, separated by |"),
    N_("Codes of Annex IV A, separated by |"),
    N_("Codes of Annex IV B, separated by |"),
    N_("outlier, repeated, unreadable, relabelled, unconfirmed; separated by |"),
    N_("Reported by the exporter, tonnes"),
    N_("Reported by the importer, tonnes"),
    N_("yes where the two differ by a tenth of the larger or less"),
    N_("ISO 3166-1 alpha-2; empty for a group of countries"),
    N_("Per cent"),
    N_("Nature of the figure in the SDG database: C country data"),
    N_("Hazardous waste generated, tonnes"),
    N_("Exports, tonnes"),
    N_("Imports, tonnes"),
    N_("Re-exports, tonnes"),
    N_("Re-imports, tonnes"),
    N_("People, of mixed years"),
    N_("Municipal solid waste, tonnes"),
    N_("Hazardous waste, tonnes"),
    N_("Electrical and electronic waste, tonnes"),
    N_("Medical waste, tonnes"),
    N_("Industrial waste, tonnes"),
    N_("Key of the institution"),
    N_("Institution that hosts the centre, or what the centre is called"),
    N_("City; empty where not known"),
    N_("Whether it is a centre of the Basel Convention"),
    N_("Whether it is a centre of the Stockholm Convention"),
    N_("Key"),
    N_("Article that provides for it"),
    N_("pesticides or industrial chemicals, where there may be one for each"),
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
