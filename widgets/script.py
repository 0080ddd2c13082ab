"""Scripts and styles of the widgets: each has its own files, and all share `parts.js` and `parts.css`.

A browser gets one script and one style a widget, so that no build step and no import stands between them.
"""

from pathlib import Path

HERE = Path(__file__).parent


def script(*names: str) -> str:
    """The shared parts, then the named scripts in this order, as one module; the last of them exports `render`."""
    return _joined(("parts", *names), ".js")


def style(*names: str) -> str:
    """The shared style, then the named ones."""
    return _joined(("parts", *names), ".css")


def _joined(names: tuple[str, ...], suffix: str) -> str:
    return "\n".join((HERE / f"{name}{suffix}").read_text(encoding="utf-8") for name in names)
