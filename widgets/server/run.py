"""Runs a dashboard's notebook for one view, in a kernel of its own that lives on."""

import hashlib
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config
from voila.app import Voila
from voila.execute import VoilaExecutor

from widgets.asked import Asked

# In seconds: how long a kernel may take to be there, and until it is asked once more.
LONGEST, ONCE_MORE = 60.0, 0.2


def anew(version: str) -> str:
    """Code that drops our modules from a process, unless it has run this version's dashboards; they may be older."""
    return f"""import sys
if {version!r} not in getattr(sys.modules.get("widgets.server.rehearsal"), "rehearsed", ()):
    for name in [name for name in sys.modules if name.partition(".")[0] in {{"conventions", "widgets"}}]:
        del sys.modules[name]"""


@dataclass(frozen=True)
class Run:
    """The kernel that ran the cells, the notebook with their outputs, and what their widgets are; see `drawn`."""

    kernel: str
    notebook: NotebookNode
    widgets: dict[str, Any]

    @property
    def models(self) -> str:
        """One short name for all widgets' ids and kinds: kernels that share it can stand in for each other."""
        kinds = sorted(f"{model} {state['model_name']}" for model, state in self.widgets["state"].items())
        return hashlib.sha256("\n".join(kinds).encode()).hexdigest()[:32]


# A dashboard's name, the view, and the version of the page that shows it.
Start = Callable[[str, Asked, str], Awaitable[Run]]


async def run(server: Voila, path: Path, view: Asked, seed: str, version: str) -> Run:
    """Run all cells with our code of a `version`; two runs with one `seed` give their widgets the same ids.

    Raises what nbclient does when a cell fails, and ends the kernel.
    """
    kernels = server.kernel_manager
    notebook = nbformat.read(path, as_version=4)
    env = {**os.environ, "QUERY_STRING": view.query}
    kernel: str = await kernels.start_kernel(kernel_name=notebook.metadata.kernelspec.name, path="", env=env)
    try:
        widgets = await _execute(notebook, kernels.get_kernel(kernel), server.config, seed, version)
    except BaseException:
        await kernels.shutdown_kernel(kernel, now=True)
        raise
    return Run(kernel, notebook, widgets)


async def _execute(notebook: NotebookNode, kernel: Any, config: Config, seed: str, version: str) -> dict[str, Any]:
    first = new_code_cell(f"{anew(version)}\nfrom widgets.server.drawn import begin\nbegin({seed!r})")
    last = new_code_cell("from widgets.server.drawn import drawn\ndrawn()")
    shown, notebook.cells = notebook.cells, [first, *notebook.cells, last]
    executor = VoilaExecutor(notebook, km=kernel, config=config)
    executor.kc = kernel.client()
    executor.kc.start_channels()
    try:
        await _heard(executor.kc, kernel)
        for place, cell in enumerate(notebook.cells):
            await executor.async_execute_cell(cell, place, store_history=False)
    finally:
        executor.kc.stop_channels()
    notebook.cells = shown
    widgets: dict[str, Any] = last.outputs[-1].data["application/json"]
    return widgets


async def _heard(client: Any, kernel: Any) -> None:
    """Until what the kernel prints comes here; jupyter_client then waits another fifth of a second for silence."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        client.kernel_info()
        with suppress(Empty):
            await client.get_iopub_msg(timeout=ONCE_MORE)
            return
        if not await kernel.is_alive():
            break
    raise RuntimeError("the kernel has ended or does not answer")
