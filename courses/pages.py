"""Pages on courses: the list, a course, a lesson or task to read, and the way to Jupyter."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, Language
from conventions.texts import N_
from courses import enrolment, progress
from courses.catalogue import CONVENTIONS, LEVELS, Code, Course, Item
from courses.edition import Released
from courses.rendering import render
from courses.service import Courses, courses
from expert_db.members import Role
from expert_db.visit import Visit, here

router = APIRouter()

CONVENTION_NAMES = {
    "basel": N_("Basel Convention"),
    "rotterdam": N_("Rotterdam Convention"),
    "stockholm": N_("Stockholm Convention"),
    "joint": N_("Basel, Rotterdam and Stockholm conventions"),
}
LEVEL_NAMES = {
    "introductory": N_("Introductory"),
    "intermediate": N_("Intermediate"),
    "advanced": N_("Advanced"),
}
FILTERS = {"convention": CONVENTIONS, "level": LEVELS, "language": tuple(LANGUAGES)}


@dataclass(frozen=True)
class Shown:
    """A text of a course in the language it is shown in, which the page marks if it is not hers."""

    text: str
    language: Language

    def __html__(self) -> Markup:
        # Markup and no plain text, which a sentence that it is put into would escape.
        mark = Markup('<span lang="{}" dir="{}">{}</span>')
        return mark.format(self.language.code, self.language.direction, self.text)


def shown(texts: dict[Code, str], visit: Visit) -> Shown:
    """Her language's text, or the English one, marked as such."""
    code = visit.language.code if visit.language.code in texts else "en"
    return Shown(next(text for key, text in texts.items() if key == code), LANGUAGES[code])


def outcomes(course: Course, visit: Visit) -> list[Shown]:
    """What a learner can do afterwards, in her language or in English."""
    code = visit.language.code if visit.language.code in course.outcomes else "en"
    listed = next(texts for key, texts in course.outcomes.items() if key == code)
    return [Shown(text, LANGUAGES[code]) for text in listed]


@router.get("/courses")
def all_courses(request: Request, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> HTMLResponse:
    """Every released course, narrowed by links."""
    everything = service.all()
    chosen = {name: request.query_params.get(name, "") for name in FILTERS}
    mine: dict[str, progress.Progress] = {}
    if visit.member:
        with visit.database.session() as session:
            taken = {one.course for one in enrolment.of(session, visit.member.name)}
            mine = {
                one.course.id: progress.of(session, visit.member.name, one.course)
                for one in everything
                if one.course.id in taken
            }
    return visit.show(
        "courses/courses.html",
        courses=[one for one in everything if _matches(one, chosen)],
        any=bool(everything),
        filters=_filters(chosen),
        narrowed=any(chosen.values()),
        mine=mine,
        **_words(visit),
    )


def _words(visit: Visit) -> dict[str, Any]:
    return {
        "conventions": CONVENTION_NAMES,
        "levels": LEVEL_NAMES,
        "states": progress.WORDS,
        "shown": lambda texts: shown(texts, visit),
        "outcomes": lambda course: outcomes(course, visit),
    }


def _matches(released: Released, chosen: dict[str, str]) -> bool:
    course, code = released.course, chosen["language"]
    return (
        chosen["convention"] in ("", course.convention)
        and chosen["level"] in ("", course.level)
        and (code not in LANGUAGES or released.share(code) > 0)
    )


def _filters(chosen: dict[str, str]) -> dict[str, list[tuple[str, str, bool]]]:
    """By filter, its choices as value, link and whether it is chosen; the first choice is any."""
    return {
        name: [(value, _link({**chosen, name: value}), chosen[name] == value) for value in ("", *values)]
        for name, values in FILTERS.items()
    }


def _link(chosen: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"/courses?{query}" if query else "/courses"


@router.get("/courses/{course}")
def one_course(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> HTMLResponse:
    """What she will be able to do, the lessons and tasks with her progress, languages, authors, citations."""
    released = service.get(course)
    taken, mine = False, None
    if visit.member:
        with visit.database.session() as session:
            taken = enrolment.find(session, visit.member.name, course) is not None
            mine = progress.of(session, visit.member.name, released.course)
    return visit.show(
        "courses/course.html",
        released=released,
        course=released.course,
        taken=taken,
        mine=mine,
        required=_required(released.course, service),
        **_words(visit),
    )


def _required(course: Course, service: Courses) -> list[Course]:
    return [one.course for one in service.all() if one.course.id in course.prerequisites]


@router.post("/courses/{course}/enrol")
async def enrol(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> RedirectResponse:
    """Enrol; once is enough."""
    member = visit.signed_in()
    await visit.form()
    service.get(course)
    with visit.database.session() as session:
        enrolment.enrol(session, member.name, course)
    return visit.go(f"/courses/{course}", N_("You are enrolled. Start with the first lesson."))


@router.get("/courses/{course}/{item}")
def one_item(
    course: str, item: str, language: str = "", visit: Visit = Depends(here), service: Courses = Depends(courses)
) -> HTMLResponse:
    """A lesson or task to read, with no script and no account."""
    released = service.get(course)
    found = released.course.item(item)
    wanted = language if language in LANGUAGES else visit.language.code
    made, used = service.notebook(released, item, wanted)
    return visit.show(
        "courses/item.html",
        course=released.course,
        released=released,
        item=found,
        subject=released.course.subject_of(found),
        wanted=LANGUAGES[wanted],
        used=used,
        body=render(made, used, visit.language),
        around=_around(released.course, found),
        **_words(visit),
    )


def _around(course: Course, item: Item) -> tuple[Item | None, Item | None]:
    place = course.items.index(item)
    before, after = course.items[place - 1] if place else None, course.items[place + 1 : place + 2]
    return before, after[0] if after else None


@router.get("/courses/{course}/{item}/open")
def open_item(
    course: str, item: str, visit: Visit = Depends(here), service: Courses = Depends(courses)
) -> RedirectResponse:
    """Note that she opened it and send her to her own server, which fetches it."""
    member = visit.signed_in()
    released = service.get(course)
    subject = released.course.subject_of(released.course.item(item))
    with visit.database.session() as session:
        progress.opened(session, member.name, subject)
    return visit.go(f"/hub/user-redirect/chm/open/{course}/{item}")


def next_panel(visit: Visit, _subject: str) -> Markup:
    """The one thing to do next, for the home page: the first item not done of the course she took last."""
    if visit.member is None or visit.member.role != Role.OFFICER:
        return Markup()
    service = courses(visit.request)
    with visit.database.session() as session:
        for taken in enrolment.of(session, visit.member.name):
            course = _still(service, taken.course)
            mine = progress.of(session, visit.member.name, course) if course else None
            if course and mine and mine.next:
                values = {"course": course, "mine": mine, "item": mine.next, **_words(visit)}
                return Markup(visit.pages.render(visit, "courses/next.html", values))  # noqa: S704
    return Markup(visit.pages.render(visit, "courses/next_none.html", {}))  # noqa: S704


def _still(service: Courses, course: str) -> Course | None:
    try:
        return service.get(course).course
    except ClearingHouseError:
        return None


PANELS = {"next": next_panel}
