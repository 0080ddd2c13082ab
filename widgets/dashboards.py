"""Public dashboards: what there is, and the Voila server that shows them.

`voila_command` is what the platform starts. A visitor needs no account, can run nothing but the notebooks in
`widgets/dashboards`, and what runs for her sees no secret of the server.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from conventions.texts import ROOT

NOTEBOOKS = Path(__file__).parent / "dashboards"


@dataclass(frozen=True)
class Dashboard:
    """One dashboard: `title` and `summary` by language, the date of its data (ISO) and where they are from."""

    name: str
    title: dict[str, str]
    summary: dict[str, str]
    as_of: str
    source: str

    @property
    def path(self) -> str:
        """Where it is, seen from the base address of the dashboards."""
        return f"voila/render/{self.name}.ipynb"


def dashboards(folder: Path = NOTEBOOKS) -> list[Dashboard]:
    """All dashboards by name, from the metadata `chm` of their notebooks."""
    return [read(path) for path in sorted(folder.glob("*.ipynb"))]


def read(path: Path) -> Dashboard:
    """What a notebook says of itself; KeyError, TypeError or ValueError if that is not whole."""
    about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["chm"]
    return Dashboard(path.stem, about["title"], about["summary"], about["as_of"], about["source"])


def voila_command(port: int, base_url: str, most_kernels: int = 12, proxies: int = 1) -> list[str]:
    """What starts the dashboards on 127.0.0.1 under `base_url` (begins and ends with `/`), for so many at once.

    `proxies` are in front, each of which names whom it was asked by.

    To be started with the project's folder as working directory; SIGTERM ends it and its kernels.
    """
    return [
        *(sys.executable, "-m", "widgets.server", f"--port={port}", f"--base_url={base_url}"),
        *(f"--DashboardServer.most_kernels={most_kernels}", f"--DashboardServer.proxies={proxies}"),
    ]


def kernel_environment(wanted: dict[str, str]) -> dict[str, str]:
    """What of an environment a visitor's kernel may see: no token, no setting, no path of the platform's state."""
    kept = {name: value for name, value in wanted.items() if name in _VISIBLE or name.startswith("VOILA_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


_VISIBLE = {
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT", "JPY_PARENT_PID",
    "QUERY_STRING", "SCRIPT_NAME", "PATH_INFO", "SERVER_PROTOCOL", "HTTP_ACCEPT_LANGUAGE",
}  # fmt: skip
