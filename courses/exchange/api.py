"""The exchange's API, for learners' servers: notebooks out, submissions in, receipts. Bearer token of the Hub."""

from typing import Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.background import BackgroundTask

from courses.exchange import submissions
from courses.exchange.service import Exchange, exchange
from courses.exchange.submissions import Submission
from courses.grading import grades

router = APIRouter(prefix="/api/exchange", tags=["exchange"])


def member(service: Exchange = Depends(exchange), authorization: str = Header("")) -> str:
    """Who asks, by the token of her server."""
    scheme, _, token = authorization.partition(" ")
    return service.identities.who(token.strip() if scheme.lower() in {"bearer", "token"} else "")


async def posted(request: Request, service: Exchange = Depends(exchange), _: str = Depends(member)) -> bytes:
    """The body, read no further than the limit."""
    service.store.refuse_size(int(request.headers.get("content-length") or 0))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        service.store.refuse_size(len(body))
    return bytes(body)


@router.get("/items")
def items(
    course: str = "",
    language: str = "en",
    name: str = Depends(member),
    service: Exchange = Depends(exchange),
) -> list[dict[str, Any]]:
    """What is released, of all courses or one, with how often she has handed each in."""
    with service.database.session() as session:
        done = [(each.course, each.item) for each in submissions.of(session, name)]
    courses = [course] if course else service.shelf.courses()
    return [
        {
            "course": item.course,
            "item": item.id,
            "kind": item.kind,
            "title": item.title(language),
            "points": item.points,
            "due": item.due.isoformat() if item.due else None,
            "version": service.shelf.current(each),
            "attempts": done.count((item.course, item.id)),
        }
        for each in courses
        for item in service.shelf.items(each)
    ]


@router.get("/submissions")
def own(
    course: str | None = None,
    item: str | None = None,
    name: str = Depends(member),
    service: Exchange = Depends(exchange),
) -> list[dict[str, Any]]:
    """What she handed in, the latest first, each with its receipt."""
    with service.database.session() as session:
        return [_shown(service, each) for each in submissions.of(session, name, course, item)]


@router.get("/submissions/{number}")
def one(number: str, name: str = Depends(member), service: Exchange = Depends(exchange)) -> dict[str, Any]:
    """One submission with its receipt and, once there is one, its grade."""
    with service.database.session() as session:
        submission = submissions.find_own(session, number, name)
        grade = grades.of(session, number)
        return {**_shown(service, submission), "grade": grade.shown() if grade else None}


@router.get("/receipts/{number}")
def receipt(number: str, service: Exchange = Depends(exchange)) -> dict[str, Any]:
    """What anyone may know of a receipt; whose it is and the signature are its holder's to show."""
    return service.public_receipt(number)


@router.get("/key", response_class=PlainTextResponse)
def key(service: Exchange = Depends(exchange)) -> str:
    """The public key that verifies receipts, PEM."""
    return service.signer.pem


@router.get("/{course}/{item}")
def notebook(
    course: str,
    item: str,
    language: str = Query("en", max_length=2),
    name: str = Depends(member),
    service: Exchange = Depends(exchange),
) -> Response:
    """The learner's notebook, in the language asked for or in English."""
    return Response(service.hand_out(name, course, item, language), media_type="application/x-ipynb+json")


@router.post("/{course}/{item}/submissions", status_code=201)
def submit(  # noqa: PLR0917
    course: str,
    item: str,
    name: str = Depends(member),
    content: bytes = Depends(posted),
    sha256: str = Header("", alias="X-Content-SHA256"),
    key: str = Header("", alias="Idempotency-Key", max_length=128),
    service: Exchange = Depends(exchange),
) -> Response:
    """Hand in the notebook that is the body. The answer is the receipt, and is given only for what is stored."""
    given = service.hand_in(name, course, item, content, key=key, sha256=sha256)
    answered = BackgroundTask(service.store.on_step, "answered")
    return JSONResponse(given, status_code=201, background=answered)


def _shown(service: Exchange, submission: Submission) -> dict[str, Any]:
    return {
        "id": submission.id,
        "course": submission.course,
        "item": submission.item,
        "attempt": submission.attempt,
        "at": submission.receipt.at,
        "state": submission.state,
        "receipt": service.receipt(submission),
    }
