"""What a benchmark prints: ours and stock side by side."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`ours` and `stock` in `unit`, less being better; `n` is how many were measured for each of them."""

    name: str
    unit: str
    ours: float
    stock: float
    n: int

    @classmethod
    def of(cls, name: str, unit: str, ours: Sequence[float], stock: Sequence[float]) -> "Figure":
        """The medians of what was measured."""
        return cls(name, unit, round(median(ours), 3), round(median(stock), 3), min(len(ours), len(stock)))

    @property
    def ratio(self) -> float:
        """How many times better ours is."""
        return round(self.stock / self.ours, 1) if self.ours else float("inf")

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}
