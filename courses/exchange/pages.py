"""Pages of the exchange: handing in a file without any script, and receipts that anyone can verify."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.exchange import submissions
from courses.exchange.receipts import Receipt, genuine
from courses.exchange.service import Exchange, exchange
from courses.exchange.shelf import find
from courses.grading import grades, tasks
from expert_db.visit import Visit, here

router = APIRouter()
# What a form has around the file: field names, the token, boundaries.
FORM_BYTES = 20_000


def of_bounded_size(request: Request, service: Exchange = Depends(exchange)) -> None:
    """Refuse an upload that says it is too large before it is read; what says nothing is bounded by the portal."""
    length = request.headers.get("content-length", "")
    announced = int(length) if length.isdecimal() else 0
    if announced > service.store.limit + FORM_BYTES:
        service.store.refuse_size(announced)


@router.post("/courses/{course}/{item}/hand-in", dependencies=[Depends(of_bounded_size)])
async def hand_in(
    course: str, item: str, request: Request, visit: Visit = Depends(here), service: Exchange = Depends(exchange)
) -> Response:
    """Hand in a file of her own computer."""
    member = visit.signed_in()
    fields = await visit.form()
    file = (await request.form()).get("notebook")
    if not isinstance(file, UploadFile) or not file.filename:
        raise ClearingHouseError(
            "submission-no-file", N_("No file was chosen. Go back, choose the .ipynb file of the task and send it.")
        )
    content, key = await file.read(), fields.get("key", "")[:128]
    receipt = await run_in_threadpool(service.hand_in, member.name, course, item, content, key=key)
    return visit.go(f"/learning/submissions/{receipt['id']}", N_("Handed in. The receipt is below."))


@router.get("/receipts/key", response_class=PlainTextResponse)
def key(service: Exchange = Depends(exchange)) -> str:
    """The public key that receipts are verified with."""
    return service.signer.pem


@router.get("/receipts/{number}")
def receipt(
    number: str,
    member: str = "",
    signature: str = "",
    visit: Visit = Depends(here),
    service: Exchange = Depends(exchange),
) -> HTMLResponse:
    """What a receipt says. Whose it is only its holder sees; others can check the name and signature shown to them."""
    with visit.database.session() as session:
        given = submissions.find(session, number).receipt
    own = visit.member is not None and visit.member.name == given.member
    asked = bool(member or signature)
    claimed = Receipt(**{**asdict(given), "member": member})
    return visit.show(
        "courses/receipt.html",
        receipt=given,
        own=own,
        signature=service.signer.sign(given) if own else "",
        asked=asked,
        good=asked and genuine(claimed, signature.strip(), service.signer.public),
        member=member,
        item=find(service.shelf, given.course, given.item),
    )


def task(visit: Visit, subject: str) -> Markup:
    """On an assignment's page: how far she is, a form to hand in a file, and her receipts."""
    _, course, _, item = subject.split("/")
    service = exchange(visit.request)
    if visit.member is None:
        return Markup(visit.pages.render(visit, "courses/panel_task_signed_out.html", {}))  # noqa: S704
    with visit.database.session() as session:
        mine = submissions.of(session, visit.member.name, course, item)
        found = grades.latest(session, [each.id for each in mine])
        values = {
            "task": tasks.of_item(session, visit.member.name, find(service.shelf, course, item)),
            "mine": mine,
            "grades": found,
            "enrolled": submissions.enrolled(session, visit.member.name, course),
            "key": tasks.new_key(),
        }
    return Markup(visit.pages.render(visit, "courses/panel_task.html", values))  # noqa: S704
