"""One short name for what dashboards are made of: it changes with their notebooks, data, code and packages."""

import hashlib
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from conventions.texts import ROOT

FOLDERS = ("conventions", "widgets")
# What draws the page; the rest of the packages changes with these, or not what a page shows.
PACKAGES = ("voila", "jupyterlab-widgets", "ipywidgets", "anywidget", "pandas", "plotly")
PAUSE = 2.0
Stamp = tuple[tuple[str, int, int], ...]


class Contents:
    """The contents of `folders`, looked at again every `pause` seconds at most, and read only where a file changed."""

    def __init__(self, folders: Iterable[Path] = (), pause: float = PAUSE) -> None:
        self._pause = pause
        self._folders = [*(ROOT / name for name in FOLDERS), *folders]
        self._packages = " ".join(f"{name}-{version(name)}" for name in PACKAGES)
        self._looked = float("-inf")
        self._stamp: Stamp = ()
        self._version = ""

    @property
    def version(self) -> str:
        """What all of it is now, as 16 hexadecimal digits."""
        if time.monotonic() - self._looked >= self._pause:
            self._looked = time.monotonic()
            stamp = tuple(_stamps(self._folders))
            if stamp != self._stamp:
                self._stamp, self._version = stamp, self._read(stamp)
        return self._version

    def _read(self, stamp: Stamp) -> str:
        whole = hashlib.sha256(self._packages.encode())
        for path, _, size in stamp:
            whole.update(f"\0{path}\0{size}\0".encode())
            whole.update(Path(path).read_bytes())
        return whole.hexdigest()[:16]


def _stamps(folders: Iterable[Path]) -> Iterable[tuple[str, int, int]]:
    for folder in dict.fromkeys(folders):
        for path in sorted(folder.rglob("*")):
            if "__pycache__" not in path.parts and path.is_file():
                found = path.stat()
                yield str(path), found.st_mtime_ns, found.st_size
