"""What a process does of which visitors' kernels are to be forked: it runs all dashboards, and keeps what that loaded.

Modules, tables, texts and scripts are in its memory then, and each kernel shares them. It runs the views that everybody
can see, in a namespace that is thrown away: nothing of any visitor's is there to be shared.
"""

import logging
import os
from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import comm
import nbformat
from ipywidgets.widgets.widget import _instances as widgets

from conventions import logs
from conventions.languages import LANGUAGES
from widgets.asked import Asked
from widgets.server.drawn import drawn

log = logging.getLogger(__name__)
# The version of what was run here; see `widgets.server.run.anew`.
rehearsed: list[str] = []
# What was given back would leave holes all over the memory, which each kernel would fill, and so copy.
_kept: list[Any] = []


def rehearse(folder: Path, version: str) -> None:
    """Run all dashboards of a folder in all languages; whichever fails is left out and will fail where it is seen."""
    logs.begin_alone(log)
    for path in sorted(folder.glob("*.ipynb")):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        for language in LANGUAGES:
            os.environ["QUERY_STRING"] = Asked(language).query
            try:
                with redirect_stdout(StringIO()):
                    _play(cells)
            except Exception:
                log.exception("%s cannot be run ahead of its visitors", path.name)
                break
    _leave()
    rehearsed.append(version)


def _leave() -> None:
    """No widget is found any more by those that follow."""
    comms = comm.get_comm_manager().comms
    for found in (widgets, comms):
        _kept.append({**found})
        found.clear()


def _play(cells: Iterable[str]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), names)  # noqa: S102 (it is a notebook of the platform's)
    drawn()
