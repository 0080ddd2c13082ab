"""What a cell of a lesson asks: the words are its comments, so that a course's translators find them.

    #| question: en
    # Which of these are other wastes of Annex II?
    #
    # - Y46
    # - A1181
    # - Y49
    #
    # Annex II lists Y46 to Y49; Article 1(2) calls them other wastes.
    answer = ""
    choose(answer, right="1 3", step=2)

First the question, then a list (for `match` two: what is matched, and with what; for `number` none), then the reason
with its article. The call says the kind, the variable that holds the answer and, unless it is graded, the right one:
numbers of places in the list, in the order of `order`, one for each of what `match` matches, or a number. The first
line says in which language the words are; the translation of a course changes it with them.
"""

import ast
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby, takewhile
from typing import Any

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_

FIRST = re.compile(r"#\| (question|steps): (\w+)[ \t]*\n")
ITEM = "- "
LISTS = {"choose": 1, "order": 1, "match": 2, "number": 0}


@dataclass(frozen=True)
class Question:
    """A question as its cell has it; `right` is empty if the answer is not for the learner's notebook to know."""

    language: str
    kind: str
    variable: str
    text: str
    lists: tuple[tuple[str, ...], ...] = ()
    reason: str = ""
    right: str = ""
    within: str = "0"
    step: int = 0

    @property
    def options(self) -> tuple[str, ...]:
        """What is chosen from, put in order or matched with."""
        return self.lists[-1] if self.lists else ()

    def answer(self, given: object) -> str:
        """What was given as it is kept: numbers with one space between them. Refused with `answer-bad`."""
        text = unicodedata.normalize("NFKC", str(given)).strip()
        if not text:
            return ""
        kept = _decimal(text) if self.kind == "number" else self._places(text)
        if kept is None:
            message = N_("{answer} is no answer to this question. {how}")
            raise ClearingHouseError("answer-bad", message, answer=text, how=Said(HOW[self.kind], len(self.options)))
        return kept

    def matches(self, answer: str) -> list[bool]:
        """Which parts of an answer are right: of the choice and the number the whole, else place by place."""
        if self.kind == "number":
            return [abs(Decimal(answer) - Decimal(self.right)) <= Decimal(self.within)]
        if self.kind == "choose":
            return [answer == self.right]
        return [given == right for given, right in zip(answer.split(), self.right.split(), strict=True)]

    @property
    def told(self) -> str:
        """The right answer in the words of the question."""
        if self.kind == "number":
            return self.right
        chosen = [self.options[int(place) - 1] for place in self.right.split()]
        if self.kind == "match":
            chosen = [f"{item} – {option}" for item, option in zip(self.lists[0], chosen, strict=True)]
        return "; ".join(chosen)

    def _places(self, text: str) -> str | None:
        numbers = [int(part) for part in re.findall(r"\d+", text)]
        known = range(1, len(self.options) + 1)
        if re.search(r"[^\d\s,;.]", text) or not numbers or not set(numbers) <= set(known):
            return None
        if self.kind == "choose":
            numbers = sorted(set(numbers))
        fits = {"choose": True, "order": sorted(numbers) == list(known), "match": len(numbers) == len(self.lists[0])}
        return " ".join(map(str, numbers)) if fits[self.kind] else None


@dataclass(frozen=True)
class Steps:
    """The steps of a lesson: the title of each, and how many questions it asks."""

    language: str
    titles: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Said:
    """A catalogue text with its value, to be said in the language of whoever reads it."""

    text: str
    count: int

    def sentence(self, translate: Any) -> str:
        return str(translate(self.text, count=self.count))

    def __str__(self) -> str:
        return self.text.format(count=self.count)


HOW = {
    "choose": N_("Choose from 1 to {count}."),
    "order": N_("Write each number from 1 to {count} once."),
    "match": N_("Write one number from 1 to {count} for each line."),
    "number": N_("Write a number."),
}


def marked(source: str) -> str:
    """What a cell says it is in its first line: `question`, `steps`, or nothing."""
    found = FIRST.match(source)
    return found.group(1) if found else ""


