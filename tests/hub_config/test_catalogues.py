"""Bringing catalogues up to date: what is new waits for translators, and their work is not lost by accident."""

from pathlib import Path

import polib
import pytest

from conventions.errors import ClearingHouseError
from conventions.texts import catalogue_path
from hub_config import catalogues

TEXTS = [f"Text {number}" for number in range(40)]


def says(root: Path, texts: list[str]) -> None:
    """Let the package `courses` show these texts."""
    lines = [f"    N_({text!r})," for text in texts]
    code = "\n".join(["from conventions.texts import N_", "SHOWN = [", *lines, "]", ""])
    (root / "courses").mkdir(exist_ok=True)
    (root / "courses" / "shown.py").write_text(code)


def written(root: Path) -> dict[str, bytes]:
    """The catalogues' bytes by language."""
    return {code: catalogue_path("courses", code, root).read_bytes() for code in ("ar", "es", "fr", "ru", "zh")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package with forty texts, all of them translated into five languages."""
    says(tmp_path, TEXTS)
    assert catalogues.update("courses", tmp_path) == 5 * len(TEXTS)
    for code in ("ar", "es", "fr", "ru", "zh"):
        path = catalogue_path("courses", code, tmp_path)
        file = polib.pofile(str(path))
        for entry in file:
            entry.msgstr = f"{code} {entry.msgid}"
        file.save(str(path))
    return tmp_path


def test_new_text_waits_and_the_others_stay(root: Path) -> None:
    """One more text is one more to translate in each language, and no translation is touched."""
    says(root, [*TEXTS, "Something new"])
    assert catalogues.update("courses", root) == 5
    french = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue_path("courses", "fr", root)))}
    assert french == {**{text: f"fr {text}" for text in TEXTS}, "Something new": ""}


def test_nothing_new_changes_nothing(root: Path) -> None:
    """A second run writes the same bytes, so that it makes no noise in the history."""
    catalogues.update("courses", root)
    before = written(root)
    assert catalogues.update("courses", root) == 0
    assert written(root) == before


def test_a_catalogue_does_not_lose_many_texts_unasked(root: Path) -> None:
    """When eleven of forty texts vanish, it says which catalogue and how many, and no file is changed."""
    before = written(root)
    says(root, TEXTS[11:])
    with pytest.raises(ClearingHouseError) as refused:
        catalogues.update("courses", root)
    assert refused.value.code == "catalogue-shrinks"
    assert refused.value.values == {"package": "courses", "language": "ar", "dropped": 11, "total": 40}
    assert written(root) == before


def test_many_texts_go_when_it_is_said(root: Path) -> None:
    """With `drop` the vanished texts leave every catalogue, and the rest keep their translations."""
    says(root, TEXTS[11:])
    assert catalogues.update("courses", root, drop=True) == 0
    for code in written(root):
        kept = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue_path("courses", code, root)))}
        assert kept == {text: f"{code} {text}" for text in TEXTS[11:]}


def test_few_texts_go_unasked(root: Path) -> None:
    """Ten texts are the rewriting of a page, not an accident."""
    says(root, TEXTS[10:])
    assert catalogues.update("courses", root) == 0
    assert len(polib.pofile(str(catalogue_path("courses", "zh", root)))) == 30


def test_a_quarter_of_a_large_catalogue_goes_unasked(root: Path) -> None:
    """What counts is also the share: eleven of forty-four texts are not more than a quarter."""
    says(root, [*TEXTS, "a", "b", "c", "d"])
    catalogues.update("courses", root)
    says(root, [*TEXTS[11:], "a", "b", "c", "d"])
    catalogues.update("courses", root)
    assert len(polib.pofile(str(catalogue_path("courses", "ru", root)))) == 33
