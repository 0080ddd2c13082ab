"""The exchange's service: who asks, what is handed out, what is handed in and the receipt for it."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import Request
from sqlalchemy import select

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from courses.exchange import submissions
from courses.exchange.receipts import Signer
from courses.exchange.shelf import Shelf, find
from courses.exchange.store import Store
from courses.exchange.submissions import Submission
from expert_db.database import Database
from expert_db.events import Event, record

log = logging.getLogger(__name__)
Identify = Callable[[str], str | None]


class Identities:
    """Asks whose token it is, and remembers the answer for a short while. Tokens are kept only as hashes."""

    def __init__(self, identify: Identify, seconds: float = 30) -> None:
        self._identify = identify
        self._seconds = seconds
        self._known: dict[bytes, tuple[float, str]] = {}
        self._one = threading.Lock()

    def who(self, token: str) -> str:
        """The member's name; refused with `token-unknown` when the Hub does not know the token."""
        digest = hashlib.sha256(token.encode()).digest()
        until, name = self._known.get(digest, (0.0, ""))
        if until < time.monotonic():
            name = (self._identify(token) if token else None) or ""
            if not name:
                raise ClearingHouseError(
                    "token-unknown",
                    N_("The platform does not know who is asking. Sign in again, restart your server and try again."),
                    status=401,
                )
            self._remember(digest, name)
        return name

    def _remember(self, digest: bytes, name: str) -> None:
        moment = time.monotonic()
        with self._one:
            self._known = {key: known for key, known in self._known.items() if known[0] > moment}
            self._known[digest] = (moment + self._seconds, name)


class Exchange:
    """What the API and the pages share; hangs on `app.state.exchange`."""

    def __init__(self, database: Database, shelf: Shelf, store: Store, signer: Signer, identify: Identify) -> None:
        self.database = database
        self.shelf = shelf
        self.store = store
        self.signer = signer
        self.identities = Identities(identify)

    def start(self) -> None:
        """Sweep away what a process that was killed has left half written; no receipt was given for it."""
        self.store.sweep()

    def stop(self) -> None:
        """Nothing runs between requests."""

    def hand_out(self, member: str, course: str, item: str, language: str) -> bytes:
        """The notebook in her language; the release has stamped it with what it is."""
        found = find(self.shelf, course, item)
        content = self.shelf.student(course, item, language).read_bytes()
        self._opened(member, found.subject)
        return content

    def hand_in(
        self, member: str, course: str, item: str, content: bytes, *, key: str = "", sha256: str = ""
    ) -> dict[str, Any]:
        """Store a submission and give its receipt."""
        began = time.monotonic()
        receipt = self.receipt(self.store.submit(member, course, item, content, key=key, sha256=sha256))
        self.store.on_step("signed")
        took = time.monotonic() - began
        logs.tell(log, "handed-in", course=course, assignment=item, bytes=len(content), seconds=took)
        return receipt

    def receipt(self, submission: Submission) -> dict[str, Any]:
        """The receipt with its signature, as its holder keeps it."""
        return {**asdict(submission.receipt), "signature": self.signer.sign(submission.receipt)}

    def public_receipt(self, number: str) -> dict[str, Any]:
        """What anyone may know of a receipt: all but whose it is."""
        with self.database.session() as session:
            receipt = asdict(submissions.find(session, number).receipt)
        return {key: value for key, value in receipt.items() if key != "member"}

    def _opened(self, member: str, subject: str) -> None:
        seen = select(Event.position).where(Event.kind == "opened", Event.actor == member, Event.subject == subject)
        with self.database.session() as session:
            if session.scalar(seen.limit(1)) is None:
                record(session, "opened", actor=member, subject=subject)


def exchange(request: Request) -> Exchange:
    """The exchange of the platform that serves this request."""
    service: Exchange = request.app.state.exchange
    return service
