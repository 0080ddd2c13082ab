"""Profile: who she is, what others see, and for an expert what he offers; her data as a file."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.datastructures import FormData

from conventions.languages import LANGUAGES
from conventions.texts import N_
from expert_db.concepts import grouped, label
from expert_db.countries import countries
from expert_db.events import record
from expert_db.members import LEVELS, Member, Role, faults
from expert_db.pages.posted import number, posted, text, texts
from expert_db.people import personal_data
from expert_db.visit import Visit, here

router = APIRouter()
SAVED = N_("Your profile is saved.")


@router.get("/profile")
def show(visit: Visit = Depends(here)) -> HTMLResponse:
    member = visit.signed_in()
    with visit.database.session() as session:
        return _page(visit, session.get_one(Member, member.id), {})


@router.post("/profile")
def save(visit: Visit = Depends(here), fields: FormData = Depends(posted)) -> Response:
    member = visit.signed_in()
    with visit.database.session() as session:
        herself = session.get_one(Member, member.id)
        changed = _changes(herself, fields)
        # A copy is checked first, so that what cannot be saved is shown again and nothing of it is stored.
        draft = Member(**{**_entries(herself), **changed})
        if errors := faults(draft):
            return _page(visit, draft, {entry: visit.translate(why) for entry, why in errors.items()})
        for entry, value in changed.items():
            setattr(herself, entry, value)
        record(session, "described", actor=herself.name, subject=herself.subject)
    return visit.go("/profile", visit.translate(SAVED))


@router.get("/profile/data.json")
def export(visit: Visit = Depends(here)) -> JSONResponse:
    member = visit.signed_in()
    with visit.database.session() as session:
        data = personal_data(session, session.get_one(Member, member.id))
    return JSONResponse(data, headers={"Content-Disposition": f'attachment; filename="{member.name}.json"'})


def _entries(member: Member) -> dict[str, Any]:
    return {column.key: getattr(member, column.key) for column in Member.__table__.columns if column.key != "id"}


def _changes(member: Member, fields: FormData) -> dict[str, Any]:
    """What the form says; expertise and room only of an expert."""
    changed: dict[str, Any] = {
        name: text(fields, name) for name in ("full_name", "organisation", "country", "language")
    }
    if member.role == Role.EXPERT:
        changed |= {
            "languages": texts(fields, "languages"),
            "expertise": _expertise(member, fields),
            "capacity": number(fields, "capacity"),
            "hours": number(fields, "hours"),
            "paused": bool(text(fields, "paused")),
        }
    return changed


def _expertise(member: Member, fields: FormData) -> dict[str, int]:
    """His concepts with the levels he gives them now; level 0 removes one, and one can be added at a time."""
    levels = {concept: number(fields, f"level-{concept}") for concept in member.expertise}
    if added := text(fields, "concept"):
        levels[added] = number(fields, "level")
    return {concept: level for concept, level in levels.items() if level}


def _page(visit: Visit, member: Member, errors: dict[str, str]) -> HTMLResponse:
    code, translate = visit.language.code, visit.translate
    levels = [(str(level), translate(LEVEL_NAMES[level])) for level in LEVELS]
    return visit.show(
        "experts/profile.html",
        status=400 if errors else 200,
        herself=member,
        errors=errors,
        is_expert=member.role == Role.EXPERT,
        countries=[*countries(code).items()],
        tongues=[(language.code, language.name) for language in LANGUAGES.values()],
        expertise=[(concept, label(concept, code), level) for concept, level in member.expertise.items()],
        concepts=grouped(code, without=member.expertise),
        levels=levels,
    )


LEVEL_NAMES = {
    1: N_("1: I know the basics"),
    2: N_("2: I work on it"),
    3: N_("3: I advise others on it"),
}
