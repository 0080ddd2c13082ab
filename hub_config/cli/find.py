"""Say what a text speaks of: concepts, the annexes that name them, what follows, and the lessons that teach it."""

import argparse
import sys
from collections.abc import Callable, Iterator

from conventions.languages import LANGUAGES, SOURCE
from conventions.lookup import CONVENTIONS, Entry, Finding, look
from conventions.texts import N_, Translate, texts
from conventions.vocabulary import SCHEMES, label, narrower, near, related
from courses.service import Courses
from courses.teaching import Lesson, Teaching
from expert_db.database import Database
from hub_config.settings import read

Lessons = Callable[[str], list[Lesson]]

CAS = N_("CAS number: {numbers}")
ENTRY = N_("{convention}, Annex {annex}")
SINCE = N_("applies since {date}")
UNTIL = N_("applied until {date}")
PENDING = N_("adopted; the day from which it applies is not known here")
FOLLOWS = N_("What follows: {convention}")
ARTICLE = N_("Article")
LEARN = N_("Learn it")
BROADER = N_("Broader: {terms}")
NARROWER = N_("Narrower: {terms}")
RELATED = N_("Related: {terms}")
NOTHING = N_("The vocabulary has nothing for “{text}”. Try other words, a code such as A1181, or a CAS number.")
SIMILAR = N_("Perhaps you mean: {terms}")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="+", help="words, a code such as A1181, a CAS number, or a whole sentence")
    parser.add_argument("--lang", choices=list(LANGUAGES), default=SOURCE, help="the language of text and answer")


def run(options: argparse.Namespace) -> int:
    text, language = " ".join(options.text), options.lang
    findings = look(text, language)
    if not findings:
        print("\n".join(_nothing(text, language)), file=sys.stderr)
        return 1
    lessons = _lessons()
    print("\n\n".join("\n".join(_lines(finding, language, lessons)) for finding in findings))
    return 0


def _lessons() -> Lessons:
    """The lessons of the courses released here; none where the platform never ran."""
    settings = read()
    if not (settings.home / "courses" / "released").is_dir():
        return lambda _concept: []
    return Teaching(Courses(Database(settings.database), settings.content, settings.home)).lessons


def _lines(finding: Finding, language: str, lessons: Lessons) -> Iterator[str]:
    """The term with its scheme, the definition, which is in English, then all that it leads to."""
    translate, one = texts(language), finding.concept
    yield f"{one.labels[language]} ({translate(SCHEMES[one.scheme])})"
    yield f"  {one.definition}"
    if finding.cas:
        yield f"  {translate(CAS, numbers=', '.join(finding.cas))}"
    for entry in finding.entries:
        yield f"  {_entry(entry, translate)}"
    for convention, obligations in finding.follows.items():
        yield f"  {translate(FOLLOWS, convention=translate(CONVENTIONS[convention]))}"
        for obligation in obligations:
            yield f"    - {translate(obligation.sentence)} ({translate(ARTICLE)} {obligation.articles})"
    if taught := lessons(one.key):
        yield f"  {translate(LEARN)}"
        yield from (f"    - {lesson.shown(language)}" for lesson in taught)
    near_by = ((BROADER, one.broader), (NARROWER, narrower().get(one.key, ())), (RELATED, sorted(related()[one.key])))
    for sentence, keys in near_by:
        if keys:
            yield f"  {translate(sentence, terms=', '.join(label(key, language) for key in keys))}"


def _entry(entry: Entry, translate: Translate) -> str:
    """Where it stands and what it says, with the days that bound it."""
    place = translate(ENTRY, convention=translate(CONVENTIONS[entry.convention]), annex=entry.annex)
    day = entry.until or entry.since
    when = translate(UNTIL if entry.until else SINCE, date=day.isoformat()) if day else translate(PENDING)
    return f"{place}{', ' if entry.code else ''}{entry.code}: {entry.text} ({when})"


def _nothing(text: str, language: str) -> Iterator[str]:
    translate = texts(language)
    yield translate(NOTHING, text=text)
    if similar := near(text, language):
        yield translate(SIMILAR, terms=", ".join(similar))
