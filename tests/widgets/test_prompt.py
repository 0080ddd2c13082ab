"""What a kernel's manager says of where the kernel listens, and that visitors' kernels have such a manager."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from widgets.kernels.prompt import PromptConnection, PromptManager
from widgets.server.__main__ import DashboardServer, VisitorKernels, configuration


def test_a_kernel_s_file_is_whole_at_any_moment(tmp_path: Path) -> None:
    """A kernel that reads it while it is written anew finds the old or the new one, with the same addresses and key."""
    place = tmp_path / "kernel-1.json"
    manager = PromptManager(connection_file=str(place), transport="ipc", kernel_name="python3")
    manager.write_connection_file(jupyter_session="none")

    def read(_: int) -> dict[str, Any]:
        return dict(json.loads(place.read_text()))

    with ThreadPoolExecutor(1) as pool:
        found = pool.map(read, range(2000))
        for number in range(200):
            manager.write_connection_file(jupyter_session=f"{number}.ipynb")
        seen = [*found, read(0)]
    assert seen[-1].pop("jupyter_session") == "199.ipynb"
    assert all({**each, "jupyter_session": ""} == {**seen[-1], "jupyter_session": ""} for each in seen)
    assert manager.connection_file == str(place)
    assert [each.name for each in tmp_path.iterdir()] == ["kernel-1.json"]
    assert place.stat().st_mode & 0o777 == 0o600


def test_visitors_kernels_are_prompt() -> None:
    """The dashboards send each message at once and look often whether a kernel has ended; stock ones do neither."""
    server: Any = DashboardServer(config=configuration())
    assert server.kernel_websocket_connection_class is PromptConnection
    kernels: Any = VisitorKernels
    assert isinstance(kernels().kernel_manager_factory(kernel_name="python3"), PromptManager)
