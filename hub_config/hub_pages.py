"""The Hub's own pages in our look and in the visitor's language: signing in, joining, choosing a password."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import pass_context
from jinja2.runtime import Context
from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.handlers.pages import ProxyErrorHandler
from tornado import web
from tornado.httputil import url_concat

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, Language, best
from conventions.texts import N_, texts
from expert_db.countries import countries
from expert_db.members import Role
from hub_config import applications, passwords

COOKIE = "chm_language"
EXPIRED = N_("This form is no longer valid. Please send it again.")


def language_of_page(handler: BaseHandler, member: str) -> str:
    """The language of a page: asked for, remembered by the browser, the member's own, or what the browser prefers."""
    for code in (_asked_language(handler), handler.get_cookie(COOKIE, ""), member):
        if code in LANGUAGES:
            return str(code)
    return best(handler.request.headers.get("Accept-Language", ""))


def template_vars(language_of: Callable[[str], str]) -> dict[str, Any]:
    """What the Hub's templates know beside its own names: `_`, `page_language()` and `page_path()`.

    The Hub gives its templates no request, but `static_url` is a method of the handler that shows the page.
    """

    def code(context: Context) -> str:
        user = context.get("user")
        return language_of_page(_handler(context), language_of(user.name) if user else "")

    @pass_context
    def translate(context: Context, text: str, /, **values: Any) -> str:
        return texts(code(context))(text, **values)

    @pass_context
    def page_language(context: Context) -> Language:
        return LANGUAGES[code(context)]

    @pass_context
    def page_path(context: Context) -> str:
        return _address(_handler(context))

    @pass_context
    def in_others(context: Context, text: str) -> list[tuple[Language, str]]:
        """A text in all other languages, where nothing tells which one the reader reads; else in none."""
        if _proxied(_handler(context)) is None or _asked_language(_handler(context)):
            return []
        return [(known, texts(known.code)(text)) for known in LANGUAGES.values() if known.code != code(context)]

    given = {"_": translate, "N_": N_, "page_language": page_language, "page_path": page_path, "in_others": in_others}
    # The Hub calls each with the user and takes what it returns.
    return {name: (lambda _user, value=value: value) for name, value in given.items()} | {
        "languages": list(LANGUAGES.values())
    }


def _handler(context: Context) -> BaseHandler:
    return context["static_url"].__self__


def _proxied(handler: BaseHandler) -> str | None:
    """The address that the proxy could not open and asks for an error page about, without the reader's headers."""
    return str(handler.get_argument("url", "/")) if isinstance(handler, ProxyErrorHandler) else None


def _address(handler: BaseHandler) -> str:
    """The address that the reader opened."""
    return _proxied(handler) or str(handler.request.uri)


def _asked_language(handler: BaseHandler) -> str:
    return parse_qs(urlsplit(_address(handler)).query).get("lang", [""])[0]


class Page(BaseHandler):
    """A page with a form; `lang` in its address is remembered for the next pages."""

    def form(self, fields: tuple[str, ...]) -> dict[str, str]:
        return {
            field: self.get_body_argument(field, "", strip=not field.startswith(("password", "again")))
            for field in fields
        }

    async def show(self, template: str, *, status: int = 200, **values: Any) -> None:
        self.set_status(status)
        if self.get_argument("lang", "") in LANGUAGES:
            self.set_cookie(
                COOKIE, self.get_argument("lang"), path="/", samesite="Lax", httponly=True, expires_days=365
            )
        self.finish(await self.render_template(template, **values))


class SignIn(Page, LoginHandler):
    """Signing in; with a one-time password it leads to choosing one's own first."""

    def _render(self, login_error: str | None = None, username: str | None = None, **_rest: Any) -> Any:
        """The Hub calls this for a form that has expired, too."""
        return self.render_template(
            "login.html",
            error=ClearingHouseError("form-stale", EXPIRED) if login_error else None,
            username=username or "",
            next=self.get_argument("next", ""),
            joined=bool(self.get_argument("joined", "")),
        )

    async def post(self) -> None:
        data = {
            field: self.get_body_argument(field, "", strip=field == "username") for field in ("username", "password")
        }
        try:
            user = await self.login_user(data)
        except ClearingHouseError as error:
            page = "change-password.html" if error.code == "password-one-time" else "login.html"
            await self.show(
                page,
                status=error.status,
                error=error,
                problems={},
                username=data["username"],
                next=self.get_argument("next", ""),
            )
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))


