"""The interface's texts: extracted from code and templates, compared with the catalogues in five languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, PACKAGES, ROOT, catalogue_path

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/hub_templates/**.html", "jinja2")]
KEYWORDS = {"N_": None, "_": None, "plural": (1, 2)}
MOST_DROPPED, LARGEST_SHARE_DROPPED = 10, 0.25
PLACE = re.compile(r"{(\w*)[^}]*}")


def extract(package: str, root: Path = ROOT) -> Catalog:
    """All texts that a package shows, as a template catalogue without line numbers (they only make noise)."""
    found = Catalog(project=package, charset="utf-8", header_comment=f"# {package}: texts of the interface")
    texts = extract_from_dir(str(root / package), METHODS, keywords=KEYWORDS, comment_tags=["Translators:"])
    for name, _line, message, comments, _context in texts:
        found.add(message, locations=[(f"{package}/{name}", 0)], auto_comments=comments)
    return found


def problems(package: str, root: Path = ROOT) -> Iterator[str]:
    """What is missing, fuzzy, left over or has other places to fill than the English text; one line each."""
    wanted = extract(package, root)
    for language in _translated():
        path = catalogue_path(package, language, root)
        name = path.relative_to(root)
        have = _read(path, language) if path.exists() else Catalog(locale=language)
        for message in wanted:
            if message.id:
                yield from (f"{name}: {reason}: {message.id!r}" for reason in _faults(have, message.id))
        for message in have:
            if message.id and message.id not in wanted:
                yield f"{name}: no longer used: {message.id!r}"


def update(package: str, root: Path = ROOT, *, drop: bool = False) -> int:
    """Bring a package's catalogues up to date with its code; the number of texts still to translate.

    When many texts have gone at once, a wrong pattern is likelier than so much rewriting, and translations are
    work of people: then nothing is written unless `drop` says that they may go.
    """
    wanted = extract(package, root)
    if not len(wanted):
        return 0
    catalogues = {language: _open(package, language, root) for language in _translated()}
    if not drop:
        for language, catalogue in catalogues.items():
            _refuse_to_shrink(package, language, catalogue, wanted)
    return sum(_write(catalogue_path(package, code, root), c, wanted) for code, c in catalogues.items())


def _refuse_to_shrink(package: str, language: str, catalogue: Catalog, wanted: Catalog) -> None:
    total, dropped = len(catalogue), sum(bool(m.id) and m.id not in wanted for m in catalogue)
    if dropped > MOST_DROPPED and dropped > total * LARGEST_SHARE_DROPPED:
        raise ClearingHouseError(
            "catalogue-shrinks",
            N_(
                "The catalogue of {package} in {language} would lose {dropped} of {total} texts, so nothing was "
                "written. Find out why the code no longer shows them; if they are meant to go, repeat with --drop."
            ),
            package=package,
            language=language,
            dropped=dropped,
            total=total,
        )


def _write(path: Path, catalogue: Catalog, wanted: Catalog) -> int:
    # The date of extraction would change with every run, and only make noise.
    catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return sum(bool(m.id) and any(_faults(catalogue, m.id)) for m in catalogue)


def _open(package: str, language: str, root: Path) -> Catalog:
    path = catalogue_path(package, language, root)
    return _read(path, language) if path.exists() else _new(package, language)


def _new(package: str, language: str) -> Catalog:
    return Catalog(
        locale=language,
        project=package,
        version="1",
        msgid_bugs_address="Secretariat",
        last_translator="Secretariat",
        language_team=LANGUAGES[language].name,
        header_comment=f"# {package}: the interface's texts in {language}.",
        fuzzy=False,
    )


def _translated() -> list[str]:
    return [code for code in LANGUAGES if code != SOURCE]


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _faults(catalogue: Catalog, key: Any) -> Iterator[str]:
    message = catalogue.get(key[0] if isinstance(key, tuple) else key)
    strings = list(message.string) if message and isinstance(message.string, tuple) else [message and message.string]
    if message is None or not all(strings):
        yield "missing"
    elif message.fuzzy:
        yield "fuzzy"
    else:
        allowed = set(PLACE.findall(" ".join(key) if isinstance(key, tuple) else key))
        for text in map(str, strings):
            places = set(PLACE.findall(text))
            # A plural form may leave the number out ("one lesson"), and nothing else.
            if not allowed - {"n"} <= places <= allowed:
                yield f"places {sorted(places)} instead of {sorted(allowed)}"


def check_all(root: Path = ROOT) -> list[str]:
    """The problems of every package's catalogues."""
    return [problem for package in PACKAGES for problem in problems(package, root)]
