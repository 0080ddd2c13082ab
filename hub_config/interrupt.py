"""Ctrl-C and SIGTERM, remembered, so that neither is lost however badly it is timed."""

import signal
from types import FrameType


class Interrupt:
    """Whether someone has asked this process to end; from the first question on, it hears no other.

    Python raises `KeyboardInterrupt` wherever it is and cannot pass it on from everywhere: while it forks, it prints
    the error and goes on. Whoever works for long therefore looks at `asked` as well.
    """

    def __init__(self) -> None:
        self.asked = False
        # A shell that starts a command in the background has it ignore Ctrl-C, which is for the foreground.
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if not self.asked:
            self.asked = True
            raise KeyboardInterrupt
