"""The ports behind the proxy, on 127.0.0.1 only. `chm serve` chooses them; every process of the platform reads them."""

import json
import socket
from contextlib import ExitStack
from pathlib import Path

from conventions.errors import ClearingHouseError
from conventions.texts import N_

NAMES = ("hub", "proxy", "portal", "dashboards", "forum")


def choose(home: Path) -> dict[str, int]:
    """Free ports, noted in `home`: those of the last run where they are still free, so that logs can be compared."""
    noted = _noted(home)
    with ExitStack() as held:
        # All are held at the same time, so that no two names get the same port.
        ports = {name: _free(noted.get(name, 0), held) for name in NAMES}
    path = home / "ports.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(ports), encoding="utf-8")
    draft.replace(path)
    return ports


def read(home: Path) -> dict[str, int]:
    """The ports of the running platform; `not-running` if it never ran in this home."""
    noted = _noted(home)
    if set(noted) != set(NAMES):
        raise ClearingHouseError(
            "not-running", N_("The platform has not been started in {home}. Start it with `chm serve`."), home=str(home)
        )
    return noted


def _noted(home: Path) -> dict[str, int]:
    path = home / "ports.json"
    return {str(name): int(port) for name, port in json.loads(path.read_text()).items()} if path.exists() else {}


def _free(wanted: int, held: ExitStack) -> int:
    """`wanted` if nobody listens there, else any; `held` keeps it until all are chosen."""
    for port in (wanted, 0):
        listener = held.enter_context(socket.socket())
        try:
            # Without this, a port that the last run has just left would count as taken.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            return int(listener.getsockname()[1])
        except OSError:
            continue
    raise OSError("no free port on 127.0.0.1")
