"""What is due because time has passed, and not because something happened: a learner's rest has ended."""

import logging
import threading

from expert_db.database import Database
from expert_db.proposals import propose_due

EVERY_SECONDS = 300.0
log = logging.getLogger(__name__)


class Clock:
    """Proposes mentors to whoever waits, when it is started and every few minutes from then on."""

    def __init__(self, database: Database, every: float = EVERY_SECONDS) -> None:
        self._database, self._every = database, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the round that is under way, and begin no other."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def tick(self) -> int:
        """One round, in a transaction of its own; how many proposals were made."""
        with self._database.session() as session:
            return len(propose_due(session))

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception:
                # Such as a database that is away for a moment: the thread must outlive it.
                log.exception("no mentors could be proposed; it is tried again in %s seconds", self._every)
            self._stop.wait(self._every)
