"""`chm check`: it lists every problem at once, in the catalogues first of all."""

import json
from pathlib import Path

import pytest

from conventions.texts import catalogue_path
from hub_config import catalogues
from hub_config.cli import check
from hub_config.portal import dashboards

CODE = """
from conventions.texts import N_
GREETING = N_("Hello, {name}")
FAREWELL = N_("Goodbye")
"""
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package `courses` with two texts, translated well into five languages."""
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / "greeting.py").write_text(CODE)
    for language in ("ar", "es", "fr", "ru", "zh"):
        write(tmp_path, language, 'msgid "Hello, {name}"\nmsgstr "{name} !"\n\nmsgid "Goodbye"\nmsgstr "!"\n')
    return tmp_path


def write(root: Path, language: str, entries: str) -> None:
    path = catalogue_path("courses", language, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + entries, encoding="utf-8")


def test_whole_catalogues_pass(root: Path) -> None:
    """Complete translations give no problem."""
    assert catalogues.check_all(root) == []


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ('msgid "Hello, {name}"\nmsgstr "{name} !"\n', "missing: 'Goodbye'"),
        ('msgid "Hello, {name}"\nmsgstr "{name} !"\n\nmsgid "Goodbye"\nmsgstr ""\n', "missing: 'Goodbye'"),
        ('msgid "Hello, {name}"\nmsgstr "{name} !"\n\n#, fuzzy\nmsgid "Goodbye"\nmsgstr "!"\n', "fuzzy: 'Goodbye'"),
        (
            'msgid "Hello, {name}"\nmsgstr "{name} !"\n\nmsgid "Goodbye"\nmsgstr "!"\n\nmsgid "Old"\nmsgstr "o"\n',
            "no longer used: 'Old'",
        ),
        (
            'msgid "Hello, {name}"\nmsgstr "{nom} !"\n\nmsgid "Goodbye"\nmsgstr "!"\n',
            "places ['nom'] instead of ['name']: 'Hello, {name}'",
        ),
    ],
    ids=["missing", "empty", "fuzzy", "left over", "wrong place"],
)
def test_each_fault_is_named(root: Path, entries: str, said: str) -> None:
    """A text that is missing, fuzzy, left over or has another place to fill is named with its file."""
    write(root, "fr", entries)
    assert catalogues.check_all(root) == [f"courses/locale/fr/messages.po: {said}"]


def test_all_problems_of_all_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """One failing check does not hide the next, and the summary names them."""
    code = check.report(
        {"one": lambda: ["a.py: bad", "b.py: [worse]"], "two": lambda: [], "three": lambda: ["c.po: empty"]}
    )
    said = capsys.readouterr().out
    assert code == 1
    assert all(line in said for line in ("a.py: bad", "b.py: [worse]", "✓ two", "c.po: empty", "2 of 3", "one, three"))


def test_check_that_cannot_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A check that breaks is a problem of its own and does not keep the others from running."""
    checks = {"broken": lambda: [str(1 // 0)], "two": lambda: []}
    assert check.report(checks) == 1
    said = capsys.readouterr().out
    assert "could not run: ZeroDivisionError" in said and "✓ two" in said


def test_nothing_to_report(capsys: pytest.CaptureFixture[str]) -> None:
    """When all is well it says so, and the exit code is 0."""
    assert check.report({"one": lambda: []}) == 0
    assert "All 1 checks passed." in capsys.readouterr().out


def test_tool_that_complains() -> None:
    """What a tool prints counts only when it fails."""
    assert list(check.module("json.tool", "/nonexistent")()) != []
    assert list(check.module("platform")()) == []


def test_dashboards_say_what_they_are(tmp_path: Path) -> None:
    """A dashboard without its source is named, is not shown to the public, and does not hide the others."""
    words = dict.fromkeys(("ar", "zh", "en", "fr", "ru"), "Wastes")
    whole = {"title": words, "summary": {**words, "es": "Desechos"}, "as_of": "2026-06-01", "source": "COP"}
    for name, said in (("good", whole), ("bad", {**whole, "source": ""})):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"metadata": {"chm": said}, "cells": []}))
    problems = list(dashboards.problems(tmp_path))
    assert len(problems) == 2 and "bad.ipynb" in problems[0] and problems[1] == "good.ipynb: no title in es"
    shown = dashboards.entries("es", tmp_path)
    assert [entry.address for entry in shown] == ["/services/dashboards/voila/render/good.ipynb?lang=es"]
    assert shown[0].title.language.code == "en" and shown[0].summary.text == "Desechos"
