"""Tells when what a template has imported is no longer what a Python would import now."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from conventions.texts import ROOT

Stamp = dict[str, tuple[int, int]]


class Changes:
    """Looks at our own modules and at the folders and locks that change when packages do; a look takes a millisecond.

    Packages are replaced as a whole by their installer, which renews an entry of their folder.
    """

    def __init__(self, libraries: Sequence[str]) -> None:
        locks = [ROOT / "requirements.txt", Path(sys.prefix) / "pyvenv.cfg"]
        self._watched = [*_own_sources(), *libraries, *map(str, locks)]
        self._known = self._last = self._stamp()

    def settled(self) -> bool:
        """Whether something has changed since this was made, and nothing since the last look."""
        before, self._last = self._last, self._stamp()
        return self._known != self._last == before

    def _stamp(self) -> Stamp:
        return dict(_stamps(self._watched))


def _own_sources() -> list[str]:
    """The files of all modules of ours that are loaded."""
    files = [str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    return [file for file in files if Path(file).is_relative_to(ROOT) and not Path(file).is_relative_to(sys.prefix)]


def _stamps(paths: Iterable[str]) -> Iterable[tuple[str, tuple[int, int]]]:
    for path in paths:
        try:
            found = Path(path).stat()
        except OSError:
            continue
        yield path, (found.st_mtime_ns, found.st_ino)
