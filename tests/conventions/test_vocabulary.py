"""The vocabulary: complete in six languages, every row well formed, every link leading somewhere."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.stems import fold
from conventions.vocabulary import OTHER_MEANINGS, SCHEMES, VOCABULARY, concept, concepts, label, narrower, neighbours

HERE = Path(__file__).parent
CODE = re.compile(
    r"basel/([ABY]\d{1,4}|[DR]\d{1,2}|H\d{1,2}(\.\d)?)|stockholm/[ABC]/[a-z0-9-]+|rotterdam/III/[a-z0-9-]+|cas/\d{2,7}-\d\d-\d"
)
POLLUTANTS = """
    aldrin alpha-hch beta-hch chlordane chlordecone chlorpyrifos ddt decabde dechlorane-plus dicofol dieldrin
    endosulfan endrin hbcd hcbd heptachlor hexabde-heptabde hexabromobiphenyl hexachlorobenzene lc-pfca lindane mccp
    methoxychlor mirex pcb pcdd pcdf pcn pentachlorobenzene pentachlorophenol pfhxs pfoa pfos sccp tetrabde-pentabde
    toxaphene uv-328
"""
ANNEX_III = """
    245-t actinolite alachlor aldicarb aldrin amosite anthophyllite azinphos-methyl benomyl-carbofuran-thiram
    binapacryl captafol carbofuran carbosulfan chlordane chlordimeform chlorobenzilate crocidolite ddt decabde
    dieldrin dinoseb dnoc endosulfan ethylene-dibromide ethylene-dichloride ethylene-oxide fenthion fluoroacetamide
    hbcd heptachlor hexachlorobenzene hexachlorocyclohexane lindane mercury-compounds methamidophos methyl-parathion
    monocrotophos octabde parathion pcb pentabde pentachlorophenol pfoa pfos phorate phosphamidon
    polybrominated-biphenyl polychlorinated-terphenyl sccp terbufos tetraethyl-lead tetramethyl-lead toxaphene
    tremolite tributyltin trichlorfon tris-phosphate
