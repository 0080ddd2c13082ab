"""The dashboards' real server and a real browser."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from conventions.languages import LANGUAGES
from conventions.texts import ROOT
from tests.ports import free_port
from tests.waiting import PATIENCE, until
from widgets.dashboards import dashboards, voila_command

BASE = "/services/dashboards/"
SECRET = "a-token-that-no-kernel-may-see"


class Server:
    """One running dashboard server: its address, and its process for those who look at what it started."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    @property
    def children(self) -> list[int]:
        """The processes it has started, by their numbers; a kernel is one."""
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        lines = [line.split() for line in found.stdout.splitlines()]
        return [int(pid) for pid, state in lines if not state.startswith("Z")]

    def rest(self, names: Iterable[str] = ()) -> None:
        """Return once these dashboards, or all, are drawn in all languages and no kernel is left."""
        for language, name in product(LANGUAGES, names or [each.name for each in dashboards()]):
            until(partial(self.shows, f"lang={language}", name))
        until(lambda: not self.children)

    def shows(self, query: str, name: str) -> bool:
        """Whether a page is there already."""
        try:
            urllib.request.urlopen(self.page(query, name), timeout=PATIENCE).close()
        except urllib.error.HTTPError:
            return False
        return True

    def page(self, query: str = "", name: str = "parties") -> str:
        """The address of a dashboard."""
        return f"{self.url}voila/render/{name}.ipynb?{query}"


@contextmanager
def serving(
    *options: str, most_kernels: int = 12, pages: Path | None = None, log: int = subprocess.DEVNULL
) -> Iterator[Server]:
    """The dashboard server on a free port, for so many visitors at once; it keeps its pages in `pages`, or forgets."""
    with TemporaryDirectory() as folder:
        # The port is put in its place below, where it is known.
        command = [*voila_command(0, BASE, most_kernels), f"--DashboardServer.pages_folder={pages or folder}"]
        with running([*command, *options], BASE, log) as server:
            yield server


def sample_notebook(folder: Path, code: str) -> None:
    """A dashboard named `sample`, with one cell."""
    words = dict.fromkeys(LANGUAGES, "Sample")
    about = {"title": words, "summary": words, "as_of": "2026-01-01", "source": "none"}
    metadata = {"chm": about, "kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    new = folder / "sample.new"
    nbformat.write(new_notebook(cells=[new_code_cell(code)], metadata=metadata), new)
    new.replace(folder / "sample.ipynb")


@contextmanager
def running(command: list[str], base: str, log: int = subprocess.DEVNULL) -> Iterator[Server]:
    """A command of Voila on a free port, with a secret in its own environment, ended at the end."""
    port = free_port()
    environment = os.environ | {"JUPYTERHUB_API_TOKEN": SECRET}
    command = [*(part for part in command if not part.startswith("--port")), f"--port={port}", "--Voila.ip=127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
    try:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}{base}voila/static/favicon.ico")
        yield Server(process, f"http://127.0.0.1:{port}{base}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    """Return as soon as anything but silence comes back."""

    def answers() -> bool:
        assert process.poll() is None, "the server ended by itself"
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    until(answers)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server as the platform starts it, with room for the visitors of all tests."""
    with serving("--DashboardServer.views_of_one=1000", most_kernels=40) as running:
        yield running
