"""What a benchmark prints: ours and stock side by side."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`ours` and `stock` in `unit`, less being better; `n` is how many were measured for each of them.

    `stock` is None where there is nothing of its kind to measure.
    """

    name: str
    unit: str
    ours: float
    stock: float | None
    n: int

    @classmethod
    def of(cls, name: str, unit: str, ours: Sequence[float], stock: Sequence[float]) -> "Figure":
        """The medians of what was measured."""
        return cls(name, unit, round(median(ours), 3), round(median(stock), 3), min(len(ours), len(stock)))

    @classmethod
    def alone(cls, name: str, unit: str, ours: float, n: int) -> "Figure":
        """What only ours can be measured for."""
        return cls(name, unit, round(ours, 3), None, n)

    @property
    def ratio(self) -> float | None:
        """How many times better ours is."""
        if self.stock is None:
            return None
        return round(self.stock / self.ours, 1) if self.ours else float("inf")

    def line(self) -> str:
        """For a person to read."""
        known = "" if self.stock is None else f" stock {self.stock:9}  {self.ratio} times better"
        return f"{self.name:64} {self.ours:9} {self.unit:3}{known}"

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}
