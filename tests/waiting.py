"""Waiting for what another process or thread does, on a machine of any speed."""

import time
from collections.abc import Callable
from typing import TypeVar

# Seconds after which something is taken not to happen at all. No test passes or fails by how fast a machine is: this is
# many times what a slow one takes with others' work on all its processors, and only a test that fails waits so long.
PATIENCE = 180.0
# Seconds between two questions: soon after the first, then such that who is asked has time for the rest of its work.
SOONEST, LATEST = 0.02, 0.25
T = TypeVar("T")


def until(found: Callable[[], T]) -> T:
    """Ask again until the answer holds, and give it; the test fails with the last answer when none does."""
    deadline, pause = time.monotonic() + PATIENCE, SOONEST
    while not (answer := found()):
        assert time.monotonic() < deadline, f"it did not happen in {PATIENCE:g} s: {answer!r}"
        time.sleep(pause)
        pause = min(pause * 1.5, LATEST)
    return answer
