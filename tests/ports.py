"""Ports for the tests: each is given once, and no two of the processes that run the tests are given the same.

A port that was free a moment ago is not ours until something listens there, and some tests have nobody listen at one:
what another test's forum tells, with the same secret, would be heard by whoever has it next.
"""

import os
import random
import socket

# Below those that the system gives to whoever asks for any, and free of those that browsers refuse.
FIRST, SPAN, SHARES = 11_000, 1_500, 14
_given = random.randrange(SPAN)  # noqa: S311 - keeps two runs on one machine apart, guards nothing


def free_port() -> int:
    """A port on this machine that nobody listens at, of the share of the process that runs this test."""
    global _given  # noqa: PLW0603 - one row of numbers a process
    share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % SHARES
    for _ in range(SPAN):
        _given = (_given + 1) % SPAN
        port = FIRST + share * SPAN + _given
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("all ports of the tests are taken")