def in_language(source: str, language: str) -> str:
    """The cell with its first line naming another language."""
    found = FIRST.match(source)
    return f"#| {found.group(1)}: {language}\n{source[found.end() :]}" if found else source


def question(source: str) -> Question:
    """The question of a cell. Raises `question-bad`, which says what is missing or wrong."""
    language, (texts, lists) = _language(source, "question"), _words(source)
    call = _call(source, tuple(LISTS))
    kind = call.func.id  # type: ignore[attr-defined]
    if not texts:
        raise _bad(N_("There is no question. Write it as a comment below the first line."))
    if len(lists) != LISTS[kind] or any(len(one) < 2 for one in lists):
        message = N_("{kind} needs {count} lists of two lines or more that begin with “- ”; there are {found}.")
        raise _bad(message, kind=kind, count=LISTS[kind], found=len(lists))
    if not (call.args and isinstance(call.args[0], ast.Name)):
        raise _bad(N_("{kind} needs the variable that holds the answer, as in {kind}(answer)."), kind=kind)
    said = _written(call)
    made = Question(language, kind, call.args[0].id, texts[0], lists, " ".join(texts[1:]), **said)
    try:
        right = made.answer(made.right)
        Decimal(made.within)
    except (ClearingHouseError, InvalidOperation) as error:
        raise _bad(N_("The right answer {right} cannot be given."), right=made.right) from error
    return Question(language, kind, made.variable, made.text, lists, made.reason, **said | {"right": right})


def steps(source: str) -> Steps:
    """The steps of a lesson's cell. Raises `question-bad`."""
    language, (_, lists), call = _language(source, "steps"), _words(source), _call(source, ("steps",))
    counts = [argument.value if isinstance(argument, ast.Constant) else None for argument in call.args]
    titles = lists[0] if lists else ()
    if not titles or len(titles) != len(counts) or not all(type(count) is int and count > 0 for count in counts):
        message = N_("Each step needs a line that begins with “- ” and its number of questions, as in steps(3, 2).")
        raise _bad(message)
    return Steps(language, titles, tuple(counts))  # type: ignore[arg-type]


def _language(source: str, wanted: str) -> str:
    found = FIRST.match(source)
    if not found or found.group(1) != wanted or found.group(2) not in LANGUAGES:
        message = N_("The cell does not begin with a line such as “#| {wanted}: en”.")
        raise _bad(message, wanted=wanted)
    return found.group(2)


def _words(source: str) -> tuple[list[str], tuple[tuple[str, ...], ...]]:
    """The texts and the lists in the comments above the code, in order; an empty comment ends a text or list."""
    comments = takewhile(lambda line: line.startswith("#"), source.split("\n")[1:])
    lines = [line.removeprefix("#").strip() for line in comments]
    texts, lists = [], []
    for (told, item), group in groupby(lines, key=lambda line: (bool(line), line.startswith(ITEM))):
        if told and item:
            lists.append(tuple(line.removeprefix(ITEM).strip() for line in group))
        elif told:
            texts.append(" ".join(group))
    return texts, tuple(lists)


def _call(source: str, names: tuple[str, ...]) -> ast.Call:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise _bad(N_("This code cannot run: {reason}."), reason=str(error)) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            return node
    raise _bad(N_("There is no call of one of these: {names}."), names=", ".join(names))


def _written(call: ast.Call) -> dict[str, Any]:
    """What the call says by name, in the types that `Question` has."""
    types = {"right": str, "within": str, "step": int}
    said = {}
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if keyword.arg not in types or type(value) is not types[keyword.arg]:
            message = N_('{name} is not known, or not written out. Known are right="1", within="0.5" and step=2.')
            raise _bad(message, name=str(keyword.arg))
        said[keyword.arg] = value
    return said


def _decimal(text: str) -> str | None:
    try:
        number = Decimal(re.sub(r"\s", "", text).replace("٫", ".").replace(",", "."))
    except InvalidOperation:
        return None
    return f"{number.normalize():f}" if number.is_finite() and abs(number.adjusted()) < LONGEST else None


LONGEST = 30


def _bad(message: str, **values: Any) -> ClearingHouseError:
    return ClearingHouseError("question-bad", message, **values)
