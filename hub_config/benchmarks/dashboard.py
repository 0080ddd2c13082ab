"""Public dashboards against Voila as released: the first view of a new visitor, the first touch, and their memory.

Voila starts a kernel for each view, so it is asked for one view after another, and its pages are live when they are
there; ours are asked for so many a second, and a kernel is started by the touch. `pre-heated` is Voila with kernels
that have run the notebook before somebody comes.
"""

import argparse
import asyncio
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import websocket

from hub_config.benchmarks.figures import Figure
from hub_config.benchmarks.hubs import check_sight, failed
from hub_config.benchmarks.sites import PATIENCE, Site, ours, preheated, stock


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=int, default=200, help="requests a second for our pages (default: 200)")
    parser.add_argument("--seconds", type=int, default=5, help="for so long (default: 5)")
    parser.add_argument("--times", type=int, default=5, help="how many touch a widget, and view stock (default: 5)")


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """Ours against Voila, then against Voila with pre-heated kernels."""
    check_sight()
    with ours() as site:
        found = measure_ours(site, options.rate, options.seconds, options.times)
    for label, extra in (("", ()), (", stock pre-heated", preheated(options.times))):
        with stock(*extra) as site:
            plain = measure_stock(site, options.times)
        yield of_all(f"dashboard, first view p99{label}", "ms", 0.99, found.views, plain.views)
        for share in (0.5, 0.95):
            name = f"dashboard, touch to first live response p{100 * share:.0f}{label}"
            yield of_all(name, "s", share, found.touches, plain.touches)
        # Voila has paid for its kernel with the view; this is what both take in all.
        whole = [
            [view / 1000 + touch for view, touch in zip(each.views, each.touches, strict=False)]
            for each in (found, plain)
        ]
        yield of_all(f"dashboard, view and touch to first live response p95{label}", "s", 0.95, *whole)
        yield Figure.of(f"private memory a live visitor{label}", "MB", [found.live], [plain.live])
        yield Figure.of(f"private memory a passive reader{label}", "MB", [found.passive], [plain.passive])


def of_all(name: str, unit: str, share: float, ours: list[float], stock: list[float]) -> Figure:
    """The value that this share of all is not above."""
    of_ours, of_stock = (round(sorted(each)[min(len(each) - 1, int(share * len(each)))], 3) for each in (ours, stock))
    return Figure(name, unit, of_ours, of_stock, min(len(ours), len(stock)))


@dataclass(frozen=True)
class Measured:
    """Milliseconds of views, seconds of touches, megabytes of a visitor who has touched and of one who has not."""

    views: list[float]
    touches: list[float]
    live: float
    passive: float


def measure_ours(site: Site, rate: int, seconds: int, visitors: int) -> Measured:
    _, html = site.view()
    drawn = json.loads(between(html, '<script id="drawn" type="application/json">', "</script>"))
    # From the first kernel on, what kernels are forked from has no memory of its own any more: it is nobody's gain.
    first = Connection(site, begin(site, drawn))
    resting = site.memory()
    views = asyncio.run(load(site.page, rate, seconds))
    read = site.memory()
    touches, connections = [], [first]
    for _ in range(visitors):
        began = time.monotonic()
        connection = Connection(site, begin(site, drawn))
        connection.touch(drawn["state"])
        touches.append(time.monotonic() - began)
        connections.append(connection)
    live = (site.memory() - read) / visitors
    return Measured(views, touches, live, max(0.0, read - resting) / len(views))


def measure_stock(site: Site, visitors: int) -> Measured:
    """Each view has a kernel, which reads and touches alike."""
    site.view()
    resting = site.memory()
    views, touches, connections = [], [], []
    for _ in range(visitors):
        milliseconds, html = site.view()
        views.append(milliseconds)
        kernel = re.search(r'"kernelId": ?"([^"]+)"', html)
        if not kernel:
            raise failed("Voila's page names no kernel")
        connection = Connection(site, kernel[1])
        states = connection.states()
        began = time.monotonic()
        connection.touch(states)
        touches.append(time.monotonic() - began)
        connections.append(connection)
    each = (site.memory() - resting) / visitors
    return Measured(views, touches, each, each)


async def load(page: str, rate: int, seconds: int) -> list[float]:
    """Milliseconds of each of `rate` new visitors a second, who come whether or not others are still waiting."""
    began, tasks = time.monotonic(), []
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(view(page)))
    return await asyncio.gather(*tasks)


async def view(page: str) -> float:
    """Milliseconds until the whole page has come over a connection of its own."""
    host, port, path = re.fullmatch(r"http://([^:]+):(\d+)(.*)", page).groups()  # type: ignore[union-attr]
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
    content = await reader.read(-1)
    writer.close()
    if not content.startswith(b"HTTP/1.1 200"):
        raise failed(content[:100].decode(errors="replace"))
    return 1000 * (time.monotonic() - began)


def begin(site: Site, drawn: dict[str, Any]) -> str:
    """The kernel that a page of ours is given when it is touched."""
    body = {"version": drawn["version"], "models": drawn["models"], "lang": "en"}
    url = site.page.replace("/render/", "/live/")
    return str(httpx.post(url, json=body, timeout=PATIENCE).raise_for_status().json()["kernel"])


class Connection:
    """A page's connection to its kernel, as Jupyter's front end has it."""

    def __init__(self, site: Site, kernel: str) -> None:
        address = f"{site.base.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?session_id={uuid4().hex}"
        self._socket = websocket.create_connection(address, timeout=PATIENCE)

    def touch(self, states: dict[str, Any]) -> None:
        """Move the slider, and wait until the label says so."""
        slider, label = (_model(states, name) for name in ("IntSliderModel", "LabelModel"))
        update = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
        self._send("comm_msg", {"comm_id": slider, "data": update})
        while not self._told(label, "now 7"):
            pass

    def states(self) -> dict[str, Any]:
        """All widgets' state, as the front end asks for it."""
        comm = uuid4().hex
        version = {"version": "1.0.0"}
        self._send("comm_open", {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}, version)
        self._send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        while True:
            message = self._receive()
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == comm:
                return dict(message["content"]["data"]["states"])

    def _told(self, label: str, text: str) -> bool:
        message = self._receive()
        content = message["content"]
        if message["msg_type"] != "comm_msg" or content["comm_id"] != label:
            return False
        return bool(content["data"].get("state", {}).get("value") == text)

    def _send(self, kind: str, content: dict[str, Any], metadata: dict[str, str] | None = None) -> None:
        header = {"msg_id": uuid4().hex, "msg_type": kind, "session": "b", "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": metadata or {}, "content": content}
        self._socket.send(json.dumps({**message, "channel": "shell"}))

    def _receive(self) -> dict[str, Any]:
        received = self._socket.recv()
        return dict(json.loads(received)) if isinstance(received, str) else {"msg_type": "", "content": {}}


def _model(states: dict[str, Any], kind: str) -> str:
    return next(model for model, state in states.items() if state["model_name"] == kind)


def between(text: str, before: str, after: str) -> str:
    return text.split(before, 1)[1].split(after, 1)[0]
