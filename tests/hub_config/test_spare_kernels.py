"""A member's first kernel, which waits for her once she has opened a page; what it is, and when there is one."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub_config.benchmarks import hubs
from hub_config.settings import Settings
from hub_config.warm import template
from hub_config.warm.lab import write_lab_settings
from hub_config.warm.metrics import is_kernel
from tests.hub_config.warm_template import READY, Template, running_template
from tests.kernels import printed
from tests.waiting import until

STATE = Path(__file__).with_name("kernel_state.py").read_text()
SOON = "c.SandboxedSpawner.args = ['--LearnerKernels.patience=3', '--WarmProvisioner.patience=1']\n"


def looked(template: Template, name: str) -> list[Any]:
    """How each kernel came, what its file tells, what it sees, and what only it has: one that waited, one forked."""
    said = template.run(STATE, name)
    return list(json.loads(said.splitlines()[-1])) if said.endswith("]\n") else pytest.fail(said)


def test_a_kernel_that_has_waited_is_as_one_that_was_forked(tmp_path: Path) -> None:
    """Names, history, environment, folder, arguments, signals and startup files; each has its own random numbers."""
    with running_template(tmp_path) as running:
        found = [*looked(running, "amina"), *looked(running, "boris")]
    assert [each[0] for each in found] == ["spare", "forked"] * 2
    for waited, forked in (found[:2], found[2:]):
        assert waited[1] == forked[1]
        assert waited[2] == forked[2]
    (_, told, seen, _), *_ = found
    assert told["jupyter_session"] == seen["session"] == seen["environment"]["JPY_SESSION_NAME"] == "sub/n.ipynb"
    assert seen["startup"] == ["/home/learner/sub", "sub/n.ipynb", "sub/n.ipynb"]
    assert seen["cwd"] == "/home/learner/sub" and "ipykernel_launcher" in seen["title"]
    own = [value for each in found for value in each[3]]
    assert len(set(own)) == len(own) == 24


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a template, whose guardian is this process."""
    home = tmp_path_factory.mktemp("spare")
    write_lab_settings(home)
    path = Settings(home=home).template
    with hubs.process(template.command(path), template.surroundings(), home / "template.log"):
        until(lambda: READY in (home / "template.log").read_text())
        yield home


@pytest.fixture(scope="module")
def hub(home: Path) -> Iterator[hubs.Hub]:
    with hubs.hub(home, hubs.OURS) as running:
        yield running


@pytest.fixture
def amina(hub: hubs.Hub) -> Iterator[hubs.Hub]:
    """A Hub on which Amina's server runs, and none of her kernels."""
    hub.add("amina")
    hub.start("amina")
    yield hub
    hub.stop("amina")


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def hers(hub: hubs.Hub) -> list[int]:
    """The processes of her server."""
    return hubs.family(int(hub.server("amina")["state"]["pid"]))


def waiting(hub: hubs.Hub) -> list[int]:
    return [pid for pid in hers(hub) if "widgets.kernels.waiting" in command_line(pid)]


def kernels(hub: hubs.Hub) -> list[int]:
    """As the platform's metrics count them."""
    return [pid for pid in hers(hub) if is_kernel(pid)]


def come_to_be(hub: hubs.Hub, processes: list[int]) -> None:
    """Wait until these are her kernels."""
    until(lambda: kernels(hub) == processes)


def opened(hub: hubs.Hub) -> int:
    """Open her page; the process that waits then."""
    hub.open("amina")
    until(lambda: len(waiting(hub)) == 1)
    return waiting(hub)[0]


def ask(hub: hubs.Hub, method: str, path: str, body: Any = None) -> Any:
    status, said = hub.ask(method, f"/user/amina/api/{path}", body, port="portal")
    assert status < 300, said
    return said


def begun(hub: hubs.Hub) -> str:
    """What the first cell prints of a notebook in a folder of hers, and its kernel's number."""
    ask(hub, "PUT", "contents/sub", {"type": "directory"})
    number = ask(hub, "POST", "sessions", session("sub/n.ipynb"))["kernel"]["id"]
    connection = hub.connection("amina", number)
    said = printed(connection, "import os; print(os.getcwd(), os.environ['JPY_SESSION_NAME'], __session__)")
    connection.close()
    assert said == "/home/learner/sub " + " ".join(["/home/learner/sub/n.ipynb"] * 2)
    return str(number)


def session(path: str) -> dict[str, Any]:
    """What a browser asks for to have a kernel for a notebook."""
    return {"path": path, "name": Path(path).name, "type": "notebook", "kernel": {"name": "python3"}}


def test_the_first_kernel_is_the_one_that_waited(amina: hubs.Hub) -> None:
    """It is no kernel to anybody before it is one; then it is, and no other waits."""
    assert not waiting(amina)
    process = opened(amina)
    assert ask(amina, "GET", "kernels") == [] and kernels(amina) == []
    amina.open("amina")
    assert waiting(amina) == [process]
    number = begun(amina)
    assert kernels(amina) == [process] and waiting(amina) == []
    assert f"kernel-{number}.json" in command_line(process)
    amina.open("amina")
    assert amina.kernel("amina") > 0
    assert len(kernels(amina)) == 2 and waiting(amina) == []
    ask(amina, "POST", f"kernels/{number}/restart")
    assert process not in kernels(amina) and len(kernels(amina)) == 2
    ask(amina, "DELETE", f"kernels/{number}")
    until(lambda: len(kernels(amina)) == 1)


def test_without_a_page_none_waits_and_after_a_kernel_none_will(amina: hubs.Hub) -> None:
    """Who only runs something, as a program does, has what she runs."""
    begun(amina)
    assert waiting(amina) == []
    amina.open("amina")
    ask(amina, "GET", "status")
    assert waiting(amina) == [] and len(kernels(amina)) == 1


