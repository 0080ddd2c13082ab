"""Entities in one form, however they came: dates in ISO 8601, texts as lists of (language, value)."""

import re
from datetime import datetime, timedelta
from typing import Any

from conventions.feeds.faults import fault
from conventions.feeds.pages import Raw
from conventions.feeds.sets import EntitySet
from conventions.languages import SOURCE

# Values of every kind are text from outside: whoever shows them escapes or cleans them.
Entity = dict[str, Any]

_EPOCH = datetime(1970, 1, 1)
_MILLISECONDS = re.compile(r"/Date\((-?\d+)(?:[+-]\d+)?\)/")


def entity(kind: EntitySet, raw: Raw) -> Entity:
    """What is kept of an entity. Raises `feed-shape` where something required is missing."""
    missing = [name for name in kind.required if not raw.get(name)]
    if missing:
        raise fault("feed-shape", kind.name, f"no {', '.join(missing)} in {str(raw)[:120]}")
    return {
        **{name: value(raw.get(name)) for name in (*kind.required, *kind.fields)},
        **{name: _texts(kind, name, raw.get(name) or []) for name in kind.texts},
        **{name: _items(kind, name, raw.get(name) or []) for name in kind.lists},
    }


def value(raw: Any) -> str:
    """Any simple value as text; JSON's dates (`/Date(1436262300000)/`) as ISO 8601 in UTC, like Atom's."""
    if raw is None:
        return ""
    match = _MILLISECONDS.fullmatch(str(raw))
    if match is None:
        return str(raw).lower() if isinstance(raw, bool) else str(raw)
    try:
        return (_EPOCH + timedelta(milliseconds=int(match[1]))).isoformat(timespec="seconds")
    except OverflowError:
        return str(raw)


def in_language(texts: list[list[str]], language: str) -> str:
    """A text in that language, else in English, else in whichever there is, else nothing."""
    by_language = {code[:2].lower(): text for code, text in reversed(texts) if text}
    return by_language.get(language) or by_language.get(SOURCE) or next(iter(reversed(by_language.values())), "")


def _texts(kind: EntitySet, name: str, raw: Any) -> list[list[str]]:
    """Pairs of language and value, in the order of the languages."""
    pairs = [[value(item.get("language")), value(item.get("value"))] for item in _list(kind, name, raw)]
    return sorted(pair for pair in pairs if pair[1])


def _items(kind: EntitySet, name: str, raw: Any) -> list[Entity]:
    items = [{key: value(item[key]) for key in sorted(item)} for item in _list(kind, name, raw)]
    return sorted(items, key=lambda item: sorted(item.items()))


def _list(kind: EntitySet, name: str, raw: Any) -> list[Raw]:
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise fault("feed-shape", kind.name, f"{name} is no list: {str(raw)[:120]}")
    return raw
