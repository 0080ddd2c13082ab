"""How often one address may ask for what costs something."""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

# So many addresses are remembered; of more than that, those that have not asked for longest are forgotten.
MOST_KNOWN = 10_000
MINUTE = 60.0


class Often(Exception):
    """Whoever asked is to wait for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Rate:
    """`most` at once, and from then on as many in a minute; `clock` tells seconds."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        # By address: when all that it has asked for would have come, one after the other.
        self._paid: OrderedDict[str, float] = OrderedDict()

    def take(self, address: str) -> None:
        """Count one for this address; Often, and nothing is counted, if it has had too many."""
        now, each = self._clock(), MINUTE / self._most
        paid = max(now, self._paid.get(address, now)) + each
        if (wait := paid - now - MINUTE) > 0:
            raise Often(ceil(wait))
        self._paid[address] = paid
        self._paid.move_to_end(address)
        if len(self._paid) > MOST_KNOWN:
            self._paid.popitem(last=False)
