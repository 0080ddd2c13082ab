"""Runs a dashboard's notebook for one view, in a kernel of its own that lives on."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config
from voila.execute import VoilaExecutor

from widgets.asked import Asked

# A forked kernel has what was imported when the server began; our own code may have changed since.
ANEW = """import sys
for name in [name for name in sys.modules if name.partition(".")[0] in {"conventions", "widgets"}]:
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


async def run(kernels: Any, config: Config, path: Path, view: Asked, seed: str) -> Run:
    """Run all cells; two runs with one `seed` give their widgets the same ids.

    `kernels` is a `MultiKernelManager`. Raises what nbclient does when a cell fails, and ends the kernel.
    """
    notebook = nbformat.read(path, as_version=4)
    env = {**os.environ, "QUERY_STRING": view.query}
    kernel: str = await kernels.start_kernel(kernel_name=notebook.metadata.kernelspec.name, path="", env=env)
    try:
        widgets = await _execute(notebook, kernels.get_kernel(kernel), config, seed)
    except BaseException:
        await kernels.shutdown_kernel(kernel, now=True)
        raise
    return Run(kernel, notebook, widgets)


async def _execute(notebook: NotebookNode, kernel: Any, config: Config, seed: str) -> dict[str, Any]:
    first = new_code_cell(f"{ANEW}\nfrom widgets.server.drawn import begin\nbegin({seed!r})")
    last = new_code_cell("from widgets.server.drawn import drawn\ndrawn()")
    shown, notebook.cells = notebook.cells, [first, *notebook.cells, last]
    executor = VoilaExecutor(notebook, km=kernel, config=config)
    executor.kc = await executor.async_start_new_kernel_client()
    try:
        for place, cell in enumerate(notebook.cells):
            await executor.async_execute_cell(cell, place, store_history=False)
    finally:
        executor.kc.stop_channels()
    notebook.cells = shown
    widgets: dict[str, Any] = last.outputs[-1].data["application/json"]
    return widgets
