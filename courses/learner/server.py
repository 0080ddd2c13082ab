"""The extension of a member's own Jupyter server, which is enabled there as `courses.learner.server`."""

from typing import Any

from jupyter_server.utils import url_path_join

from courses.learner.handlers import ROUTES


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "courses.learner.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Add the addresses under `chm/`."""
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", [(url_path_join(base, "chm", path), handler) for path, handler in ROUTES])
