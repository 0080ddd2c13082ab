"""The worker that empties the outbox: in order per thread, again until the forum has it."""

import logging
import threading

from conventions import logs
from expert_db.database import Database
from forum_bridge import outbox
from forum_bridge.discourse import Discourse
from forum_bridge.errors import ForumError
from forum_bridge.mirror import hear_post, hear_solved
from forum_bridge.outbox import Entry, State
from forum_bridge.sending import Said, say
from forum_bridge.shapes import Enqueued, ForumPost

IDLE_SECONDS = 1.0
MOST_REFUSALS = 12
log = logging.getLogger(__name__)


class Sender:
    """Sends what is due; `wake` makes it look at once instead of within a second."""

    def __init__(self, database: Database, client: Discourse) -> None:
        self._database, self._client = database, client
        self._stop, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="forum outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the entry that is being sent, and no other."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.send_due()
            except Exception:
                # Such as a database that is away for a moment: the thread must outlive it.
                log.exception("the outbox could not be read; it will be tried again")
            self._wake.wait(IDLE_SECONDS)

    def send_due(self) -> int:
        """Send all that is due, the followers of what was sent included; how many were sent."""
        sent = 0
        while entries := self._due():
            for entry in entries:
                if self._stop.is_set():
                    return sent
                sent += self._send(entry)
        return sent

    def _due(self) -> list[Entry]:
        with self._database.session() as session:
            return list(outbox.due(session))

    def _send(self, entry: Entry) -> bool:
        try:
            said = say(self._database, self._client, entry)
            self._keep(entry.id, said)
        except ForumError as error:
            self._failed(entry.id, error)
            return False
        except Exception as error:
            log.exception("outbox entry %s failed; it will be tried again", entry.id)
            with self._database.session() as session:
                outbox.put_off(session.get_one(Entry, entry.id), f"{type(error).__name__}: {error}")
            return False
        return True

    def _keep(self, number: int, said: Said) -> None:
        with self._database.session() as session:
            entry = session.get_one(Entry, number)
            entry.attempts += 1
            entry.error = ""
            entry.state = State.HELD if isinstance(said, Enqueued) else State.SENT
            if isinstance(said, ForumPost):
                entry.topic_id, entry.post_id = said.topic_id, said.id
                title = entry.payload["title"] if entry.kind == "topic" else ""
                hear_post(session, said, title=title)
            if entry.kind == "solution":
                hear_solved(session, entry.payload["topic_id"], entry.payload["post_id"], by=entry.author)

    def _failed(self, number: int, error: ForumError) -> None:
        with self._database.session() as session:
            entry = session.get_one(Entry, number)
            # A wrong key is the operator's to mend, and must not cost what was written meanwhile.
            again = error.code == "forum-refused" and entry.attempts < MOST_REFUSALS
            # By its code: the forum's own words may repeat what was written.
            if error.passing or again:
                outbox.put_off(entry, words(error), error.wait)
                logs.tell(log, "delivery-waits", entry=number, reason=error.code)
            else:
                outbox.refuse(session, entry, words(error))
                logs.tell(log, "delivery-refused", entry=number, reason=error.code)


def words(error: ForumError) -> str:
    """The stable code, and behind it the forum's own reason, for who must mend it."""
    reason = error.values.get("reason", "")
    return f"{error.code}: {reason}" if reason else error.code
