"""Gives a page its kernel when somebody touches what needs one, and takes it back when she leaves."""

import json
import re

from tornado.web import HTTPError, RequestHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from widgets.asked import Asked, from_address
from widgets.server.addresses import asker
from widgets.server.rates import Often
from widgets.server.run import Start
from widgets.server.visitors import Full, Visitors

LONGEST = 1000
HEXADECIMAL = re.compile(r"[0-9a-f]{16,32}")


class LiveHandler(RequestHandler):
    """Starts a kernel that has run the dashboard for the page's view, with the page's own widgets in it."""

    def initialize(self, start: Start, names: set[str], proxies: int) -> None:
        self.visitors: Visitors = self.settings["visitors"]
        self.start, self.names, self.proxies = start, names, proxies

    async def post(self, name: str) -> None:
        if name not in self.names:
            raise HTTPError(404)
        version, models, view = self._page()
        address = asker(self.request, self.proxies)
        try:
            run = await self.visitors.admit(address, lambda: self.start(name, view, version))
        except Full:
            self._refuse(503, 60)
            return
        except Often as often:
            self._refuse(429, often.seconds)
            return
        if run.models != models:
            # The notebook has changed since, or does not do the same each time: its widgets are not the page's.
            await self.visitors.end(run.kernel, "changed")
            raise HTTPError(409, "%s has other widgets than the page", name)
        self.set_status(201)
        self.write({"kernel": run.kernel})

    def _refuse(self, status: int, seconds: int) -> None:
        self.set_status(status)
        self.set_header("Retry-After", str(seconds))

    def _page(self) -> tuple[str, str, Asked]:
        """What the page says of itself; no other site can send this, since JSON needs our consent for that."""
        if self.request.headers.get("Content-Type") != "application/json" or len(self.request.body) > LONGEST:
            raise HTTPError(400)
        try:
            said = json.loads(self.request.body)
            version, models, language = (str(said[key]) for key in ("version", "models", "lang"))
        except (ValueError, KeyError, TypeError):
            raise HTTPError(400) from None
        if not (HEXADECIMAL.fullmatch(version) and HEXADECIMAL.fullmatch(models)):
            raise HTTPError(400)
        # The page may have been opened without a language in its address, by what the browser prefers.
        return version, models, from_address(self.request.query, language)


class VisitorSocket(VoilaKernelWebsocketHandler):
    """A page's connection to its kernel; it is closed when the kernel has ended."""

    async def open(self, kernel_id: str) -> None:
        self.settings["visitors"].connect(kernel_id, self)
        await super().open(kernel_id)

    def on_close(self) -> None:
        self.settings["visitors"].disconnect(self.path_kwargs["kernel_id"], self)
        super().on_close()


class EndHandler(RequestHandler):
    """Ends a kernel whose page was left."""

    async def post(self, kernel: str) -> None:
        await self.settings["visitors"].end(kernel)
        self.set_status(204)
