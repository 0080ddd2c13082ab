"""InforMEA's service over HTTP: page after page, slowly, and no more than is asked for."""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from conventions.feeds.faults import fault
from conventions.feeds.pages import Page, read
from conventions.feeds.sets import EntitySet
from conventions.feeds.store import now

PAGE = 100
USER_AGENT = "chm-learning (clearing-house of the Basel, Rotterdam and Stockholm conventions)"
LARGEST = 20_000_000
TRIES = 4
BUSY = {429, 500, 502, 503, 504}
# The longest that a service may ask us to wait; asked to wait longer, we come another time.
PATIENCE = 120.0


class _Answer(NamedTuple):
    status: int
    headers: httpx.Headers
    content: bytes


class Service:
    """One OData v2 service behind its address, such as `https://…/informea.svc`.

    Between two requests it waits `pause` seconds; a busy service is asked again after the time it says, or after a
    growing one. A page may take `longest` seconds in all. `sleep` is what it waits with.
    """

    def __init__(
        self, url: str, *, pause: float = 1.0, longest: float = 300.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = url.rstrip("/")
        self._pause = pause
        self._longest = longest
        self._sleep = sleep
        self._asked = 0
        self._http = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json, application/atom+xml"},
            timeout=httpx.Timeout(30, connect=10),
            follow_redirects=True,
            max_redirects=3,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def pages(self, kind: EntitySet, skip: int = 0) -> Iterator[Page]:
        """The pages of a feed from the entity numbered `skip` on, up to the last; an empty one is not among them.

        Raises `feed-down`, `feed-refused`, `feed-broken`, `feed-shape`, `feed-too-large`.
        """
        start = {"$skip": str(skip)}
        while True:
            page = read(kind.name, self._get(kind.name, _asking(kind) | start))
            if not page.entities:
                return
            yield page
            skip += len(page.entities)
            said = self._next(page.next)
            if not said and page.count is not None and skip >= page.count:
                return
            start = said or {"$skip": str(skip)}

    def _next(self, address: str) -> dict[str, str]:
        """What the service itself says comes next; an address elsewhere is not followed."""
        link, here = urlsplit(urljoin(self.url + "/", address)), urlsplit(self.url)
        if not address or (link.scheme, link.netloc) != (here.scheme, here.netloc):
            return {}
        return {name: value for name, value in parse_qsl(link.query) if name in {"$skip", "$skiptoken"}}

    def _get(self, feed: str, asking: dict[str, str]) -> bytes:
        """The content of one page; a service that is busy or does not answer is asked again."""
        for attempt in range(1, TRIES + 1):
            self._wait_a_little()
            answer = self._answer(feed, asking)
            if isinstance(answer, _Answer) and answer.status not in BUSY:
                return _accepted(feed, answer)
            seconds = wait(answer.headers, attempt) if isinstance(answer, _Answer) else 2.0**attempt
            if attempt == TRIES or seconds > PATIENCE:
                break
            self._sleep(seconds)
        raise fault("feed-down", feed, f"HTTP {answer.status}" if isinstance(answer, _Answer) else repr(answer))

    def _wait_a_little(self) -> None:
        if self._asked:
            self._sleep(self._pause)
        self._asked += 1

    def _answer(self, feed: str, asking: dict[str, str]) -> _Answer | httpx.TransportError:
        """What the service answered, or why there was no answer although another time there may be one."""
        try:
            with self._http.stream("GET", f"{self.url}/{feed}", params=asking) as response:
                return _Answer(response.status_code, response.headers, self._content(feed, response))
        except (httpx.TimeoutException, httpx.NetworkError, httpx.ProxyError) as error:
            return error
        except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
            raise fault("feed-broken", feed, error) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise fault("feed-refused", feed, repr(error)) from error

    def _content(self, feed: str, response: httpx.Response) -> bytes:
        content, until = bytearray(), time.monotonic() + self._longest
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LARGEST:
                raise fault("feed-too-large", feed, f"more than {LARGEST} bytes in a page")
            if time.monotonic() > until:
                raise fault("feed-down", feed, f"a page takes more than {self._longest} s")
        return bytes(content)


def wait(headers: httpx.Headers, attempt: int) -> float:
    """How many seconds to wait before asking again: what `Retry-After` says, or longer each time."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now()).total_seconds())
    except (TypeError, ValueError):
        return 2.0**attempt


def _asking(kind: EntitySet) -> dict[str, str]:
    asking = {"$format": "json", "$inlinecount": "allpages", "$top": str(PAGE), "$filter": kind.filter}
    asking["$expand"] = ",".join(kind.expanded)
    return {name: value for name, value in asking.items() if value}


def _accepted(feed: str, answer: _Answer) -> bytes:
    if answer.status != httpx.codes.OK:
        raise fault("feed-refused", feed, f"HTTP {answer.status}")
    return answer.content
