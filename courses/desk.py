"""The author's desk: her courses by language, what is wrong with them, their files, and release."""

from pathlib import PurePosixPath

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from courses.pages import shown
from courses.service import Courses, Draft, courses
from courses.workspace import LARGEST
from expert_db.members import Role
from expert_db.visit import Visit, here

router = APIRouter()

AUTHORS = (Role.CENTRE, Role.SECRETARIAT)
TYPES = {".ipynb": "application/x-ipynb+json", ".po": "text/x-gettext-translation", ".toml": "application/toml"}
TRANSLATED = [code for code in LANGUAGES if code != SOURCE]


@router.get("/desk")
def desk(visit: Visit = Depends(here), service: Courses = Depends(courses)) -> HTMLResponse:
    """All courses: lesson by language, problems, threads, grading that waits."""
    visit.signed_in(*AUTHORS)
    drafts = [service.draft(name) for name in service.workspace.names()]
    return visit.show("courses/desk.html", drafts=drafts, codes=TRANSLATED, shown=lambda texts: shown(texts, visit))


@router.get("/desk/{course}")
def one_draft(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> HTMLResponse:
    """One course: its files to download, edit and upload, and whether it can be released."""
    visit.signed_in(*AUTHORS)
    draft = service.draft(course)
    files = service.workspace.files(draft.course) if draft.course else ["course.toml"]
    return visit.show(
        "courses/draft.html",
        draft=draft,
        codes=TRANSLATED,
        files=_by_language(files),
        former={file: len(service.workspace.former(course, file)) for file in files},
        shown=lambda texts: shown(texts, visit),
    )


@router.get("/desk/{course}/files/{file:path}")
def download(course: str, file: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> Response:
    """A file of a course; a translation comes with every text there is to translate."""
    visit.signed_in(*AUTHORS)
    content = service.workspace.read(course, file)
    name = f"{course}-{file.removeprefix('locale/').replace('/', '-')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=TYPES[PurePosixPath(file).suffix], headers=headers)


@router.post("/desk/{course}/files")
async def upload(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> RedirectResponse:
    """Save an uploaded file in the place of the one it is meant for."""
    member = visit.signed_in(*AUTHORS)
    fields = await visit.form()
    given = (await visit.request.form()).get("upload")
    if not isinstance(given, UploadFile) or not given.filename:
        raise ClearingHouseError("no-file", N_("No file came with the form. Choose a file and send it again."))
    content = await given.read(LARGEST + 1)
    file = fields.get("file", "")
    await run_in_threadpool(service.workspace.save, course, file, content, by=member.name)
    return visit.go(f"/desk/{course}", visit.translate(N_("{file} is saved. The copy before it is kept."), file=file))


@router.post("/desk/{course}/undo")
async def undo(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> RedirectResponse:
    """Put a file's former copy in its place."""
    member = visit.signed_in(*AUTHORS)
    file = (await visit.form()).get("file", "")
    await run_in_threadpool(service.workspace.undo, course, file, by=member.name)
    return visit.go(f"/desk/{course}", visit.translate(N_("{file} is as it was before."), file=file))


@router.get("/desk/{course}/release")
def ask_release(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> HTMLResponse:
    """What would change for learners, and the button."""
    visit.signed_in(*AUTHORS)
    draft = service.draft(course)
    before = service.get(course) if draft.released else None
    return visit.show(
        "courses/release.html",
        draft=draft,
        blocking=[problem for problem in draft.problems if problem.blocks],
        changed=service.changed(draft),
        before=before,
        known={item.id for item in before.course.items} if before else set(),
        codes=TRANSLATED,
        shown=lambda texts: shown(texts, visit),
        raise_version=_is_out(draft),
    )


def _by_language(files: list[str]) -> dict[str, list[str]]:
    """The course's own files under "", then those of each translation under its language."""
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(file.split("/")[1] if file.startswith("locale/") else "", []).append(file)
    return groups


def _is_out(draft: Draft) -> bool:
    return draft.course is not None and draft.course.version == draft.released


@router.post("/desk/{course}/release")
async def release(course: str, visit: Visit = Depends(here), service: Courses = Depends(courses)) -> RedirectResponse:
    """Release the version as it is now."""
    member = visit.signed_in(*AUTHORS)
    await visit.form()
    made = await run_in_threadpool(service.release, course, by=member.name)
    notice = visit.translate(N_("Version {version} is out. Learners see it from now on."), version=made.version)
    return visit.go(f"/desk/{course}", notice)