def test_each_notebook_that_is_opened_finds_a_kernel(amina: hubs.Hub) -> None:
    """One waits as soon as a notebook without one is read; none for one that has one, is saved or listed, or others."""
    number = begun(amina)
    empty = {"type": "notebook", "content": hubs.EMPTY}
    for name in ("n", "other"):
        ask(amina, "PUT", f"contents/sub/{name}.ipynb", empty)
    ask(amina, "PUT", "contents/text.txt", {"type": "file", "format": "text", "content": "ipynb"})
    for name in ("sub/n.ipynb", "sub", "sub/other.ipynb?content=0", "text.txt"):
        ask(amina, "GET", f"contents/{name}")
    ask(amina, "GET", "status")
    assert waiting(amina) == []
    for name in ("other", "n"):
        ask(amina, "DELETE", f"kernels/{number}")
        ask(amina, "GET", f"contents/sub/{name}.ipynb")
        until(lambda: len(waiting(amina)) == 1)
        (process,) = waiting(amina)
        number = ask(amina, "POST", "sessions", session(f"sub/{name}.ipynb"))["kernel"]["id"]
        come_to_be(amina, [process])
        assert waiting(amina) == []


def test_one_that_is_wanted_while_it_begins_is_the_kernel(amina: hubs.Hub) -> None:
    """At any moment, its addresses are in its file, and it is the process that answers there."""
    amina.save("amina")
    for pause in range(12):
        amina.read("amina")
        until(lambda: len(waiting(amina)) == 1)
        (process,) = waiting(amina)
        time.sleep(pause / 200)
        number = ask(amina, "POST", "kernels", {"name": "python3"})["id"]
        connection = amina.connection("amina", number)
        assert printed(connection, "print('heard')") == "heard"
        connection.close()
        assert kernels(amina) == [process]
        ask(amina, "DELETE", f"kernels/{number}")


QUIET = """
from ipykernel import iostream, kernelapp
iostream.IOPubThread._send_welcome_message = lambda *_: None
kernelapp.launch_new_instance()
"""
DEAF = "import time; time.sleep(600)"
ANOTHER = """
import json, sys
from pathlib import Path
folder = Path.home() / ".local/share/jupyter/kernels/{name}"
folder.mkdir(parents=True, exist_ok=True)
argv = [sys.executable, "-c", {code!r}, "-f", "{{connection_file}}"]
(folder / "kernel.json").write_text(json.dumps({{"argv": argv, "display_name": "{name}", "language": "python"}}))
"""


def test_a_websocket_hears_all_that_a_first_cell_prints(amina: hubs.Hub) -> None:
    """From a kernel that has waited, one that was forked, and one that does not greet who listens to it."""
    opened(amina)
    assert printed(amina.connection("amina", begun(amina)), ANOTHER.format(name="quiet", code=QUIET)) == ""
    assert {"quiet", "python3"} <= ask(amina, "GET", "kernelspecs")["kernelspecs"].keys()
    for kind in ["python3"] * 3 + ["quiet"] * 2:
        number = ask(amina, "POST", "kernels", {"name": kind})["id"]
        for _ in range(3):
            connection = amina.connection("amina", number)
            assert printed(connection, "print('heard')") == "heard"
            connection.close()
        ask(amina, "DELETE", f"kernels/{number}")


def test_one_that_was_killed_is_not_missed(amina: hubs.Hub) -> None:
    """Another is forked as if none had waited."""
    process = opened(amina)
    os.kill(process, signal.SIGKILL)
    until(lambda: process not in hers(amina))
    begun(amina)
    assert len(kernels(amina)) == 1


@pytest.fixture(scope="module")
def hasty(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.Hub]:
    """A Hub whose servers wait seconds only, with Amina's."""
    folder = tmp_path_factory.mktemp("hasty")
    write_lab_settings(folder)
    (folder / "warm").symlink_to(Settings(home=home).template.parent)
    with hubs.hub(folder, hubs.OURS + SOON) as hub:
        hub.add("amina")
        hub.start("amina")
        hub.save("amina")
        yield hub


def test_who_asks_for_a_kernel_that_never_listens_is_answered(hasty: hubs.Hub) -> None:
    """As with stock kernels it is "starting", and can be ended; other kernels are there."""
    assert printed(hasty.connection("amina", begun(hasty)), ANOTHER.format(name="deaf", code=DEAF)) == ""
    number = ask(hasty, "POST", "kernels", {"name": "deaf"})["id"]
    assert ask(hasty, "GET", f"kernels/{number}")["execution_state"] == "starting"
    begun(hasty)
    ask(hasty, "DELETE", f"kernels/{number}")


def test_one_that_stays_unused_ends_and_leaves_nothing(hasty: hubs.Hub) -> None:
    """After the patience that is set; the next notebook has another, and with the server it ends, too."""
    for number in [each["id"] for each in ask(hasty, "GET", "kernels")]:
        ask(hasty, "DELETE", f"kernels/{number}")
    hasty.read("amina")
    until(lambda: len(waiting(hasty)) == 1)
    (process,) = waiting(hasty)
    until(lambda: process not in hers(hasty))
    assert not waiting(hasty)
    assert connection_files(hasty) == set()
    hasty.read("amina")
    until(lambda: len(waiting(hasty)) == 1)
    everything = hers(hasty)
    hasty.stop("amina")
    until(lambda: not any(command_line(pid) for pid in everything))


def connection_files(hub: hubs.Hub) -> set[str]:
    """The files and sockets of her kernels."""
    folder = Path(f"/proc/{hers(hub)[-1]}/root/tmp/jupyter")
    return {each.name for each in folder.iterdir() if each.name.startswith("kernel-")}
