"""Notebooks in a learner's home: written whole, and never over her work."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4


def write_new(path: Path, content: bytes) -> bool:
    """Write a file unless there is one of that name; whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link refuses to take the place of a file that came in between.
        path.hardlink_to(part)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def put_aside(path: Path) -> Path | None:
    """Give a file a name with the present time, so that a fresh copy can take its place; None if there is none."""
    if not path.exists():
        return None
    moment = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    kept = next(name for name in _names(path, moment) if not name.exists())
    path.rename(kept)
    return kept


def _names(path: Path, moment: str) -> Iterator[Path]:
    yield path.with_name(f"{path.stem}.{moment}.ipynb")
    while True:
        yield path.with_name(f"{path.stem}.{moment}.{uuid4().hex[:6]}.ipynb")


def stamp(content: bytes) -> dict[str, str]:
    """What the release wrote into a notebook: course, item, kind, version, language. Empty for another file."""
    try:
        found = json.loads(content)["metadata"]["chm"]
        return {str(key): str(value) for key, value in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
