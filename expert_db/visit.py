"""One visit to a page: who is there, in which language, and how a page is shown to her."""

import hmac
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from babel import Locale
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from conventions.errors import ClearingHouseError
from conventions.languages import Language
from conventions.texts import N_, Translate
from expert_db.database import Database
from expert_db.members import Member, Role


class Pages(Protocol):
    """What composes pages: the portal's templates and the panels that other packages lend each other."""

    def render(self, visit: "Visit", template: str, values: dict[str, Any]) -> str: ...

    def panel(self, visit: "Visit", name: str, subject: str) -> Markup: ...


@dataclass
class Visit:
    """Made once a request by the portal; a page takes it as `visit: Visit = Depends(here)`."""

    request: Request
    database: Database
    pages: Pages
    translate: Translate
    member: Member | None
    csrf: str
    notices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def language(self) -> Language:
        return self.translate.language

    @property
    def locale(self) -> Locale:
        return Locale.parse(self.language.code)

    def signed_in(self, *roles: Role) -> Member:
        """The member who is here; a person who is not signed in, or has none of `roles`, is told what to do."""
        if self.member is None:
            raise SignInFirst(self.request.url.path)
        if roles and self.member.role not in roles:
            raise ClearingHouseError(
                "not-allowed",
                N_("This page is for another role. Ask the Secretariat if you need it."),
                status=403,
            )
        return self.member

    async def form(self) -> dict[str, str]:
        """The posted text fields, refused with `form-stale` unless they came from a page of this visit."""
        posted = await self.request.form()
        fields = {name: value for name, value in posted.items() if isinstance(value, str)}
        if not hmac.compare_digest(fields.get("csrf", "").encode(), self.csrf.encode()):
            raise ClearingHouseError(
                "form-stale",
                N_("This form is no longer valid. Go back, reload the page and send it again."),
                status=403,
            )
        return fields

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """The page of `template`, in the visitor's language."""
        return HTMLResponse(self.pages.render(self, template, values), status_code=status)

    def panel(self, name: str, subject: str) -> Markup:
        """A part of the page that another package draws, such as a subject's threads; empty if there is none."""
        return self.pages.panel(self, name, subject)

    def go(self, path: str, notice: str = "") -> RedirectResponse:
        """Send her to another page of the platform, with a sentence on what was done."""
        if notice:
            self.request.session["notice"] = notice
        return RedirectResponse(quote(path, safe="/?=&#%:,-"), status_code=303)


class SignInFirst(Exception):
    """The page needs a member; the portal sends her to sign in and back to `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def here(request: Request) -> Visit:
    """The visit that the portal made for this request."""
    visit: Visit = request.state.visit
    # A body can be read once only: what FastAPI has read of it for the page is in its own request.
    visit.request = request
    return visit