"""
SCRIPTS = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u3400-\u9fff]", "ru": r"[\u0400-\u04ff]"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_as_many_concepts_as_promised() -> None:
    """Each scheme has its share, and none of a scheme's rows is lost by a key that is there twice."""
    assert len(concepts()) == sum(len(rows(VOCABULARY / f"{scheme}.csv")) for scheme in SCHEMES) >= 450
    assert set(Counter(one.scheme for one in concepts().values())) == set(SCHEMES)
    assert {path.stem for path in VOCABULARY.glob("*.csv")} == {*SCHEMES, "other_meanings", "traditional"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_row_is_complete_and_says_where_it_is_from(scheme: str) -> None:
    """No label or definition is empty; key, source, date and verified are well formed; rows are sorted."""
    table = rows(VOCABULARY / f"{scheme}.csv")
    assert table == sorted(table, key=lambda row: row["key"])
    for row in table:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["key"])
        assert all(row[code].strip("~ ") for code in LANGUAGES), row["key"]
        assert row["definition"].endswith(".") and len(row["definition"]) > 20, row["key"]
        assert row["source"] and re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["as_of"])
        assert row["verified"] in {"yes", "no"}
        assert all(value == value.strip() and "  " not in value for value in row.values()), row["key"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_concepts_share_a_term(language: str) -> None:
    """A label or alternative says which concept is meant, and no concept has one of them twice."""
    terms = Counter(term.casefold() for one in concepts().values() for term in one.terms(language))
    assert [term for term, count in terms.items() if count > 1] == []


def test_labels_are_in_the_script_of_their_language() -> None:
    """A label copied into the wrong column is seen; acronyms and codes may stay Latin."""
    for code, script in SCRIPTS.items():
        assert [one.key for one in concepts().values() if not re.search(script, one.labels[code])] == []
    for code in ("en", "fr", "es"):
        wrong = [t for one in concepts().values() for t in one.terms(code) if re.search("|".join(SCRIPTS.values()), t)]
        assert wrong == []


def test_codes_and_links_are_well_formed_and_codes_lead_to_one_concept() -> None:
    """Two concepts never claim the same code; a code is no link of its own concept."""
    codes = Counter(code for one in concepts().values() for code in one.codes)
    assert [code for code, count in codes.items() if count > 1] == []
    for one in concepts().values():
        assert all(CODE.fullmatch(code) for code in (*one.codes, *one.links)), one.key
        assert not set(one.codes) & set(one.links), one.key


def test_cas_numbers_have_the_right_check_digit() -> None:
    """The last digit is the sum of the others, weighted from the right, modulo ten."""
    for code in (code for one in concepts().values() for code in one.codes if code.startswith("cas/")):
        *digits, check = (int(digit) for digit in code if digit.isdecimal())
        assert sum(place * digit for place, digit in enumerate(reversed(digits), 1)) % 10 == check, code


def test_all_listed_pollutants_are_there() -> None:
    """The 37 entries that Annexes A, B and C of the Stockholm Convention had by 2025, and what Annex C adds."""
    listed = {code.split("/")[2] for one in concepts().values() for code in one.codes if code.startswith("stockholm/")}
    assert listed == set(POLLUTANTS.split()) and len(listed) == 37


def test_all_chemicals_of_annex_iii_are_there() -> None:
    """Annex III of the Rotterdam Convention as the conference of 2025 left it, asbestos by its five forms."""
    listed = {code.split("/")[2] for one in concepts().values() for code in one.codes if code.startswith("rotterdam/")}
    assert listed == set(ANNEX_III.split())


def test_what_is_listed_is_below_what_it_is_listed_as() -> None:
    """From the entries of the Stockholm and Rotterdam conventions one comes up to the class of all such chemicals."""
    above = {"stockholm": "persistent-organic-pollutant", "rotterdam": "annex-iii-chemical"}
    for one in concepts().values():
        for authority in {code.partition("/")[0] for code in one.codes} & set(above):
            assert above[authority] in neighbours(one.key), one.key


def test_all_categories_of_the_basel_annexes_are_there() -> None:
    """Y1 to Y49 lead to a concept each, or are linked from one; so do D1 to D15, R1 to R10 and the H codes."""
    known = {code for one in concepts().values() for code in (*one.codes, *one.links)}
    wanted = {f"basel/Y{n}" for n in range(1, 50)} | {f"basel/D{n}" for n in range(1, 16)}
    wanted |= {f"basel/R{n}" for n in (1, 2, 3, 4, 5, 6, 9, 10, 12, 13)}
    wanted |= {f"basel/H{n}" for n in (1, 3, 4.1, 4.2, 4.3, 5.1, 5.2, 6.1, 6.2, 8, 10, 11, 12, 13)}
    assert wanted - known == set()


def test_neighbours_are_concepts_and_nothing_is_its_own_neighbour() -> None:
    """Broader and related keys exist; a row names a pair once; what is related is not also above or below."""
    pairs: Counter[frozenset[str]] = Counter()
    for one in concepts().values():
        assert set(one.broader) | set(one.related) <= set(concepts()), one.key
        assert one.key not in neighbours(one.key)
        pairs.update(frozenset((one.key, other)) for other in one.related)
    assert [pair for pair, count in pairs.items() if count > 1 or len(pair) == 1] == []


def test_narrower_is_broader_the_other_way_round() -> None:
    """Waste batteries are found below waste."""
    assert "battery" in narrower()["waste"] and concept("battery").broader == ("waste",)
    assert {"lead-acid-battery", "waste"} <= neighbours("battery")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terms_that_official_texts_use_are_covered(language: str) -> None:
    """Each term of the reviewed list is a label or an alternative, and of the same concept in all languages."""
    keys = {fold(term): one.key for one in concepts().values() for term in one.terms(language)}
    english = {term: one.key for one in concepts().values() for term in one.terms("en")}
    wrong = [
        row[language]
        for row in rows(HERE / "official_terms.csv")
        if keys.get(fold(row[language]), "?") != english.get(row["en"])
    ]
    assert wrong == []


def test_other_meanings_are_well_formed() -> None:
    """Each phrase has a language and says what it means; rows are sorted."""
    table = rows(OTHER_MEANINGS)
    assert table == sorted(table, key=lambda row: (row["language"], row["phrase"]))
    assert all(row["language"] in LANGUAGES and row["phrase"] and row["meaning"] for row in table)


def test_a_label_in_each_language() -> None:
    """A label is the official term of that language."""
    assert {code: label("basel-convention", code) for code in LANGUAGES} == {
        "ar": "اتفاقية بازل",
        "zh": "巴塞尔公约",
        "en": "Basel Convention",
        "fr": "Convention de Bâle",
        "ru": "Базельская конвенция",
        "es": "Convenio de Basilea",
    }


def test_an_unknown_concept_is_named() -> None:
    """The error names the key that is not there."""
    with pytest.raises(ClearingHouseError, match="no-such-thing") as error:
        label("no-such-thing", "en")
    assert error.value.code == "unknown-concept"
