"""How often one address may ask: what is too often waits, and nobody else does."""

import pytest

from widgets.server import rates
from widgets.server.rates import MOST_KNOWN, Often, Rate


class Clock:
    """It stands until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waits(rate: Rate, address: str) -> int:
    """Seconds that an address is told to wait; 0 if it is not."""
    try:
        rate.take(address)
    except Often as often:
        return often.seconds
    return 0


def test_so_many_at_once_then_one_after_the_other(clock: Clock) -> None:
    """Six a minute: six at once, then one in ten seconds; who asks too early has lost nothing."""
    rate = Rate(6, clock)
    assert [waits(rate, "a") for _ in range(8)] == [0] * 6 + [10, 10]
    assert waits(rate, "b") == 0
    clock.now += 9
    assert waits(rate, "a") == 1
    clock.now += 1
    assert [waits(rate, "a"), waits(rate, "a")] == [0, 10]
    clock.now += 3600
    assert [waits(rate, "a") for _ in range(7)] == [0] * 6 + [10]


def test_it_does_not_remember_all_the_world(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not asked for longest is forgotten, not whoever asks most."""
    assert MOST_KNOWN >= 1000
    monkeypatch.setattr(rates, "MOST_KNOWN", 3)
    rate = Rate(1, clock)
    assert [waits(rate, each) for each in "abcd"] == [0] * 4
    assert [waits(rate, each) for each in "bcd"] == [60] * 3
    assert waits(rate, "a") == 0
