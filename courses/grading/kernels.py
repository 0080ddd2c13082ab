"""Kernels started in advance: what makes a grade come within a second."""

import queue
import threading
from collections.abc import Sequence

from courses.grading.kernel import Isolate, Kernel, Limits


class Kernels:
    """Kernels to take, one of them always started in advance, so that a learner does not wait for the start."""

    def __init__(self, isolate: Isolate, limits: Limits, *, spare: int = 1, preload: Sequence[str] = ()) -> None:
        self._isolate = isolate
        self._limits = limits
        self._preload = preload
        self._spare: queue.SimpleQueue[Kernel] = queue.SimpleQueue()
        self._wanted = spare
        self._one = threading.Lock()

    def take(self) -> Kernel:
        """A kernel that nobody used; the one who takes it closes it."""
        try:
            while not (kernel := self._spare.get_nowait()).alive:
                kernel.close()
        except queue.Empty:
            return self._new()
        return kernel

    def fill(self) -> None:
        """Start what is missing of the spare ones; returns at once, they start by themselves."""
        with self._one:
            while self._spare.qsize() < self._wanted:
                self._spare.put(self._new())

    def close(self) -> None:
        """End the spare kernels."""
        with self._one:
            self._wanted = 0
            while not self._spare.empty():
                self._spare.get_nowait().close()

    def _new(self) -> Kernel:
        return Kernel(self._isolate, self._limits, self._preload)
