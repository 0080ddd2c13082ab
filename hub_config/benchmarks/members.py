"""A whole platform with many members at work: whether it holds, what they take of the memory, how fast its pages are.

Each member has her server and a kernel with the libraries of lessons. Stock parts are not measured beside them: they
would not have room; what one member takes with them is in `chm bench kernel`.
"""

import argparse
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import psutil

from conventions.texts import ROOT
from expert_db.database import Database
from expert_db.members import Role, Standing
from hub_config import ports
from hub_config.applications import Applicant
from hub_config.benchmarks.figures import Figure
from hub_config.benchmarks.hubs import PATIENCE, Hub, failed, process
from hub_config.benchmarks.sites import SETTLED, free_port
from hub_config.first_accounts import open_accounts
from hub_config.migrations import upgrade
from hub_config.settings import Settings

PAGES = ("/", "/learning", "/courses", "/courses/e-waste", "/mentor", "/questions", "/find?q=lead")
# So many open their servers at the same moment, and so many of them read the portal's pages.
AT_ONCE = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--members", type=int, default=250, help="how many have a server and a kernel (default: 250)")
    parser.add_argument(
        "--requests", type=int, default=200, help="how many pages of the portal are read (default: 200)"
    )


def figures(options: argparse.Namespace) -> Iterator[Figure]:
    """All opened one wave after the other; then the portal's pages while all are there."""
    names, password = [f"member-{number}" for number in range(options.members)], secrets.token_urlsafe()
    with tempfile.TemporaryDirectory(prefix="chm-bench-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        settings = Settings(home=Path(folder), port=free_port())
        enrol(settings, names, password)
        with serving(settings):
            members = list(pool.map(lambda name: sign_in(settings, name, password), names))
            before, began = taken(), time.monotonic()
            list(pool.map(Member.work, members))
            seconds = time.monotonic() - began
            time.sleep(SETTLED)
            memory = (taken() - before) / len(members)
            pages = read(members[:AT_ONCE], options.requests)
            for member in members:
                member.browser.close()
            ended = [member.name for member in members if not member.hub.server(member.name).get("ready")]
    if ended:
        raise failed(f"{len(ended)} of {len(members)} servers have ended")
    count = len(members)
    yield Figure.alone(f"{count} members, first request to last kernel with the libraries", "s", seconds, count)
    yield Figure.alone("memory of the machine a member with server and kernel", "MB", memory, count)
    slow = sorted(pages)[min(len(pages) - 1, int(0.95 * len(pages)))]
    yield Figure.alone(f"portal page p95 while {count} members are there", "ms", slow, len(pages))


def enrol(settings: Settings, names: Sequence[str], password: str) -> None:
    """Accounts, before the platform is started."""
    upgrade(Database(settings.database))
    people = [Applicant(name, name, "KE", "Environment authority", Role.OFFICER, "en") for name in names]
    open_accounts(settings, password, [(person, Standing.APPROVED) for person in people])


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """`chm serve` from the moment when it says that it is open."""
    command = [sys.executable, "-m", "hub_config.cli", "serve", "--home", str(settings.home)]
    log = settings.home / "console.log"
    with process([*command, "--port", str(settings.port)], {**os.environ, "PYTHONPATH": str(ROOT)}, log):
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C" not in (said := log.read_text(encoding="utf-8")):
            if time.monotonic() > deadline:
                raise failed(said[-500:])
            time.sleep(0.2)
        yield


def taken() -> float:
    """Megabytes of the machine that are in use: what others share is in it once, and no process need be looked into."""
    machine = psutil.virtual_memory()
    return float(machine.total - machine.available) / 1e6


@dataclass(frozen=True)
class Member:
    """Signed in with a browser of her own; `hub` is the Hub as she may ask it."""

    name: str
    browser: httpx.Client
    hub: Hub

    def work(self) -> None:
        """Open her server, and a kernel in which the libraries are imported."""
        self.hub.start(self.name)
        self.hub.kernel(self.name)

    def view(self, path: str) -> float:
        """Milliseconds until a page of the portal is there."""
        began = time.monotonic()
        self.browser.get(path).raise_for_status()
        return 1000 * (time.monotonic() - began)


def sign_in(settings: Settings, name: str, password: str) -> Member:
    """Through the Hub's form, as everybody does."""
    browser = httpx.Client(base_url=settings.address, follow_redirects=True, timeout=PATIENCE)
    said = browser.post("/hub/login", data={"_xsrf": proof(browser), "username": name, "password": password})
    if "/sign-out" not in said.text:
        raise failed(f"{name} could not sign in: {said.status_code} {said.url}")
    headers = {"X-XSRFToken": proof(browser, "/hub/change-password")}
    made = browser.post(f"/hub/api/users/{name}/tokens", headers=headers, json={"note": "benchmark"})
    at = ports.read(settings.home) | {"portal": settings.port}
    return Member(name, browser, Hub(at, made.raise_for_status().json()["token"]))


def proof(browser: httpx.Client, path: str = "/hub/login") -> str:
    """What shows the Hub that a request comes from a page of its own."""
    found = re.search(r'name="_xsrf" value="([^"]+)"', browser.get(path).text)
    if found is None:
        raise failed(f"{path} has no form")
    return found[1]


def read(members: Sequence[Member], requests: int) -> list[float]:
    """Milliseconds of each page, two being asked for at a time."""
    wanted = islice(zip(cycle(members), cycle(PAGES), strict=False), requests)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda pair: pair[0].view(pair[1]), wanted))
