"""Rate limits: one bucket for all keys. The application answers JSON, what stands before it answers plain text."""

import threading
import time
from collections import deque
from math import ceil

from forum_bridge.embedded.rules import Refused


class Limited(Exception):
    """Too many requests, refused before the application: plain text."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Bucket:
    """At most `most` requests in any `seconds`; 0 is no limit."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._taken: deque[float] = deque()

    def wait(self) -> float:
        """Take one and wait 0 seconds, or take none and learn how long to wait."""
        at = time.monotonic()
        while self._taken and self._taken[0] <= at - self._seconds:
            self._taken.popleft()
        if self._most and len(self._taken) >= self._most:
            return self._taken[0] + self._seconds - at
        self._taken.append(at)
        return 0.0


class Limits:
    """The two limits a request passes."""

    def __init__(self, per_minute: int = 0, per_ten_seconds: int = 0) -> None:
        self._lock = threading.Lock()
        self._application = Bucket(per_minute, 60)
        self._middleware = Bucket(per_ten_seconds, 10)

    def take(self) -> None:
        """Raise what a request over a limit is answered with."""
        with self._lock:
            if wait := ceil(self._middleware.wait()):
                raise Limited(wait)
            if wait := ceil(self._application.wait()):
                raise Refused(
                    429,
                    "You’ve performed this action too many times, please try again later.",
                    kind="rate_limit",
                    extras={"wait_seconds": wait},
                )
