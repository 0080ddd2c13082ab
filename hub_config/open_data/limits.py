"""How much is asked at once and how often, in all and from one address; the rest is told when to come back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from forum_bridge.embedded.limits import Bucket

MINUTE = 60.0
# Addresses whose questions are counted; beyond that, those that asked nothing in the last minute are forgotten.
REMEMBERED = 10_000

FULL = N_("Too many questions are being answered at this moment. Ask again in {wait} s.")
OFTEN = N_(
    "This address has asked {most} times within a minute, which is the limit. Ask again in {wait} s; a whole table is "
    "one question: take it as a file."
)


@dataclass(frozen=True)
class Most:
    """`at_once` in all, `of_one` at once from one address, `a_minute` from one address; 0 is no limit.

    Fewer at once than the portal has threads, so that its other pages are answered meanwhile.
    """

    at_once: int = 16
    of_one: int = 8
    a_minute: int = 600


class Turnstile:
    """Lets questions in; of one event loop, and not safe to use from several threads."""

    def __init__(self, most: Most) -> None:
        self.most = most
        self._inside: Counter[str] = Counter()
        self._buckets: dict[str, Bucket] = {}

    @contextmanager
    def admitted(self, peer: str) -> Iterator[None]:
        """As long as a question from this address is being answered. Raises `too-many-at-once`, `too-often`."""
        address = network(peer)
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
        if address not in self._buckets and len(self._buckets) >= REMEMBERED:
            self._buckets = {one: bucket for one, bucket in self._buckets.items() if bucket.busy}
        wait = ceil(self._buckets.setdefault(address, Bucket(self.most.a_minute, MINUTE)).wait())
        if wait:
            raise ClearingHouseError("too-often", OFTEN, status=429, wait=wait, most=self.most.a_minute)


def network(peer: str) -> str:
    """Who counts as one: an address, and of IPv6 the network that one subscriber has whole."""
    try:
        parsed = ip_address(peer)
    except ValueError:
        return peer
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped else str(parsed)
