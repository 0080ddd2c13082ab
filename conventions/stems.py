"""Words as the vocabulary compares them: case, diacritics, inflection and Arabic articles put aside.

This is light stemming: enough that a term is found in a sentence, with no dictionary and always the same answer.
Chinese is read character by character, traditional characters as the simplified ones of the labels
(`conventions/data/vocabulary/traditional.csv`). A Basel code ("Y 49", "A1181") or a CAS number is one word.
"""

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

TRADITIONAL = Path(__file__).parent / "data" / "vocabulary" / "traditional.csv"

_CHINESE = r"\u3400-\u9fff"
_LETTER = rf"[^\W_{_CHINESE}]"
# Marks, tatweel, soft hyphens and directions that stand inside a word without being part of it.
_MARK = r"[\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f]"
_CAS = r"\d{2,7}[-‐‑–]\d\d[-‐‑–]\d(?!\d)"
# Codes of the Basel annexes; Russian keyboards write А1181, В1110 and У49.
_CODE = rf"(?:[ABYabyАВУ]-?\d{{1,4}}|[ABАВ]\ \d{{4}}|[DRH]\d{{1,2}}(?:\.\d)?)(?!{_LETTER})"
# In Spanish "Y 10" is an ordinary beginning of a sentence.
_SPACED_Y = rf"[YУ]\ \d{{1,2}}(?!{_LETTER})"
# A letter that names something, as in "Annex A" and "code D", which is not the article "a".
_LETTERED = rf"(?<=[a-zß-ÿ])\ [A-Z](?!{_LETTER}|['’-]|\ ?\d)"
# No term goes on where a part of a sentence ends.
_BREAK = r"[.!?;:,](?=\s)|[。！？；：，、؛،؟]|\n\s*\n"
_IS_CODE = re.compile(_CODE + "|" + _SPACED_Y)
_IS_CAS = re.compile(_CAS)
_CODE_LETTERS = str.maketrans("АВУ", "ABY", " -")
_CAS_HYPHENS = str.maketrans("‐‑–", "---")

_FOLDED = str.maketrans(
    {"ى": "ي", "ة": "ه", "ـ": None, "œ": "oe", "ß": "ss", "’": "'", "\u00ad": None}
    | dict.fromkeys(map(chr, range(0x200B, 0x2010)))
)
# Full-width characters, and the digits of Arabic script.
_DIGITS = {
    "zh": {0xFEE0 + code: code for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))},
    "ar": {start + digit: 0x30 + digit for start in (0x660, 0x6F0) for digit in range(10)},
}
_SHORTEST = 3
_LONGEST_ENDING = 5

_STOP = {
    "en": "of the a an and s",
    "fr": "de du des d la le les l un une et en a aux",
    "es": "de del la el los las y e en un una",
    "ru": "и",
    "zh": "的",
    "ar": "",
}
# Ending, or ending=what stands for it in the stem; of several that fit the longest is taken.
_ENDINGS = {
    "en": "ies=i y=i ss=ss us=us is=is sses=ss es s e ing ed",
    "fr": "aux ales als ale al euses euse eux elles elle els el es s x e",
    "es": "ones=on es on=on os as s o a e",
    "ru": "а я о е ы и у ю ь ью ой ей ою ею ом ем ов ев ам ям ами ями ах ях ок=к ек=к "
    "ия ии ию ие ием ией ий иев иям иями иях ый ая яя ое ее ые ого его ому ему ым им ых их ую юю ыми ими "
    "ийся аяся ееся иеся егося ейся емуся имся уюся ихся имися",
    "zh": "",
    "ar": "ات ان ون ين تين تان يه ها هم ه ا ي",
}
# Words whose ending is no ending: customs officers are not about a custom, PFOA is not PFOS.
_WHOLE = {"en": frozenset({"customs"}), "es": frozenset({"pfoa", "pfos"})}
_ARTICLES = ("وال", "فال", "بال", "كال", "ولل", "فلل", "وبال", "ال", "لل")
_PARTICLES = ("و", "ف", "ب", "ل", "ك")


def words(text: str, language: str) -> list[tuple[str, ...]]:
    """The words of `text` in order, each as the stems it may stand for, without the words that carry no meaning."""
    return [found for word in tokens(text, language) if (found := stems(word, language))]


def tokens(text: str, language: str) -> list[str]:
    """The words of `text` as they are written, codes and CAS numbers whole, and what ends a part of a sentence."""
    return _pattern(language).findall(text.translate(_DIGITS[language]) if language in _DIGITS else text)


def fold(text: str) -> str:
    """`text` without case, diacritics, Arabic letter variants and full-width forms."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(_FOLDED)


def plain(text: str, language: str) -> str:
    """`text` folded, its Chinese characters simplified; the same for whatever differs only in how it is written."""
    folded = fold(text).strip()
    return folded.translate(_simplified()) if language == "zh" else folded


def stems(token: str, language: str) -> tuple[str, ...]:
    """The stems a token may stand for: one, in Arabic also the one without a particle written onto it, or none."""
    if token[0] == " ":
        return (token.lower(),)
    if token[-1].isdecimal():
        if _IS_CODE.fullmatch(token):
            return (token.translate(_CODE_LETTERS).upper(),)
        if _IS_CAS.fullmatch(token):
            return (token.translate(_CAS_HYPHENS),)
    word = plain(token, language) or "."
    if word in _stop(language):
        return ()
    return _arabic(word) if language == "ar" else (_without_ending(word, language),)


def _arabic(word: str) -> tuple[str, ...]:
    bare = next((word[len(a) :] for a in _ARTICLES if word.startswith(a) and len(word) - len(a) >= _SHORTEST), None)
    if bare:
        return (_without_ending(bare, "ar"),)
    shorter = word[1:] if word.startswith(_PARTICLES) and len(word) > _SHORTEST + 1 else word
    return tuple(dict.fromkeys(_without_ending(form, "ar") for form in (word, shorter)))


def _without_ending(word: str, language: str) -> str:
    if word in _WHOLE.get(language, ()):
        return word
    endings = _endings(language)
    for length in range(min(_LONGEST_ENDING, len(word) - _SHORTEST), 0, -1):
        if word[-length:] in endings:
            return word[:-length] + endings[word[-length:]]
    return word


@cache
def _pattern(language: str) -> re.Pattern[str]:
    codes = _CODE if language == "es" else f"{_CODE}|{_SPACED_Y}"
    if language in {"en", "fr", "es"}:
        codes += f"|{_LETTERED}"
    return re.compile(rf"{_CAS}|{codes}|{_LETTER}+(?:{_MARK}+{_LETTER}*)*|[{_CHINESE}]|{_BREAK}")


@cache
def _stop(language: str) -> frozenset[str]:
    return frozenset(_STOP[language].split())


@cache
def _endings(language: str) -> dict[str, str]:
    # Folded like the words they end, since folding also turns й into и.
    pairs = (ending.partition("=") for ending in _ENDINGS[language].split())
    return {fold(ending): stem for ending, _, stem in pairs}


@cache
def _simplified() -> dict[int, str]:
    with TRADITIONAL.open(encoding="utf-8", newline="") as file:
        return {ord(row["traditional"]): row["simplified"] for row in csv.DictReader(file)}
