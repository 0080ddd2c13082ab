"""Pages of grading: my learning, a submission's feedback, and on the desk what waits for a person."""

import math
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from nbformat import NotebookNode
from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.exchange import cells, submissions
from courses.exchange.service import Exchange, exchange
from courses.exchange.shelf import find
from courses.exchange.submissions import State, Submission
from courses.grading import grades, tasks
from courses.grading.grade import Judged, Question
from courses.grading.reasons import REASONS
from courses.grading.service import Grading, grading
from expert_db import members
from expert_db.database import now
from expert_db.members import Role
from expert_db.visit import Visit, here

router = APIRouter()
GRADERS = (Role.CENTRE, Role.SECRETARIAT)
# What to do next, by the state of a submission.
NEXT = {
    State.WAITING: N_("It is being graded. This takes a few seconds; the page renews itself."),
    State.NEEDS_PERSON: N_(
        "A person at the regional centre reads what the machine cannot judge. The score grows then."
    ),
    State.FAILED: N_("The platform could not grade it yet. Your file is safe, and the regional centre sees it."),
}
ALL_POINTS = N_("All points. Go on with the next lesson.")
IMPROVE = N_("Read the questions below, improve your notebook and hand it in again: the latest attempt counts.")


@router.get("/learning")
def learning(visit: Visit = Depends(here), service: Exchange = Depends(exchange)) -> HTMLResponse:
    """Her tasks, deadlines and questions."""
    member = visit.signed_in()
    with visit.database.session() as session:
        mine = tasks.of_member(session, member.name, service.shelf)
    return visit.show("courses/learning.html", tasks=mine, moment=now())


@router.get("/learning/submissions/{number}")
def submission(number: str, visit: Visit = Depends(here), service: Exchange = Depends(exchange)) -> HTMLResponse:
    """One submission of hers: receipt, score by question, what to do next. Seeing it marks its feedback as read."""
    member = visit.signed_in()
    with visit.database.session() as session:
        found = submissions.find_own(session, number, member.name)
        graded = grades.of(session, number)
        if graded and found.state == State.GRADED:
            tasks.read(session, member.name, found, graded)
    values: dict[str, Any] = {"submission": found, "graded": graded, "next": _next(found, graded), "reasons": REASONS}
    page = visit.show(
        "courses/submission.html", item=find(service.shelf, found.course, found.item), judged=Judged, **values
    )
    if found.state == State.WAITING:
        page.headers["Refresh"] = "3"
    return page


@router.get("/desk/grading")
def waiting(visit: Visit = Depends(here), service: Exchange = Depends(exchange)) -> HTMLResponse:
    """What waits for a person, the oldest first."""
    visit.signed_in(*GRADERS)
    with visit.database.session() as session:
        found = _waiting(session)
    items = {(each.course, each.item): find(service.shelf, each.course, each.item) for each in found}
    return visit.show("courses/grading.html", waiting=found, items=items, failed=State.FAILED)


@router.get("/desk/grading/{number}")
def form(number: str, visit: Visit = Depends(here), work: Grading = Depends(grading)) -> HTMLResponse:
    """A submission as a person judges it."""
    visit.signed_in(*GRADERS)
    return _form(visit, work, number, {}, {})


async def posted(visit: Visit = Depends(here)) -> dict[str, str]:
    visit.signed_in(*GRADERS)
    return await visit.form()


@router.post("/desk/grading/{number}", response_model=None)
def judge(
    number: str,
    fields: dict[str, str] = Depends(posted),
    visit: Visit = Depends(here),
    work: Grading = Depends(grading),
) -> HTMLResponse | RedirectResponse:
    """Take a person's scores and comments, or show beside each what is wrong."""
    member = visit.signed_in(*GRADERS)
    questions = _for_person(visit, number)
    scores = {each.grade_id: _score(fields.get(f"score-{each.grade_id}", "")) for each in questions}
    wrong = {
        f"score-{each.grade_id}": visit.translate(
            N_("The score of {question} must be from 0 to {maximum}. Nothing was saved."),
            question=each.title,
            maximum=f"{each.maximum:g}",
        )
        for each in questions
        if not 0 <= scores[each.grade_id] <= each.maximum
    }
    if wrong:
        return _form(visit, work, number, fields, wrong)
    given = {name: (score, fields.get(f"comment-{name}", "").strip()[:4000]) for name, score in scores.items()}
    work.grade_by_person(number, given, by=member.name)
    return visit.go("/desk/grading", N_("Graded. The learner sees the score and your comments now."))


