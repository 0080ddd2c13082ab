"""The template of everything that is started warm: it has imported what a server or a kernel needs, and is forked.

`python -m hub_config.warm.template <socket>` serves until it is ended. It is started with no secret in its environment,
reads no file of the platform's state and no request: each is read in the process that was forked for it. Nothing that
it starts depends on it: servers go on when it ends, and end with the process that started it.

One template is enough for all rooms: what it holds is shared by them all and counts once, however many there are.
"""

import atexit
import gc
import importlib
import logging
import os
import select
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from conventions import logs
from conventions.texts import ROOT
from hub_config.warm import fresh, packing
from hub_config.warm.changes import Changes
from hub_config.warm.enter import ENVIRONMENT, enter, environment, reap
from hub_config.warm.forks import Forks
from hub_config.warm.kernel import READABLE_BY_OTHERS, call
from hub_config.warm.room import HOME
from widgets.kernels.forking import near, receive, send
from widgets.kernels.provisioner import register
from widgets.kernels.title import ROOM, entitle

# It is run as `__main__`.
log = logging.getLogger("hub_config.warm.template")
# What members' servers, their kernels and the grader's import, and what lessons and dashboards do.
MODULES = (
    *("courses.learner.app", "courses.learner.server", "courses.learner.beforehand", "widgets.kernels.provisioner"),
    *("jupyter_server.serverapp", "jupyter_server.services.shutdown", "jinja2.ext"),
    *(f"jupyter_server.{name}.handlers" for name in ("nbconvert", "view", "kernelspecs")),
    *(f"jupyter_server.services.{name}.handlers" for name in ("api", "config", "contents", "events", "kernels")),
    *(f"jupyter_server.services.{name}.handlers" for name in ("nbconvert", "security", "sessions", "kernelspecs")),
    *("jupyter_server_terminals", "jupyterlab.labapp", "notebook.app", "notebook_shim.nbserver"),
    *(f"nbgrader.server_extensions.{name}" for name in ("assignment_list", "validate_assignment")),
    *(f"ipykernel.{name}" for name in ("kernelapp", "ipkernel", "debugger")),
    *("IPython.core.completerlib", "IPython.core.debugger_backport", "IPython.extensions.storemagic"),
    *(f"IPython.core.{name}" for name in ("debugger", "logger", "oinspect")),
    # What a first error is told with.
    *("stack_data", "pygments.formatters.terminal256"),
    *("faulthandler", "pdb", "tornado.platform.asyncio", "anyio._backends._asyncio", "anyio.streams.tls"),
    *("ipywidgets", "anywidget", "pandas", "plotly.express", "plotly.graph_objects"),
)
PAUSE = 5.0
# A library that starts threads when it is imported would be forked in the middle of what they do.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def command(path: Path) -> list[str]:
    """What starts a template that listens at `path`.

    Not with -P, which cannot be undone: no kernel that is forked of it would find a module beside its notebook.
    """
    return [sys.executable, "-Xfrozen_modules=off", "-m", "hub_config.warm.template", str(path)]


def surroundings() -> dict[str, str]:
    """The environment to start it with: nothing of the operator's but language, time zone and path.

    Some libraries ask for the user's folder as they are imported, and that is the same in every room.
    """
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    return {**kept, **ONE_THREAD, "PYTHONPATH": str(ROOT), "HOME": HOME, **ROOM}


def load(modules: Sequence[str]) -> None:
    """Import what is here; a module that this installation lacks is said and left out."""
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError as error:
            log.warning("not in the template: %s", error)


def listen(path: Path) -> socket.socket:
    """A socket that only we can open, in a folder that only we can enter; it is there once somebody listens at it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    with near(new) as address:
        listener.bind(address)
    os.umask(mask)
    listener.listen(1024)
    new.replace(path)
    return listener


def look(guardian: int, listener: socket.socket, changes: Changes) -> None:
    """End with the guardian. Start anew in place once what was imported has changed; who asks meanwhile waits."""
    if select.select([guardian], [], [], 0)[0]:
        sys.exit("nobody is left to serve")
    if changes.settled():
        logs.tell(log, "template-renewed")
        os.set_inheritable(listener.fileno(), True)
        os.execv(sys.executable, [*command(Path(sys.argv[1])), str(listener.fileno())])  # noqa: S606


def answered(connection: socket.socket) -> tuple[dict[str, Any], dict[int, int], list[int]]:
    """What was asked for, its open files and the guardian's, in a session of its own, once the asker has its number."""
    fresh.signals()
    os.setsid()
    with connection:
        try:
            asked, files = receive(connection)
            send(connection, {"pid": os.getpid()}, [os.pidfd_open(os.getpid())])
        except (OSError, EOFError, ValueError):
            # She has gone away meanwhile, and helps herself in another way; or she does not speak as we do.
            os._exit(1)
    count = len(asked["places"])
    return asked, dict(zip(asked["places"], files[:count], strict=True)), files[count:]


