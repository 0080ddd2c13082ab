"""The reasons of a match, which are data, as sentences in the reader's language."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.lists import format_list

from conventions.texts import N_, Translate
from expert_db.concepts import label
from expert_db.matching import Reason
from expert_db.regions import REGIONS

# For each code, the sentence for the learner about her mentor and the one for the mentor about his learner.
SENTENCES: dict[str, tuple[str, str]] = {
    "suggested": (N_("A colleague suggests this mentor"), N_("A colleague suggested you")),
    "language": (N_("Speaks {languages} with you"), N_("You both speak {languages}")),
    "no-common-language": (
        N_("Nobody who is free now speaks a language of yours; this mentor speaks {languages}"),
        N_("Nobody who is free now speaks a language of hers; you speak {languages}"),
    ),
    "concept": (N_("Works on “{concept}” (level {level} of 3)"), N_("You work on “{concept}” (level {level} of 3)")),
    "same-country": (N_("Works in your country"), N_("She works in your country")),
    "same-region": (N_("Works in your region: {region}"), N_("She works in your region: {region}")),
    "same-hours": (N_("Has the same time of day as you"), N_("She has the same time of day as you")),
}


def sentence(reason: Reason, translate: Translate, *, to_mentor: bool = False) -> str:
    """One reason for the reader: the learner, or `to_mentor`."""
    code, values = reason
    shown = _shown(values, translate)
    if code in SENTENCES:
        return translate(SENTENCES[code][to_mentor], **shown)
    n = values["n"]
    del shown["n"]
    return _counted(code, n, shown, translate, to_mentor)


def sentences(reasons: Iterable[Any], translate: Translate, *, to_mentor: bool = False) -> list[str]:
    """All reasons, as they were written; a mentor sees his room elsewhere, as it is now."""
    shown = [(code, values) for code, values in reasons if not (to_mentor and code == "room")]
    return [sentence(reason, translate, to_mentor=to_mentor) for reason in shown]


def _counted(code: str, n: int, shown: dict[str, Any], translate: Translate, to_mentor: bool) -> str:
    plural = translate.plural
    texts = {
        ("room", False): lambda: plural("Has room for {n} more learner", "Has room for {n} more learners", n),
        ("hours", False): lambda: plural("{n} hour from your time of day", "{n} hours from your time of day", n),
        ("hours", True): lambda: plural("{n} hour from your time of day", "{n} hours from your time of day", n),
        ("accepted", False): lambda: plural(
            "{n} answer on “{concept}” was accepted", "{n} answers on “{concept}” were accepted", n, **shown
        ),
        ("accepted", True): lambda: plural(
            "{n} answer of yours on “{concept}” was accepted",
            "{n} answers of yours on “{concept}” were accepted",
            n,
            **shown,
        ),
        ("answered", False): lambda: plural(
            "Has answered {n} question on “{concept}”", "Has answered {n} questions on “{concept}”", n, **shown
        ),
        ("answered", True): lambda: plural(
            "You have answered {n} question on “{concept}”",
            "You have answered {n} questions on “{concept}”",
            n,
            **shown,
        ),
    }
    return texts[code, to_mentor]()


def _shown(values: dict[str, Any], translate: Translate) -> dict[str, Any]:
    """The values as they are read: terms, names of languages and regions."""
    code = translate.language.code
    shown = dict(values)
    if "concept" in values:
        shown["concept"] = label(values["concept"], code)
    if "region" in values:
        shown["region"] = translate(REGIONS[values["region"]])
    if "languages" in values:
        shown["languages"] = language_names(values["languages"], code)
    return shown


def language_names(languages: Iterable[str], reader: str) -> str:
    """Languages by name in the reader's language, as a list in her language's manner."""
    locale = Locale.parse(reader)
    return format_list([locale.languages.get(code, code) for code in languages], locale=locale)
