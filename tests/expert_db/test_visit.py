"""Tests of a visit: who is there, the form that must be ours, where she is sent."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request

from conventions.errors import ClearingHouseError
from conventions.texts import texts
from expert_db.database import Database
from expert_db.members import Member, Role
from expert_db.visit import SignInFirst, Visit
from tests.expert_db.people import person
from tests.expert_db.site import SmallPages


def visit(database: Database, member: Member | None = None, body: bytes = b"") -> Visit:
    """A visit to /mentor, in Arabic, whose forms carry the token `token`."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {"type": "http", "method": "POST", "path": "/mentor", "headers": [kind], "query_string": b"", "session": {}}
    return Visit(Request(scope, receive), database, SmallPages(), texts("ar"), member, "token")


def posted(database: Database, body: bytes) -> dict[str, str]:
    """The form's fields, read in a thread of its own: this one may belong to a browser's event loop."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(lambda: asyncio.run(visit(database, body=body).form())).result()


def test_a_page_for_members_sends_others_to_sign_in_and_back(database: Database) -> None:
    """The path she wanted is kept."""
    with pytest.raises(SignInFirst) as asked:
        visit(database).signed_in()
    assert asked.value.path == "/mentor"


def test_a_page_for_a_role_is_refused_to_another(database: Database) -> None:
    """Who has one of the roles is let in, who has none is not."""
    officer = person("officer")
    assert visit(database, officer).signed_in(Role.EXPERT, Role.OFFICER) is officer
    assert visit(database, officer).signed_in() is officer
    with pytest.raises(ClearingHouseError) as refused:
        visit(database, officer).signed_in(Role.SECRETARIAT)
    assert (refused.value.code, refused.value.status) == ("not-allowed", 403)


@pytest.mark.parametrize("body", [b"", b"csrf=", b"csrf=tokem", b"csrf=token2", "csrf=тoken".encode()])
def test_a_form_without_the_visits_own_token_is_refused(database: Database, body: bytes) -> None:
    """Missing, empty, nearly right, longer or in another script."""
    with pytest.raises(ClearingHouseError) as refused:
        posted(database, body)
    assert refused.value.code == "form-stale"


def test_a_form_of_ours_gives_its_text_fields(database: Database) -> None:
    """In any script."""
    fields = posted(database, b"csrf=token&question=%D8%B3%D8%A4%D8%A7%D9%84")
    assert fields["question"] == "سؤال"


def test_after_a_form_she_is_sent_on_with_what_was_done(database: Database) -> None:
    """A redirect that a reload does not repeat; the path cannot smuggle a header in."""
    here = visit(database)
    answer = here.go("/mentor\r\nSet-Cookie: x=1", "Done")
    assert answer.status_code == 303
    assert "\n" not in answer.headers["location"]
    assert here.request.session["notice"] == "Done"


def test_language_and_locale_are_those_of_the_texts(database: Database) -> None:
    """Dates and numbers follow the page's language."""
    assert visit(database).language.direction == "rtl"
    assert str(visit(database).locale) == "ar"
