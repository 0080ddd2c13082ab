"""Requests that are too large are refused, in her language, and not read to their end."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from starlette.datastructures import UploadFile
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from conventions.errors import ClearingHouseError
from conventions.texts import texts
from courses.workspace import LARGEST
from expert_db.members import Role
from expert_db.visit import Visit, here
from hub_config.portal.app import FORM_BYTES
from hub_config.portal.sizes import FORM, LARGEST_FORM, Sizes
from hub_config.wiring import Part
from tests.hub_config.portal import client, join, platform

FILES = "multipart/form-data; boundary=x"
MOST = LARGEST + FORM_BYTES
forms = APIRouter()


@forms.post("/taking")
async def taking(visit: Visit = Depends(here)) -> PlainTextResponse:
    """A page that takes any form."""
    await visit.form()
    given = (await visit.request.form()).get("file")
    return PlainTextResponse(str(len(await given.read()) if isinstance(given, UploadFile) else 0))


def in_a_thread(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: this one may belong to a browser's event loop."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, work).result()


@pytest.fixture
def officer(tmp_path: Path) -> TestClient:
    running = platform(tmp_path, [Part("courses", routers=[forms])])
    join(running.database, "officer", Role.OFFICER, "fr")
    return client(running, "officer")


@pytest.mark.parametrize(
    ("kind", "limit", "start"),
    [
        (FORM, LARGEST_FORM, b"csrf=a-token&text="),
        (FILES, MOST, b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
def test_a_form_over_the_limit_is_refused_in_her_language(
    officer: TestClient, kind: str, limit: int, start: bytes, announced: bool
) -> None:
    """Whether its length stands in front or not, with the limit named and what to do."""
    headers = {"Content-Type": kind, **({"Content-Length": str(10**12)} if announced else {})}
    answer = officer.post("/taking", content=iter([start, b"y" * (limit + 1)]), headers=headers)
    sentence = "What was sent has more than {limit} bytes, so it was not read. Send less, or a smaller file."
    assert answer.status_code == 413
    assert texts("fr")(sentence, limit=limit) in answer.text.replace("&#39;", "'")


def test_what_is_within_the_limit_arrives_whole(officer: TestClient) -> None:
    """The largest file that any page takes fits with the form around it."""
    answer = officer.post("/taking", data={"csrf": "a-token"}, files={"file": ("f", b"x" * LARGEST)})
    assert answer.text == str(LARGEST)


def test_a_thousand_fields_are_enough(officer: TestClient) -> None:
    """A form with more fields than any page has is refused with a page, not with a fault."""
    answer = officer.post("/taking", data={"csrf": "a-token", **{f"f{n}": "x" for n in range(1200)}})
    assert answer.status_code == 400
    assert '<html lang="fr"' in answer.text


@pytest.mark.parametrize(("announced", "pieces"), [(b"5000", 0), (b"1000", 11), (b"", 11)])
def test_no_more_is_read_than_the_limit(announced: bytes, pieces: int) -> None:
    """What says that it is too large is not read at all; what does not say so is read until it is."""
    taken: list[int] = []

    async def receive() -> Message:
        taken.append(100)
        return {"type": "http.request", "body": b"y" * 100, "more_body": True}

    async def send(_message: Message) -> None:
        """Nothing is answered here."""

    async def reads_all(_scope: Scope, receive: Receive, _send: Send) -> None:
        while True:
            await receive()

    scope = {"type": "http", "headers": [(b"content-length", announced)]}
    with pytest.raises(ClearingHouseError) as refused:
        in_a_thread(Sizes(reads_all, largest=1000)(scope, receive, send))
    assert (refused.value.code, refused.value.status, len(taken)) == ("body-too-large", 413, pieces)
