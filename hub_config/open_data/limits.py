"""How much is asked at once and how often, in all and from one address; the rest is told when to come back."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from widgets.server.addresses import address_of
from widgets.server.rates import Often, Rate

FULL = N_("Too many questions are being answered at this moment. Ask again in {wait} s.")
OFTEN = N_(
    "This address has asked {most} times within a minute, which is the limit. Ask again in {wait} s; a whole table is "
    "one question: take it as a file."
)


@dataclass(frozen=True)
class Most:
    """`at_once` in all, `of_one` at once and `a_minute` from one address, of IPv6 from one network; 0 is no limit.

    Fewer at once than the portal has threads, so that its other pages are answered meanwhile.
    """

    at_once: int = 16
    of_one: int = 8
    a_minute: int = 600


class Turnstile:
    """Lets questions in; of one event loop, and not safe to use from several threads."""

    def __init__(self, most: Most, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._inside: Counter[str] = Counter()
        self._rate = Rate(most.a_minute, clock) if most.a_minute else None

    @contextmanager
    def admitted(self, peer: str) -> Iterator[None]:
        """As long as a question from this address is being answered. Raises `too-many-at-once`, `too-often`."""
        # What stood before the proxy has been read from its header by the server that we run in.
        address = address_of(peer, "", 0)
        self._refuse_crowds(address)
        self._refuse_haste(address)
        self._inside[address] += 1
        try:
            yield
        finally:
            self._inside[address] -= 1
            self._inside += Counter()

    def _refuse_crowds(self, address: str) -> None:
        full = self.most.at_once and self._inside.total() >= self.most.at_once
        if full or (self.most.of_one and self._inside[address] >= self.most.of_one):
            raise ClearingHouseError("too-many-at-once", FULL, status=429, wait=1)

    def _refuse_haste(self, address: str) -> None:
        try:
            if self._rate:
                self._rate.take(address)
        except Often as often:
            raise ClearingHouseError(
                "too-often", OFTEN, status=429, wait=often.seconds, most=self.most.a_minute
            ) from often
