"""The exchange alone as a real web service, started as a process of its own: it can be killed at a named step."""

import os
import signal
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from conventions.errors import ClearingHouseError
from conventions.languages import best
from conventions.texts import texts
from courses.exchange.api import router
from courses.exchange.receipts import Signer
from courses.exchange.service import Exchange
from courses.exchange.shelf import FolderShelf
from courses.exchange.store import Store
from expert_db.database import Base, Database
from expert_db.events import record

KEY = bytes(range(32))
MEMBERS = {"token-amina": "amina", "token-bo": "bo"}


def build(home: Path, kill_at: str = "", limit: int = 10_000_000, folder: Path | None = None) -> FastAPI:
    """The service; it kills its own process, as a power cut would, after the step `kill_at`."""

    def on_step(name: str) -> None:
        if name == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(f"sqlite:///{home / 'platform.sqlite'}")
    Base.metadata.create_all(database.engine)
    shelf = FolderShelf(home / "courses")
    store = Store(database, folder or home / "courses" / "submissions", shelf, limit=limit, on_step=on_step)
    store.sweep()
    app = FastAPI()
    app.state.exchange = Exchange(database, shelf, store, Signer(KEY), MEMBERS.get)
    app.include_router(router)
    app.add_exception_handler(ClearingHouseError, refused)
    return app


def refused(request: Request, error: Exception) -> JSONResponse:
    """The error as the platform's API answers it."""
    assert isinstance(error, ClearingHouseError)
    message = error.sentence(texts(best(request.headers.get("accept-language", ""))))
    content = {"error": {"code": error.code, "message": message, "values": error.values}}
    return JSONResponse(content, status_code=error.status)


def enrol(home: Path, *members: str, course: str = "e-waste") -> None:
    """Enrol members, as the courses' pages do."""
    database = Database(f"sqlite:///{home / 'platform.sqlite'}")
    Base.metadata.create_all(database.engine)
    with database.session() as session:
        for member in members:
            record(session, "enrolled", actor=member, subject=f"course/{course}")
    database.close()


if __name__ == "__main__":
    uvicorn.run(build(Path(sys.argv[1]), sys.argv[3]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
