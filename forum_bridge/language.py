"""In which of the six languages a text was written: by its script, or for Latin letters by its small words.

Deterministic and without a model; a text too short to tell is taken to be in the language its writer reads.
"""

import re

SCRIPTS = {
    "ar": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
}
LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]")
SMALL_WORDS = {
    "en": "the of and to is are in that for with this what how which does not can we it my was be on or by from",
    "fr": "le la les des est et une un que qui dans pour pas avec ce sur nous comment quel quelle sont au aux du il ne",
    "es": "el los las es y una un que en para no con este por cómo qué cual cuál son al del se como está hay mi su lo",
}
_SMALL = {code: frozenset(words.split()) for code, words in SMALL_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str, default: str) -> str:
    """The code of a text's language, or `default` where it cannot be told."""
    counts = {code: len(script.findall(text)) for code, script in SCRIPTS.items()}
    # One Chinese character says as much as about three letters.
    counts["zh"] *= 3
    code = max(counts, key=lambda c: counts[c])
    if counts[code] > len(LATIN.findall(text)):
        return code
    return _latin(text, default if default in _SMALL else "") or default


def _latin(text: str, default: str) -> str:
    words = [word.lower() for word in _WORD.findall(text)]
    found = {code: sum(word in small for word in words) for code, small in _SMALL.items()}
    best = max(found.values())
    winners = [code for code, count in found.items() if count == best]
    if not best or default in winners:
        return default
    return winners[0] if len(winners) == 1 else default
