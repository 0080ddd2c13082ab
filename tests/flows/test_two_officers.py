"""Two officers on one machine: neither what one runs nor what is graded for her reaches anything of the other's."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import nbformat
import pytest
from sqlalchemy import select

from courses.grading.grades import Graded
from tests.kernels import kernel, printed
from tests.platform import Browser, RunningPlatform
from tests.waiting import until

MARK = "only for my own eyes 4711"
# Goes through all that there is, and prints what of it should not be there.
SEARCH = """
import os, sys
skipped = '/proc', '/sys', '/dev', '/usr', sys.prefix, sys.base_prefix
wanted, found = {wanted!r}, []
for path in wanted:
    try:
        found.append((path, len(open(path, 'rb').read())))
    except OSError:
        pass
for folder, folders, names in os.walk('/'):
    folders[:] = [f for f in folders if os.path.join(folder, f) not in skipped]
    for name in names:
        try:
            content = open(os.path.join(folder, name), 'rb').read(200_000)
        except OSError:
            continue
        if {mark!r}.encode() in content and not folder.startswith('/home/learner'):
            found.append(os.path.join(folder, name))
print('FOUND', found)
"""


def signed_in(demo: RunningPlatform, name: str) -> Browser:
    browser = demo.browser()
    browser.sign_in(name, demo.passwords[name])
    return browser


@pytest.fixture(scope="module")
def officers(demo: RunningPlatform) -> Iterator[tuple[Browser, Browser]]:
    """Two officers with their servers running; the second has a private file."""
    both = signed_in(demo, "officer-ru"), signed_in(demo, "officer-zh")
    for browser, name in zip(both, ("officer-ru", "officer-zh"), strict=True):
        browser.start_server(name)
    with kernel(both[1], "officer-zh") as hers:
        assert printed(hers, f"open('/home/learner/private.txt', 'w').write({MARK!r}); print('kept')") == "kept"
    yield both


def out_of_reach(home: Path) -> list[str]:
    """Files that are there and that no learner's code may read; a test of nothing would pass for ever."""
    paths = [
        *(home / "homes" / "officer-zh" / "private.txt", home / "hub.sqlite", home / "platform.sqlite"),
        *(home / "secrets" / "hub-cookie", home / "secrets" / "receipt", home / "forum" / "forum.sqlite"),
        *(home / "courses" / "source").rglob("task.ipynb"),
        *(home / "courses" / "gradebook").glob("*.sqlite"),
        *(home / "submissions").rglob("*.ipynb"),
        Path("/etc/shadow"),
    ]
    assert all(path.exists() for path in paths) and {".ipynb", ".sqlite"} <= {path.suffix for path in paths}
    return [str(path) for path in paths]


def hand_in(demo: RunningPlatform, officer: Browser, code: str) -> str:
    """Hand in a task whose answer is this code; the receipt's number."""
    released = demo.home / "courses" / "released" / "e-waste" / "1.0.0" / "ru" / "task.ipynb"
    notebook = nbformat.read(released, as_version=4)
    (answer,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "task-q1-answer"]
    answer.source = code
    content = nbformat.writes(notebook).encode()
    given = httpx.post(
        f"{demo.address}/api/exchange/e-waste/task/submissions",
        content=content,
        headers={
            "Authorization": str(officer.headers["Authorization"]),
            "X-Content-SHA256": hashlib.sha256(content).hexdigest(),
        },
    )
    assert given.status_code in (200, 201), given.text
    return str(given.json()["id"])


def graded(demo: RunningPlatform, number: str) -> str:
    """What the submission's cells printed when it was graded."""

    def questions() -> str:
        with demo.database.session() as session:
            row = session.scalar(select(Graded).where(Graded.submission == number))
            return str(row.questions) if row else ""

    return until(questions)


def search(paths: list[str]) -> str:
    return SEARCH.format(wanted=paths, mark=MARK)


def test_what_she_runs_finds_nothing_of_another(demo: RunningPlatform, officers: tuple[Browser, Browser]) -> None:
    """Her kernel opens no other home, database, secret, gradebook or source, and searching shows no trace of them."""
    first = officers[0]
    with ExitStack() as open_kernels:
        hers = open_kernels.enter_context(kernel(first, "officer-ru"))
        number = hand_in(demo, first, "print('nothing yet')")
        graded(demo, number)
        assert printed(hers, search(out_of_reach(demo.home))) == "FOUND []"


def test_what_is_graded_finds_nothing_either(demo: RunningPlatform, officers: tuple[Browser, Browser]) -> None:
    """Code that is handed in sees no more when it is graded, and reaches no port of the platform."""
    first = officers[0]
    reach = f"""
import socket
try:
    socket.create_connection(('127.0.0.1', {demo.address.rsplit(":", 1)[1]}), timeout=3)
    print('REACHED')
except OSError:
    print('ALONE')
"""
    number = hand_in(demo, first, search(out_of_reach(demo.home)) + reach)
    said = graded(demo, number)
    assert "FOUND []" in said and "ALONE" in said and "REACHED" not in said