@router.post("/desk/grading/{number}/again")
def again(
    number: str,
    _: dict[str, str] = Depends(posted),
    visit: Visit = Depends(here),
    work: Grading = Depends(grading),
) -> RedirectResponse:
    """Let the machine try once more what it could not grade."""
    work.try_again(number)
    return visit.go("/desk/grading", N_("The platform tries it again now."))


def waiting_panel(visit: Visit, subject: str) -> Markup:
    """On the desk: how many submissions of a course wait for a person."""
    if visit.member is None or visit.member.role not in GRADERS:
        return Markup()
    with visit.database.session() as session:
        found = [each for each in _waiting(session) if f"course/{each.course}" == subject or not subject]
    return Markup(visit.pages.render(visit, "courses/panel_grading.html", {"n": len(found)}))  # noqa: S704


def learning_panel(visit: Visit, _subject: str) -> Markup:
    """On an officer's home: what is unread and what is due."""
    if visit.member is None or visit.member.role != Role.OFFICER:
        return Markup()
    service, moment = exchange(visit.request), now()
    with visit.database.session() as session:
        mine = tasks.of_member(session, visit.member.name, service.shelf)
    shown = [task for task in mine if task.state == "unread" or task.pressing(moment)]
    values: dict[str, Any] = {"tasks": shown, "moment": moment}
    return Markup(visit.pages.render(visit, "courses/panel_learning.html", values))  # noqa: S704


def _next(found: Submission, graded: grades.Graded | None) -> str:
    if graded is None or found.state != State.GRADED:
        return NEXT.get(State(found.state), "")
    return ALL_POINTS if graded.score >= graded.maximum else IMPROVE


def _waiting(session: Session) -> list[Submission]:
    query = select(Submission).where(Submission.state.in_((State.NEEDS_PERSON, State.FAILED)))
    return list(session.scalars(query.order_by(Submission.at)))


def _for_person(visit: Visit, number: str) -> list[Question]:
    """The questions of a submission that a person judges or has judged."""
    with visit.database.session() as session:
        submissions.find(session, number)
        graded = grades.of(session, number)
    if graded is None:
        raise ClearingHouseError(
            "not-graded-yet",
            N_("This submission has not been tried by the machine yet. Come back in a minute."),
            status=409,
        )
    return [question for question in graded.grade.questions if question.judged is not Judged.MACHINE]


def _form(visit: Visit, work: Grading, number: str, fields: dict[str, str], wrong: dict[str, str]) -> HTMLResponse:
    questions = _for_person(visit, number)
    with visit.database.session() as session:
        found = submissions.find(session, number)
        graded = grades.of(session, number)
        learner = members.find(session, found.member)
    notebook = cells.read(work.store.content(found))
    values: dict[str, Any] = {
        "submission": found,
        "graded": graded,
        "learner": learner,
        "answers": _answers(notebook),
        "given": fields or _before(questions),
        "wrong": wrong,
    }
    item = find(work.shelf, found.course, found.item)
    return visit.show("courses/grade.html", status=400 if wrong else 200, item=item, questions=questions, **values)


def _answers(notebook: NotebookNode) -> dict[str, str]:
    """What a learner wrote for each graded cell: the cell itself, or before a test the code since the last one."""
    found, written = {}, []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not marks.get("grade"):
            written.append(cell.source)
        elif marks.get("grade"):
            found[cells.grade_id(cell)] = cell.source if marks.get("solution") else "\n\n".join(written)
            written = []
    return found


def _before(questions: list[Question]) -> dict[str, str]:
    """What a person gave before, to change it."""
    done = [question for question in questions if question.judged is Judged.PERSON]
    scores = {f"score-{question.grade_id}": f"{question.score:g}" for question in done}
    return scores | {f"comment-{question.grade_id}": question.comment for question in done}


def _score(text: str) -> float:
    """A score as people write it in any of the languages; what is no number is none."""
    try:
        return float(text.strip().replace(",", ".").replace("٫", "."))
    except ValueError:
        return math.nan
