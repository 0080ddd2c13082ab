"""The API by which an author's own JupyterLab opens and saves a source notebook. Bearer token of the Hub."""

from fastapi import APIRouter, Depends, Header, Request, Response

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses import catalogue
from courses.desk import AUTHORS, TYPES
from courses.service import Courses, courses
from courses.workspace import LARGEST, tag
from expert_db import members
from expert_db.members import Standing

router = APIRouter(prefix="/api/courses", tags=["authoring"])


def author(service: Courses = Depends(courses), authorization: str = Header("")) -> str:
    """Who asks, by the token of her server; only an author may."""
    scheme, _, token = authorization.partition(" ")
    name = service.identify(token.strip()) if scheme.lower() in {"bearer", "token"} and token.strip() else None
    if not name:
        message = N_("The platform does not know who is asking. Sign in again, restart your server and try again.")
        raise ClearingHouseError("token-unknown", message, status=401)
    with service.database.session() as session:
        member = members.find(session, name)
    if member.role not in AUTHORS or member.standing != Standing.APPROVED:
        message = N_("Only regional centres and the Secretariat edit courses. Ask the Secretariat if you need to.")
        raise ClearingHouseError("not-allowed", message, status=403)
    return name


async def posted(request: Request, _: str = Depends(author)) -> bytes:
    """The body, read no further than a file may be large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            message = N_("{file} is larger than {limit} bytes.")
            raise ClearingHouseError(
                "file-too-large", message, status=413, file=request.path_params["item"], limit=LARGEST
            )
    return bytes(body)


@router.get("/{course}/source/{item}")
def source(course: str, item: str, _: str = Depends(author), service: Courses = Depends(courses)) -> Response:
    """A source notebook, solutions and hidden tests included, with the tag to save it by."""
    return _answer(service.workspace.read(course, _file(service, course, item)))


@router.put("/{course}/source/{item}")
def save(
    *,
    course: str,
    item: str,
    name: str = Depends(author),
    content: bytes = Depends(posted),
    if_match: str = Header(""),
    service: Courses = Depends(courses),
) -> Response:
    """Save a source notebook over the one whose tag `If-Match` names; the answer is what was stored."""
    if not if_match:
        message = N_("Say which version you changed: send the tag you were given as If-Match.")
        raise ClearingHouseError("tag-missing", message, status=428)
    expected = if_match.removeprefix("W/").strip('"')
    stored = service.workspace.save(course, _file(service, course, item), content, by=name, expected=expected)
    return _answer(stored)


def _file(service: Courses, course: str, item: str) -> str:
    return catalogue.read(service.workspace.folder(course)).item(item).file


def _answer(content: bytes) -> Response:
    headers = {"ETag": f'"{tag(content)}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[".ipynb"], headers=headers)
