"""What operators see of servers and kernels on the Hub's `/metrics`, beside what JupyterHub says there itself.

Its own histogram `jupyterhub_server_spawn_duration_seconds` has the whole time from request to ready.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import REGISTRY, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

STARTS = Counter("chm_server_starts", "Members' servers that were started, forked from the template or cold.", ["how"])
SECONDS = Histogram(
    *("chm_server_process_seconds", "How long it took until a server had its process.", ["how"]),
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
# A look at all processes takes milliseconds each, so it is taken aside and not oftener than this, in seconds.
OLDEST = 15.0


class Usage:
    """Live servers and kernels, and the memory of all: a collector of Prometheus."""

    def __init__(self) -> None:
        self._keepers: set[int] = set()
        self._seen: tuple[int, int, int] = (0, 0, 0)
        self._looked = 0.0
        self._looking = threading.Lock()

    def watch(self, keeper: int) -> None:
        """Count the server below this process for as long as there is one."""
        self._keepers.add(keeper)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What the last look saw; a new one begins if that is old."""
        if time.monotonic() - self._looked > OLDEST and self._looking.acquire(blocking=False):
            threading.Thread(target=self._look, daemon=True).start()
        servers, kernels, memory = self._seen
        yield GaugeMetricFamily("chm_servers", "Members' servers that run.", servers)
        yield GaugeMetricFamily("chm_kernels", "Kernels that run on members' servers.", kernels)
        yield GaugeMetricFamily(
            "chm_servers_memory_bytes", "Memory of members' servers; what several share is divided among them.", memory
        )

    def _look(self) -> None:
        try:
            families = {keeper: family(keeper) for keeper in [*self._keepers]}
            self._keepers -= {keeper for keeper, found in families.items() if not found}
            processes = [pid for found in families.values() for pid in found]
            servers = sum(1 for found in families.values() if found)
            self._seen = (servers, sum(map(is_kernel, processes)), sum(map(share, processes)))
            self._looked = time.monotonic()
        finally:
            self._looking.release()


def family(pid: int) -> list[int]:
    """A process and all below it; none if it is gone."""
    found = [pid]
    for each in found:
        try:
            found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
        except OSError:
            continue
    return [each for each in found if share(each)]


def is_kernel(pid: int) -> bool:
    try:
        return b"ipykernel_launcher" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def share(pid: int) -> int:
    """Bytes of memory, each page divided among those that share it; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


usage = Usage()
REGISTRY.register(usage)
