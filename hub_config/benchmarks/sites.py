"""Two servers of one dashboard: the platform's, in its sandbox and with its template, and Voila as released."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from conventions.languages import LANGUAGES
from conventions.texts import ROOT
from hub_config.benchmarks.hubs import failed, family, private, process
from hub_config.settings import Settings
from hub_config.warm import rooms, template
from widgets.dashboards import voila_command

NAME = "bench"
CELL = """
import sys
sys.path.append(ROOT)
import ipywidgets
from widgets.asked import asked
from widgets.ratifications import Ratifications

number, said = ipywidgets.IntSlider(value=1, max=100), ipywidgets.Label()
number.observe(lambda change: setattr(said, "value", f"now {change.new}"), "value")
ipywidgets.VBox([number, said, Ratifications(asked())])
"""
PATIENCE = 60.0
BASE = "/services/dashboards/"
# After so many seconds what was started has done what it does after its start.
SETTLED = 3.0


@dataclass(frozen=True)
class Site:
    """A running server of dashboards: the address of one, where kernels are, and the processes it consists of."""

    page: str
    base: str
    roots: list[int]

    def memory(self) -> float:
        """Megabytes that only its processes have."""
        time.sleep(SETTLED)
        return sum(private(pid) for root in self.roots for pid in family(root)) / 1e6

    def view(self) -> tuple[float, str]:
        """Milliseconds until the whole page is there, and the page."""
        began = time.monotonic()
        html = httpx.get(self.page, timeout=PATIENCE).raise_for_status().text
        return 1000 * (time.monotonic() - began), html


@contextmanager
def ours() -> Iterator[Site]:
    """The platform's server in its sandbox, with the template, once its page is drawn in each language."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chm-bench-")))
        settings, port = Settings(home=folder), free_port()
        # Apart from the pages that are drawn, which the server keeps in its home.
        (folder / "home" / "notebooks").mkdir(parents=True)
        write(folder / "home" / "notebooks" / f"{NAME}.ipynb")
        command = [
            *voila_command(port, BASE, 100),
            "--Voila.root_dir=/home/learner/notebooks",
            "--DashboardServer.most_of_one=100",
        ]
        started = template.command(settings.template), template.surroundings()
        roots = [stack.enter_context(process(*started, folder / "template.log"))]
        isolated = rooms.dashboards(settings)(command, folder / "home")
        roots.append(stack.enter_context(process(isolated, environment(), folder / "voila.log")))
        base = f"http://127.0.0.1:{port}{BASE}"
        for language in LANGUAGES:
            until_there(f"{base}voila/render/{NAME}.ipynb?lang={language}", folder / "voila.log")
        yield Site(f"{base}voila/render/{NAME}.ipynb?lang=en", base, roots)


@contextmanager
def stock(*options: str) -> Iterator[Site]:
    """Voila as released, with one notebook."""
    with ExitStack() as stack:
        folder, port = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chm-bench-"))), free_port()
        write(folder / f"{NAME}.ipynb")
        command = [
            sys.executable,
            "-m",
            "voila",
            f"{NAME}.ipynb",
            "--no-browser",
            f"--port={port}",
            "--Voila.ip=127.0.0.1",
        ]
        roots = [stack.enter_context(process([*command, *options], environment(), folder / "voila.log"))]
        base = f"http://127.0.0.1:{port}/"
        until_there(f"{base}voila/static/favicon.ico", folder / "voila.log")
        # Its pre-heated kernels are started meanwhile, and what all of them need is read from the disk.
        time.sleep(5 * SETTLED)
        yield Site(base, base, roots)


def preheated(visitors: int) -> tuple[str, ...]:
    """Voila's options for kernels that have run the notebook, one for each visitor to come."""
    return ("--preheat_kernel=True", f"--pool_size={visitors + 1}")


def write(path: Path) -> None:
    """A dashboard of the Parties with a slider that Python listens to."""
    words = dict.fromkeys(LANGUAGES, "Benchmark")
    about = {"title": words, "summary": words, "as_of": "2026-01-01", "source": "none"}
    kernel = {"name": "python3", "display_name": "", "language": "python"}
    cell = new_code_cell(CELL.replace("ROOT", repr(str(ROOT))))
    nbformat.write(new_notebook(cells=[cell], metadata={"chm": about, "kernelspec": kernel}), path)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until_there(url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        # While a page is still to come, the server says so.
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=PATIENCE).status_code != 503:
                return
        time.sleep(0.3)
    raise failed(log.read_text(encoding="utf-8", errors="replace")[-500:])
