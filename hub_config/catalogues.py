"""The interface's texts: extracted from code and templates, compared with the catalogues in five languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import PACKAGES, ROOT, catalogue_path

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/hub_templates/**.html", "jinja2")]
KEYWORDS = {"N_": None, "_": None, "plural": (1, 2)}
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


def update(package: str, root: Path = ROOT) -> int:
    """Bring a package's catalogues up to date with its code; the number of texts still to translate."""
    wanted, missing = extract(package, root), 0
    if not len(wanted):
        return 0
    for language in _translated():
        path = catalogue_path(package, language, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = _read(path, language) if path.exists() else _new(package, language)
        catalogue.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
        missing += sum(bool(m.id) and any(_faults(catalogue, m.id)) for m in catalogue)
    return missing


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
