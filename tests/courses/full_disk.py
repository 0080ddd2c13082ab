"""Hands in on a disk that is too small, and prints what happened. Run where `sys.argv[2]` is a tiny file system."""

import json
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from tests.courses import exchange_app
from tests.courses.notebooks import COURSE, GOOD, ITEM, answered

PLACE = f"/api/exchange/{COURSE}/{ITEM}/submissions"


def main(home: Path, folder: Path) -> None:
    """A small file fits, a large one does not, a small one fits again."""
    small = answered(home / "courses", GOOD)
    large = answered(home / "courses", {**GOOD, "q3": "discarded " * 9000})
    app = exchange_app.build(home, folder=folder)
    with TestClient(app, headers={"Authorization": "Bearer token-amina"}) as client:
        kept = client.post(PLACE, content=small).json()
        refused = client.post(PLACE, content=large)
        listed = client.get("/api/exchange/submissions").json()
        then = client.post(PLACE, content=small).json()
    tried = {
        "status": refused.status_code,
        "code": refused.json()["error"]["code"],
        "kept": [kept["id"]],
        "listed": [each["id"] for each in listed],
        "then": then["attempt"],
        "files": sorted(path.suffix for path in folder.rglob("*.*") if path.suffix),
    }
    sys.stdout.write(json.dumps(tried))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