def beside(command: int, listener: socket.socket | None) -> socket.socket:
    """What PID 1 does while the command runs: fork the kernels of its room."""
    if listener is None:
        raise ValueError("the plan has no place to ask for forks")
    return Forks(listener).serve(until=command)


class Ending:
    """Ends a process once all that is to be done at its end has been, without taking its thousands of modules apart.

    To be made before anything else asks for something to be done at the end, since that goes in reverse order.
    """

    def __init__(self) -> None:
        self.code = 1
        atexit.register(self.leave)

    def leave(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(self.code)

    def __enter__(self) -> None:
        """While the block runs it may end by SystemExit, whose code this takes; anything else but success is 1."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            self.code = 0
        elif isinstance(error, SystemExit):
            self.code = error.code if isinstance(error.code, int) else int(error.code is not None)


def rehearsed(
    asked: Mapping[str, Any],
    places: Mapping[int, int],
    libraries: Sequence[str],
    unshown: Sequence[str],
    ending: Ending,
) -> socket.socket:
    """Run a command to its end, then fork what it left in memory for whoever asks at its open file `forks`.

    Returns in the forked processes. Until then whoever comes to that socket is turned away.
    """
    fresh.streams(places)
    entitle(" ".join(asked["argv"]))
    fresh.surroundings(asked["env"], asked["cwd"])
    with ending:
        fresh.begin(asked["argv"], libraries, unshown)
        alone()
    keep()
    listener = socket.socket(fileno=asked["forks"])
    listener.listen(1024)
    return Forks(listener).serve()


def alone() -> None:
    """End if there is another thread: what is forked in the middle of what that does is not sound."""
    if threads := len([*Path("/proc/self/task").iterdir()]) - 1:
        log.error("what was run has started %s threads; what is forked from that is not sound", threads)
        sys.exit(1)


def keep() -> None:
    """Leave all that is there out of later collections of garbage, which would write to all of it."""
    gc.collect()
    gc.freeze()
    gc.disable()


def forked(
    connection: socket.socket, guardian: int, libraries: Sequence[str], unshown: Sequence[str], ending: Ending
) -> None:
    """What the forked process does: enter the room and, inside, be the command; later, be one kernel of it."""
    asked, places, guardians = answered(connection)
    plan = asked["plan"]
    guardians = fresh.streams(places, guardian, *guardians)
    entitle(f"chm-keeper {plan['home']}")
    request = enter(plan, guardians, beside if plan["forks"] else reap)
    if request is None:
        fresh.signals()
        os.setsid()
        env, cwd = environment(plan, asked["env"]), HOME
    else:
        call("be seen by oneself", "prctl", READABLE_BY_OTHERS, 1, 0, 0, 0)
        asked, places, _ = answered(request)
        while "forks" in asked:
            asked, places, _ = answered(rehearsed(asked, places, libraries, unshown, ending))
        fresh.streams(places)
        env, cwd = asked["env"], asked["cwd"]
    entitle(" ".join(asked["argv"]))
    fresh.surroundings(env, cwd)
    with ending:
        fresh.begin(asked["argv"], libraries, unshown)


def main() -> None:
    """Import, then serve. Returns only in forked processes, when what they ran has ended."""
    logs.begin_alone(log)
    began = time.monotonic()
    # The folder where it happens to be started, which `-m` and `-c` put first.
    if sys.path[0] in {"", str(Path.cwd())}:
        del sys.path[0]
    ending = Ending()
    path, *inherited = sys.argv[1:]
    listener = socket.socket(fileno=int(inherited[0])) if inherited else listen(Path(path))
    os.set_inheritable(listener.fileno(), False)
    guardian = os.pidfd_open(os.getppid())
    # Before some module adds to it.
    libraries = [part for part in sys.path if part != str(ROOT)]
    packing.modules_side_by_side()
    load(MODULES)
    packing.imports_as_usual()
    # It does this by itself only where it is imported in a kernel.
    importlib.import_module("ipywidgets").register_comm_target()
    # It looks through the entry points of all packages once.
    register()
    alone()
    changes = Changes(libraries)
    logs.tell(log, "template-ready", modules=len(sys.modules), seconds=time.monotonic() - began)
    unshown = fresh.foreign()
    packing.names_side_by_side()
    packing.all_known()
    keep()
    connection = Forks(listener, partial(look, guardian, listener, changes), PAUSE).serve()
    forked(connection, guardian, libraries, unshown, ending)


if __name__ == "__main__":
    main()
