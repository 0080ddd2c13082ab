"""Hands out pages that were drawn ahead, so that a browser, a proxy or a CDN can keep them."""

import asyncio
from typing import Any

from tornado.web import RequestHandler
from voila.utils import create_include_assets_functions

from conventions.languages import LANGUAGES
from conventions.texts import N_
from widgets.asked import Asked, from_address
from widgets.server.addresses import asker
from widgets.server.pages import Crowded, Page, Pages, Wanted
from widgets.server.rates import Often, Rate

# A copy is good for a minute, and may be shown for an hour while a new one is fetched.
CACHING = "public, max-age=60, stale-while-revalidate=3600"
# How long a visitor waits before a blank page, in seconds.
PATIENCE = 8.0
WAIT = N_("This page is being prepared. It opens by itself in a few seconds.")
OFTEN = N_("Many different views were asked for from your network. This one opens by itself in a few seconds.")
FAILED = N_("This page cannot be shown for the moment. Please try again in a few minutes.")


class PageHandler(RequestHandler):
    """One dashboard's pages: static bytes for whoever reads; no kernel, no cookie, nothing of the visitor's own."""

    page: Page | None = None

    def initialize(self, pages: Pages, names: set[str], rate: Rate, proxies: int) -> None:
        self.pages, self.names, self.rate, self.proxies = pages, names, rate, proxies

    def set_default_headers(self) -> None:
        for name, value in self.settings["headers"].items():
            self.set_header(name, value)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Type", "text/html; charset=utf-8")

    async def get(self, name: str) -> None:
        if name not in self.names:
            self.send_error(404)
            return
        view = from_address(self.request.query, self.request.headers.get("Accept-Language", ""))
        wanted = Wanted(name, view.query)
        self.page = self.pages.known(wanted)
        if not self.page:
            try:
                if not self.pages.begun(wanted):
                    self.rate.take(asker(self.request, self.proxies))
                self.page = await asyncio.wait_for(asyncio.shield(self.pages.drawing(wanted)), PATIENCE)
            except (TimeoutError, Crowded):
                self._say(view, WAIT, again=5)
                return
            except Often as often:
                self._say(view, OFTEN, again=often.seconds, status=429)
                return
        if self.page:
            self._hand_out(self.page)
        else:
            self._say(view, FAILED, again=60)

    async def head(self, name: str) -> None:
        await self.get(name)

    def compute_etag(self) -> str | None:
        """The page's own, for which Tornado answers 304 to whoever has it already."""
        return self.page.etag if self.page else None

    def _hand_out(self, page: Page) -> None:
        chosen = self.get_query_argument("lang", "") in LANGUAGES
        self.set_header("Vary", "Accept-Encoding" if chosen else "Accept-Encoding, Accept-Language")
        self.set_header("Cache-Control", CACHING)
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.write(page.gzipped)
        else:
            self.write(page.html)

    def _say(self, view: Asked, text: str, again: int, status: int = 503) -> None:
        """An honest page in her language instead, which asks again by itself after so many seconds."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Retry-After", str(again))
        self.set_header("Refresh", str(again))
        direction = LANGUAGES[view.language].direction
        self._write(status, message=view.translate(text), language=view.language, direction=direction)

    def write_error(self, status_code: int, **_: Any) -> None:
        self._write(status_code, message=self._reason)
        self.finish()

    def _write(self, code: int, **values: str) -> None:
        template = self.settings["voila_jinja2_env"].get_template("error.html")
        assets = create_include_assets_functions(
            self.settings["voila"].voila_configuration.template, self.settings["base_url"]
        )
        self.write(template.render(status_code=code, **values, **assets))
