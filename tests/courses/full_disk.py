"""Hands in on a disk that fills up, and prints what happened. Run where `sys.argv[3]` is a tiny file system."""

import json
import shutil
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from tests.courses import exchange_app
from tests.courses.notebooks import COURSE, GOOD, ITEM, answered

PLACE = f"/api/exchange/{COURSE}/{ITEM}/submissions"
HEADERS = {"Authorization": "Bearer token-amina", "Accept-Language": "fr"}


def main(place: str, home: Path, tiny: Path) -> None:
    """A file is taken, then something else fills the disk, then there is room again."""
    good = answered(home / "courses", GOOD)
    folder = home / "courses" / "submissions"
    if place == "submissions":
        folder = tiny / "submissions"
    else:
        home = Path(shutil.copytree(home, tiny / "home", ignore=shutil.ignore_patterns(tiny.name)))
    with TestClient(exchange_app.build(home, folder=folder), headers=HEADERS) as client:
        kept = client.post(PLACE, content=good).json()
        _fill(tiny / "filler")
        refused = client.post(PLACE, content=good)
        listed = client.get("/api/exchange/submissions").json()
        (tiny / "filler").unlink()
        then = client.post(PLACE, content=good).json()
    tried = {
        "status": refused.status_code,
        **refused.json()["error"],
        "kept": [kept],
        "listed": [each["receipt"] for each in listed],
        "then": then["attempt"],
        "files": sorted(path.suffix for path in folder.rglob("*.*") if path.suffix),
    }
    sys.stdout.write(json.dumps(tried))


def _fill(file: Path) -> None:
    """Until not a byte more is taken."""
    with file.open("wb", buffering=0) as filler:
        for size in (65536, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
