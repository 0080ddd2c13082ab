"""Questions in courses: checked, translated, read without Python, and graded where they count."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from conventions.languages import LANGUAGES
from courses import check, translation
from courses.exchange.shelf import FolderShelf
from courses.grading.notebook_grader import NotebookGrader
from courses.rendering import render
from courses.units import units
from tests.courses import tiny
from tests.courses.notebooks import COURSE, ITEM, answered, marked, release
from widgets import questions

ASK = """#| question: en
# Is <b>Y49</b> waste?
#
# - Yes, other waste
# - No
#
# Annex II lists it (Article 1(2)).
answer = ""
choose(answer, right="1", step=1)"""
STEPS = "#| steps: en\n# - Check yourself\nsteps(1)"
FRENCH = {
    "Is <b>Y49</b> waste?": "Y49 est-il un déchet ?",
    "- Yes, other waste\n- No": "- Oui, un autre déchet\n- Non",
    "Annex II lists it (Article 1(2)).": "L'annexe II le nomme (article 1, paragraphe 2).",
}


def in_french(**left_out: str) -> str:
    """The cell as a French edition has it."""
    made = tiny.book(tiny.code(ASK))
    file = translation.update(made, translation.read(Path("none"), "fr"))
    for entry in file:
        entry.msgstr = left_out.get(entry.msgid[:2], FRENCH[entry.msgid])
    return str(translation.translate(made, file, "fr").cells[0].source)


def test_the_words_of_a_question_are_what_is_translated() -> None:
    """Question, list and reason are a text each; the first line and the code are none."""
    assert [unit.text for unit in units(tiny.book(tiny.code(ASK), tiny.code(STEPS)))] == [*FRENCH, "- Check yourself"]


def test_a_translated_question_says_its_language() -> None:
    """As soon as all its words are translated; the code stays as it was."""
    made = questions.question(in_french())
    assert (made.language, made.text, made.options[0]) == ("fr", "Y49 est-il un déchet ?", "Oui, un autre déchet")
    assert made.reason.startswith("L'annexe II") and in_french().endswith(ASK[-47:])
    assert questions.question(in_french(An="")).language == "en"


def test_a_translation_that_loses_an_answer_is_not_shown() -> None:
    """The list stays English, since numbers of its places would mean something else."""
    made = questions.question(in_french(**{"- ": "- Oui"}))
    assert made.options == ("Yes, other waste", "No")


@pytest.mark.parametrize(
    ("item", "source", "named"),
    [
        ("classify", ASK.replace('right="1"', 'right="3"'), "The right answer 3 cannot be given"),
        ("classify", ASK.replace("# - No\n", ""), "choose needs 1 lists"),
        ("classify", STEPS.replace("steps(1)", "steps(1, 2)"), "Each step needs a line"),
        ("task", ASK, "A question of an assignment says its right answer"),
    ],
)
def test_the_check_finds_a_question_that_cannot_be_asked(tmp_path: Path, item: str, source: str, named: str) -> None:
    """With file, cell and reason, before a learner meets it."""
    folder = tiny.course(tmp_path)
    made = {"classify": tiny.lesson, "task": tiny.task}[item]()
    made.cells.append(tiny.code(source))
    made.cells[-1]["id"] = "asked"
    tiny.write(folder / f"{item}.ipynb", made)
    found = [str(problem) for problem in check.problems(tmp_path)]
    assert any(f"tiny/{item}.ipynb: asked: {named}" in line for line in found), found


def test_a_question_is_read_without_python() -> None:
    """Words first, the answer with its reason folded, nothing of a text taken for HTML; progress is left out."""
    made = tiny.book(tiny.code(ASK), tiny.code(STEPS))
    page = str(render(made, LANGUAGES["en"], LANGUAGES["fr"]))
    assert "<strong>Is &lt;b&gt;Y49&lt;/b&gt; waste?</strong></p><ol><li>Yes, other waste</li><li>No</li></ol>" in page
    assert '<summary lang="fr" dir="ltr">Réponse</summary><p>Yes, other waste</p><p>Annex II lists it' in page
    assert "choose(" not in page and "steps" not in page
    broken = str(render(tiny.book(tiny.code(ASK.replace("choose", "pick"))), LANGUAGES["en"], LANGUAGES["fr"]))
    assert "pick" in broken


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released assignment with one question that only records, and a hidden test that compares."""
    ask = '#| question: en\n# Which entry?\n#\n# - A1181\n# - Y49\nanswer = ""\n### BEGIN SOLUTION\nanswer = "2"\n'
    test = "### BEGIN HIDDEN TESTS\nassert answer == '2'\n### END HIDDEN TESTS"
    cells = [
        new_markdown_cell("# Is it waste?\n\n## Question 1", metadata=marked("intro"), id="intro"),
        new_code_cell("from widgets.quiz import choose", metadata=marked("setup"), id="setup"),
        new_code_cell(f"{ask}### END SOLUTION\nchoose(answer)", metadata=marked("q1", solution=True), id="q1"),
        new_code_cell(test, metadata=marked("q1-test", grade=True, points=4), id="q1-test"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    folder = tmp_path_factory.mktemp("grading")
    release(folder, made_from=new_notebook(metadata=kernel, cells=cells))
    return folder


def test_a_recorded_answer_is_graded_as_the_cell_holds_it(home: Path) -> None:
    """The learner's copy tells no answer; what the widget wrote into the cell is what the test reads."""
    shelf = FolderShelf(home)
    released = shelf.student(COURSE, ITEM, "en", "1.0.0").read_text(encoding="utf-8")
    assert "'2'" not in released and "choose(answer)" in released
    cell = '#| question: en\n# Which entry?\n#\n# - A1181\n# - Y49\nanswer = "{}"\nchoose(answer)'
    grader = NotebookGrader(home / "gradebook", spare=0)
    try:
        for given, score in (("2", 4), ("1", 0), ("", 0)):
            graded = grader.grade(
                **{"course": COURSE, "item": ITEM, "version": "1.0.0", "member": f"m{given}"},
                source=shelf.source(COURSE, ITEM, "1.0.0"),
                student=shelf.student(COURSE, ITEM, "en", "1.0.0"),
                submitted=answered(home, {"q1": cell.format(given)}),
            )
            assert [question.score for question in graded.questions] == [score]
    finally:
        grader.close()
