"""Words as the vocabulary compares them: case, diacritics, inflection and Arabic articles put aside.

This is light stemming: enough that a term is found in a sentence, with no dictionary and always the same answer.
"""

import re
import unicodedata
from functools import cache

# A Chinese character is a word of its own here: a term is then found whether or not anything separates the characters.
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_FOLDED = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None, "œ": "oe", "ß": "ss", "’": "'"})
_SHORTEST = 3

_STOP = {
    "en": "of the a an and",
    "fr": "de du des d la le les l un une et en a aux",
    "es": "de del la el los las y e en un una",
    "ru": "и",
    "zh": "",
    "ar": "",
}
# Ending, or ending=what stands for it in the stem; of several that fit the longest is taken.
_ENDINGS = {
    "en": "ies=i y=i ss=ss sses=ss es s e ing ed",
    "fr": "aux ales als ale al euses euse eux elles elle els el es s x e",
    "es": "ones on es os as s o a e",
    "ru": "а я о е ы и у ю ь ью ой ей ою ею ом ем ов ев ам ям ами ями ах ях ок ек ка ки ку ке кой кам ками ках "
    "ия ии ию ие ией ий иев иям иями иях ый ая яя ое ее ые ого его ому ему ым им ых их ую юю ыми ими",
    "zh": "",
    "ar": "ات ان ون ين تين تان يه ها هم ه ا ي",
}
_ARTICLES = ("وال", "فال", "بال", "كال", "ولل", "فلل", "وبال", "ال", "لل")
_PARTICLES = ("و", "ف", "ب", "ل", "ك")


def words(text: str, language: str) -> list[tuple[str, ...]]:
    """The words of `text` in order, each as the stems it may stand for, without the words that carry no meaning."""
    found = (match.group() for match in _WORD.finditer(fold(text)))
    return [stems(word, language) for word in found if word not in _stop(language)]


def fold(text: str) -> str:
    """`text` without case, diacritics, Arabic letter variants and full-width forms."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(_FOLDED)


@cache
def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems a folded word may stand for: one, or in Arabic also the one without a particle written onto it."""
    if language != "ar":
        return (_without_ending(word, language),)
    bare = next((word[len(a) :] for a in _ARTICLES if word.startswith(a) and len(word) - len(a) >= _SHORTEST), None)
    if bare:
        return (_without_ending(bare, language),)
    shorter = word[1:] if word.startswith(_PARTICLES) and len(word) > _SHORTEST + 1 else word
    return tuple(dict.fromkeys(_without_ending(form, language) for form in (word, shorter)))


def _without_ending(word: str, language: str) -> str:
    endings = _endings(language)
    for length in range(min(4, len(word) - _SHORTEST), 0, -1):
        if word[-length:] in endings:
            return word[:-length] + endings[word[-length:]]
    return word


@cache
def _stop(language: str) -> frozenset[str]:
    return frozenset(_STOP[language].split())


@cache
def _endings(language: str) -> dict[str, str]:
    # Folded like the words they end, since folding also turns й into и.
    pairs = (ending.partition("=") for ending in _ENDINGS[language].split())
    return {fold(ending): stem for ending, _, stem in pairs}
