"""A service on this machine that answers as it is told, and remembers what it was asked."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

RECORDED = Path(__file__).parent / "recorded"


@dataclass
class Reply:
    """An answer; `promised` is the length that the header tells, where it is not that of the body; with `drip` it comes
    byte by byte, with so many seconds between."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None
    drip: float = 0.0


Asked = dict[str, str]
Behaviour = Callable[[Asked], Reply]


class Recorder:
    """A running service: set `behaviour` to change how it answers."""

    def __init__(self, url: str, behaviour: Behaviour) -> None:
        self.url = url
        self.behaviour = behaviour
        self.asked: list[Asked] = []

    @property
    def skips(self) -> list[str]:
        """The `$skip` of every request so far."""
        return [asked.get("$skip", "") for asked in self.asked]


def parts(reply: Reply) -> list[bytes]:
    """The pieces in which an answer goes out."""
    return [reply.body[place : place + 1] for place in range(len(reply.body))] if reply.drip else [reply.body]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[Recorder]:
    """A service at a free port of this machine, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {**dict(parse_qsl(address.query)), "path": address.path, "agent": self.headers["User-Agent"]}
            recorder.asked.append(asked)
            reply = recorder.behaviour(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
            self.end_headers()
            with suppress(ConnectionError):
                for part in parts(reply):
                    self.wfile.write(part)
                    time.sleep(reply.drip)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests read what was asked, not a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder = Recorder(f"http://127.0.0.1:{server.server_port}/informea.svc", behaviour)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def decision(number: int, title: str = "A decision") -> dict[str, Any]:
    """A decision in the shape of JSON, as small as can be."""
    texts = {"results": [{"language": "en", "value": f"{title} {number}"}]}
    return {"id": f"d-{number}", "number": f"BC-1/{number}", "treaty": "basel", "title": texts}


def json_page(entities: list[dict[str, Any]], count: int | None = None, after: str = "") -> Reply:
    """A page in JSON with what a service may say beside the entities."""
    body: dict[str, Any] = {"results": entities}
    body |= {"__count": str(count)} if count is not None else {}
    body |= {"__next": after} if after else {}
    return Reply(json.dumps({"d": body}).encode(), headers={"Content-Type": "application/json"})


def paged(entities: list[dict[str, Any]], *, largest: int = 100, counted: bool = True) -> Behaviour:
    """A service that pages by `$top` and `$skip`, `largest` at a time whatever it is asked for."""

    def behave(asked: Asked) -> Reply:
        skip, top = int(asked["$skip"]), min(int(asked["$top"]), largest)
        return json_page(entities[skip : skip + top], len(entities) if counted else None)

    return behave