class SignUp(Page):
    """Asking to join. What is wrong is said beside each field, and what was good stays filled in."""

    async def get(self) -> None:
        await self._show({}, {})

    async def post(self) -> None:
        form = self.form(applications.FIELDS)
        form["name"] = self.authenticator.normalize_username(form["name"])
        problems = applications.problems(form, self.authenticator.taken)
        if problems:
            await self._show(form, problems, status=400)
            return
        hashed = await asyncio.to_thread(passwords.hash_of, form["password"])
        try:
            self.authenticator.join(applications.applicant(form), hashed)
        except ClearingHouseError as error:
            # Somebody else took the name while this password was hashed.
            await self._show(form, {"name": error}, status=error.status)
            return
        self.redirect(url_concat("login", {"joined": "1", "username": form["name"]}))

    async def _show(self, form: Mapping[str, str], problems: applications.Problems, status: int = 200) -> None:
        language = language_of_page(self, "")
        await self.show(
            "signup.html",
            status=status,
            form={"language": language, **form, "password": "", "again": ""},
            problems=problems,
            countries=countries(language),
            translated_roles={role.value: texts(language)(sentence) for role, sentence in applications.ROLES.items()},
            language_choices=[(known.code, known.name) for known in LANGUAGES.values()],
        )


class ChangePassword(Page):
    """Choosing a new password, with the old one; needs no session, since a one-time password opens none."""

    async def get(self) -> None:
        user = self.current_user
        name = user.name if user else self.get_argument("username", "")
        await self.show(
            "change-password.html", username=name, problems={}, error=None, next=self.get_argument("next", "")
        )

    async def post(self) -> None:
        form = self.form(("name", "password_now", "password", "again"))
        name = self.authenticator.normalize_username(form["name"])
        try:
            await self.authenticator.verify(name, form["password_now"])
        except ClearingHouseError as error:
            await self._again(name, error, {})
            return
        problems = _password_problems(form, name)
        if problems:
            await self._again(name, None, problems)
            return
        self.authenticator.set_password(name, await asyncio.to_thread(passwords.hash_of, form["password"]))
        await self._sign_in(name, form["password"])

    async def _sign_in(self, name: str, password: str) -> None:
        try:
            user = await self.login_user({"username": name, "password": password})
        except ClearingHouseError as error:
            await self.show("login.html", status=error.status, error=error, username=name, next="")
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def _again(self, name: str, error: ClearingHouseError | None, problems: applications.Problems) -> None:
        await self.show(
            "change-password.html",
            status=error.status if error else 400,
            error=error,
            problems=problems,
            username=name,
            next=self.get_argument("next", ""),
        )


class NewPassword(Page):
    """The Secretariat gives a member who forgot hers a password that works once."""

    def _member(self, name: str) -> str:
        """The name, if the Secretariat asks for it; the Hub's groups say who that is."""
        if Role.SECRETARIAT not in {group.name for group in self.current_user.groups}:
            raise web.HTTPError(403)
        if not self.authenticator.taken(name):
            raise web.HTTPError(404)
        return name

    @web.authenticated
    async def get(self, name: str) -> None:
        await self.show("new-password.html", username=self._member(name), password="")

    @web.authenticated
    async def post(self, name: str) -> None:
        password = passwords.random_password()
        hashed = await asyncio.to_thread(passwords.hash_of, password)
        self.authenticator.set_password(self._member(name), hashed, one_time=True)
        await self.show("new-password.html", username=name, password=password)


def _password_problems(form: Mapping[str, str], name: str) -> applications.Problems:
    found = {
        "password": passwords.problem(form["password"], name),
        "again": applications.again_problem(form),
    }
    if form["password"] == form["password_now"]:
        found["password"] = ClearingHouseError("password-same", N_("Choose a password that you have not used here."))
    return {field: problem for field, problem in found.items() if problem}


HANDLERS: list[tuple[str, type]] = [
    (r"/login", SignIn),
    (r"/signup", SignUp),
    (r"/change-password", ChangePassword),
    (r"/new-password/([^/]+)", NewPassword),
]
