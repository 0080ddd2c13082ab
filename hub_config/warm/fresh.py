"""Makes a forked process as fresh as a started one: nothing that it has is another's, or can be guessed by another."""

import builtins
import fcntl
import gc
import locale
import multiprocessing
import os
import random
import runpy
import signal
import sys
import tempfile
import time
import types
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

# What Python itself ignores from the start.
IGNORED = (signal.SIGPIPE, signal.SIGXFSZ)
# What is loaded here and not shown there.
OURS = "hub_config"


def signals() -> None:
    """Every signal does again what it does by default in Python."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN if number in IGNORED else signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def streams(places: Mapping[int, int], *more: int) -> list[int]:
    """Put open files where `places` (descriptor wanted → descriptor) says; nothing else stays open.

    By default input is /dev/null, output and error are what they were. Returns where the files in `more` are now.
    """
    wanted = {0: os.open(os.devnull, os.O_RDWR), 1: 1, 2: 2, **places}
    first = max(wanted) + 1
    wanted |= dict(enumerate(more, first))
    # Above all places, so that none is overwritten before it is in its own.
    kept = {place: fcntl.fcntl(each, fcntl.F_DUPFD, first + len(more)) for place, each in wanted.items()}
    for place, each in kept.items():
        os.dup2(each, place, inheritable=place < 3)
    for place in set(range(first)) - set(wanted):
        with suppress(OSError):
            os.close(place)
    os.closerange(first + len(more), 65536)
    return [*range(first, first + len(more))]


def chance() -> None:
    """New seeds and keys for whatever was drawn when it was imported."""
    random.seed()
    if numbers := sys.modules.get("numpy.random"):
        numbers.seed()
    multiprocessing.current_process().authkey = os.urandom(32)
    for name in ("_node", "_last_timestamp"):
        setattr(uuid, name, None)


def surroundings(env: Mapping[str, str], cwd: str) -> None:
    """The environment, and what was made of the former one: time zone, locale, folder for temporary files."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    if not {"LC_ALL", "LC_CTYPE", "LANG"} & set(env):
        # As Python does where nothing says how text is encoded.
        os.environ["LC_CTYPE"] = "C.UTF-8"
    time.tzset()
    locale.setlocale(locale.LC_CTYPE, "")
    tempfile.tempdir = None
    sys.dont_write_bytecode = bool(env.get("PYTHONDONTWRITEBYTECODE"))


def foreign() -> list[str]:
    """The modules that are loaded here and could not be imported in a room."""
    return [name for name in sys.modules if name.partition(".")[0] == OURS]


def begin(argv: Sequence[str], libraries: Sequence[str], unshown: Sequence[str]) -> None:
    """Run `[python, options…, "-m", module, …]` or `[… "-c", code, …]` as a Python that was just started would.

    `libraries` are the last part of its path, the same for all; `unshown` are modules that it is not to have.
    """
    options = [*takewhile(lambda part: part not in {"-m", "-c"}, argv)]
    option, what, *arguments = argv[len(options) :]
    here = [] if "-P" in options else [str(Path.cwd()) if option == "-m" else ""]
    own = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    sys.path[:] = dict.fromkeys([*here, *own, *libraries])
    sys.orig_argv[:] = list(argv)
    # By name, since looking through all of them would take them out of shared memory.
    for name in unshown:
        sys.modules.pop(name, None)
    chance()
    gc.enable()
    if option == "-m":
        sys.argv[:] = [what, *arguments]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
        return
    sys.argv[:] = ["-c", *arguments]
    main = types.ModuleType("__main__")
    vars(main).update(__annotations__={}, __builtins__=builtins)
    sys.modules["__main__"] = main
    exec(compile(what, "<string>", "exec"), vars(main))  # noqa: S102 (it is the command that was asked for)
