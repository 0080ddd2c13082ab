"""Translations change what is read, never what is run."""

import ast
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions.errors import ClearingHouseError
from courses import translation
from courses.notebook import MARKERS, dump
from courses.units import pieces, units
from tests.courses import tiny

CODE = '''# Read the table
# of movements.
import json  # for the table

def total(rows):
    # Add them up.
    return sum(
        row["t"]
        # in tonnes
        for row in rows
    )
text = """
# not a comment
"""'''

anything = st.text(st.characters(codec="utf-8"), max_size=60)
markdown = st.lists(
    st.sampled_from(
        ["# Title", "text here", "- item", "  more", "1. one", "> quote", "```", "| a | b |", "|---|---|", "", "<div>",
         "</div>", "    code", "===", "---", "$$x$$", "![a](b.png)", "\ttab", "* * *", "[x]: http://a.b", "lazy\\"]
    ),
    max_size=12,
).map("\n".join)  # fmt: skip


def french(**texts: str) -> polib.POFile:
    file = translation.update(tiny.lesson(), translation.read(Path("none"), "fr"))
    for entry in file:
        entry.msgstr = {**tiny.FRENCH, **texts}.get(entry.msgid, "")
    return file


@given(source=markdown | anything)
def test_pieces_are_the_whole_cell(source: str) -> None:
    """Cutting prose or code into pieces loses and adds nothing."""
    for cell in (tiny.prose(source), tiny.code(source)):
        assert "".join(piece.source() for piece in pieces(cell)) == source


@given(
    texts=st.lists(
        anything | st.sampled_from(["x\nimport os", '"""', "\\", "\r1/0", "\x0c1", "\u2028import os"]), min_size=4
    )
)
def test_no_translation_can_change_code(texts: list[str]) -> None:
    """Whatever a PO file holds, the translated cell has the same syntax tree and only other comments."""
    source = tiny.book(tiny.code(CODE))
    file = translation.update(source, translation.read(Path("none"), "fr"))
    assert len(file) == 4
    for entry, text in zip(file, texts, strict=False):
        entry.msgstr = text
    made = translation.translate(source, file, "fr").cells[0].source
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(CODE))
    assert not any(marker in made for marker in MARKERS)


@given(text=anything)
def test_tests_and_grades_are_the_same_in_every_language(text: str) -> None:
    """Test cells are never touched and no cell loses its id or nbgrader metadata."""
    source = tiny.task()
    file = translation.update(source, translation.read(Path("none"), "ar"))
    for entry in file:
        entry.msgstr = text
    made = translation.translate(source, file, "ar")
    assert made.cells[2] == source.cells[2]
    assert [(cell.id, cell.metadata) for cell in made.cells] == [(cell.id, cell.metadata) for cell in source.cells]


def test_units_are_paragraphs_and_comments_without_their_marks() -> None:
    """A translator sees texts, not Markdown's marks of headings and lists, and no code."""
    assert [unit.text for unit in units(tiny.lesson())] == [
        "Is it waste?",
        "Read [Article 1](https://www.basel.int/) and `Annex I`.",
        "One",
        "Two",
        "Look up the code.",
        "of e-waste",
    ]


def test_what_learners_do_not_see_is_not_translated() -> None:
    """Solutions, tests and model answers give no texts to translate."""
    assert [unit.text for unit in units(tiny.task())] == ["Write a function.", "Say yes or no."]


def test_a_translated_notebook_marks_what_is_still_english() -> None:
    """Translated texts take their places; the list that is not translated is wrapped as English."""
    prose, code = translation.translate(tiny.lesson(), french(), "fr").cells
    assert prose.source.startswith("# Est-ce un déchet ?\n\nLisez [l'article 1]")
    assert '<div lang="en" dir="ltr">\n\n- One\n- Two\n\n</div>' in prose.source
    assert code.source == '# Cherchez le code.\ncode = "A1180"  # of e-waste\ncode'


def test_right_to_left_text_says_so() -> None:
    """Arabic prose is wrapped from right to left, since JupyterLab itself lays out from left to right."""
    prose = translation.translate(tiny.lesson(), french(One="واحد", Two="اثنان"), "ar").cells[0].source
    assert prose.startswith('<div lang="ar" dir="rtl">\n\n# ')


def test_changed_english_makes_a_translation_stale() -> None:
    """After an edit the old translation is fuzzy with the former English beside it, and is not shown."""
    changed = tiny.lesson()
    changed.cells[0].source = changed.cells[0].source.replace("Is it waste?", "Is this waste?")
    fresh = translation.update(changed, french())
    [entry] = [entry for entry in fresh if entry.fuzzy]
    assert (entry.msgid, entry.previous_msgid, entry.msgstr) == ("Is this waste?", "Is it waste?", "Est-ce un déchet ?")
    assert "Is this waste?" in translation.translate(changed, fresh, "fr").cells[0].source
    assert translation.coverage(changed, french()) == translation.Coverage(2, 1, 3)


def test_a_moved_text_keeps_its_translation_and_a_removed_one_is_kept_as_obsolete() -> None:
    """Splitting a cell costs no translation; deleting one loses none."""
    moved = tiny.lesson()
    moved.cells[0]["id"] = "elsewhere"
    assert translation.coverage(moved, french()).translated == 3
    moved.cells.pop(0)
    assert {entry.msgid for entry in translation.update(moved, french()).obsolete_entries()} == set(tiny.FRENCH) - {
        "Look up the code."
    }


def test_updating_twice_changes_nothing() -> None:
    """`update` settles at once, so it can be run on every save."""
    once = translation.update(tiny.lesson(), french())
    assert str(translation.update(tiny.lesson(), once)) == str(once)


@pytest.mark.parametrize(
    "text",
    [
        "Lisez [l'article 1](https://evil.example/) et `Annex I`.",
        "Lisez l'article 1 et `Annex I`.",
        "Lisez [l'article 1](https://www.basel.int/) et l'annexe I.",
        "Lisez [l'article 1](https://www.basel.int/) et `Annex I`. <script>alert(1)</script>",
        "- Lisez [l'article 1](https://www.basel.int/) et `Annex I`.",
        "Lisez [l'article 1](https://www.basel.int/) et `Annex I`. ### BEGIN SOLUTION",
    ],
)
def test_a_faulty_translation_is_not_shown(text: str) -> None:
    """A translation that changes links, code, tags or structure is left out, and the English shown."""
    key = "Read [Article 1](https://www.basel.int/) and `Annex I`."
    made = dump(translation.translate(tiny.lesson(), french(**{key: text}), "fr"))
    assert "Read [Article 1](https://www.basel.int/)" in made
    assert "Lisez" not in made


def test_a_malformed_file_is_refused_with_its_reason() -> None:
    """A broken PO file says where it is broken."""
    with pytest.raises(ClearingHouseError, match=r"fr/classify\.po.*line 2") as refused:
        translation.parse('msgid "a"\nnonsense\n', "fr/classify.po")
    assert refused.value.code == "translation-bad"
