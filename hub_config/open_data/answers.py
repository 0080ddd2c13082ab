"""What every answer of the service has: tags and days for caches, leave for all sites to read, errors for programs."""

import hashlib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.requests import Request

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.visit import here
from hub_config.open_data.negotiation import MEDIA

SHOWN = "ETag, Last-Modified, Link, Content-Disposition, OData-Version, Preference-Applied, Retry-After"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": SHOWN,
    "Cross-Origin-Resource-Policy": "cross-origin",
}
ASKING = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, Prefer, "
    "OData-Version, OData-MaxVersion, DataServiceVersion, MaxDataServiceVersion",
    "Access-Control-Max-Age": "86400",
}
FIVE_MINUTES = "public, max-age=300"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OpenRoute(APIRoute):
    """A route that any site may read, and whose errors are JSON unless a person with a browser asked."""

    headers: Mapping[str, str] = OPEN

    def refuse(self, request: Request, error: ClearingHouseError) -> Response:
        """An error for programs, its sentence in the caller's language, in the shape that OData 4 gives to errors."""
        visit = here(request)
        said = {"code": error.code, "message": error.sentence(visit.translate)}
        target = error.values.get("target")
        body = {"error": said | ({"target": str(target)} if target else {})}
        headers = {"Content-Language": visit.language.code, "Cache-Control": "no-store"}
        return JSONResponse(body, status_code=error.status, headers=headers | {"Vary": "Accept, Accept-Language"})

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                made = await _admitted(request, handle)
            except ClearingHouseError as error:
                if _by_person(request):
                    raise
                made = self.refuse(request, error)
                if "wait" in error.values:
                    made.headers["Retry-After"] = str(error.values["wait"])
            except RequestValidationError as error:
                fields = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
                fault = ClearingHouseError("not-readable", N_("This cannot be read: {fields}."), fields=fields)
                made = self.refuse(request, fault)
            for name, value in self.headers.items():
                made.headers.setdefault(name, value)
            return made

        return answer


async def _admitted(request: Request, handle: Handler) -> Response:
    peer = request.client.host if request.client else ""
    with request.app.state.open_data.turnstile.admitted(peer):
        return await handle(request)


def preflight() -> Response:
    """What a browser asks before another site's script may send its question."""
    return Response(status_code=204, headers={**OPEN, **ASKING})


@dataclass(frozen=True)
class Edition:
    """One state of one answer, as caches know it."""

    tag: str
    modified: datetime

    @property
    def headers(self) -> dict[str, str]:
        return {
            "ETag": self.tag,
            "Last-Modified": format_datetime(self.modified, usegmt=True),
            "Cache-Control": FIVE_MINUTES,
            "Vary": "Accept",
        }

    def unchanged(self, request: Request) -> Response | None:
        """`304` if the caller has this very state already."""
        known = request.headers.get("if-none-match")
        same = _tagged(known, self.tag) if known else _since(request.headers.get("if-modified-since"), self.modified)
        return Response(status_code=304, headers=self.headers) if same else None

    def answer(self, body: bytes | str, media: str, headers: Mapping[str, str] | None = None) -> Response:
        """The answer with what caches need to know."""
        return Response(body, media_type=media, headers={**self.headers, **(headers or {})})


def edition(digest: str, modified: datetime, *asked: str) -> Edition:
    """The state that is made of the data with this digest and of what was asked."""
    tag = hashlib.sha256("\n".join((digest, *asked)).encode()).hexdigest()[:20]
    return Edition(f'"{tag}"', modified)


def latest(files: Iterable[Path]) -> datetime:
    """When the newest of some files was written, to the second, as HTTP says it."""
    return max(datetime.fromtimestamp(int(path.stat().st_mtime), UTC) for path in files)


def _tagged(known: str, tag: str) -> bool:
    return known.strip() == "*" or tag in known.replace("W/", "").replace(" ", "").split(",")


def _since(day: str | None, modified: datetime) -> bool:
    try:
        return day is not None and parsedate_to_datetime(day) >= modified
    except (TypeError, ValueError):
        return False


def _by_person(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return MEDIA["html"] in accepted and not request.url.path.startswith("/odata/")
