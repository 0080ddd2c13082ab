"""`python -m widgets.kernels.waiting …`: a kernel with the arguments of `ipykernel_launcher` that waits to be wanted.

It listens, so that whoever wants it is answered at once, and runs nothing of its user's, neither the extensions that
she chose nor her startup files, until it has been told the folder to be in and the notebook that it is for.
"""

import os
import socket
import sys
from functools import partial
from importlib.util import find_spec
from typing import Any

import zmq
from ipykernel.kernelapp import IPKernelApp

from widgets.kernels.forking import receive
from widgets.kernels.spare import LAUNCHER, PLACE, SESSION
from widgets.kernels.title import entitle

# What a kernel's application does of hers, in this order.
HERS = ("init_extensions", "init_code")


def become(told: dict[str, Any], shell: Any) -> None:
    """Be the kernel of this folder and notebook as if it had been started for it, in `ps`, too."""
    os.chdir(told["cwd"])
    os.environ.update(told["env"])
    if session := told["env"].get(SESSION):
        shell.user_ns["__session__"] = session
    shell.starting_dir = told["cwd"]
    sys.orig_argv[:] = told["argv"]
    entitle(" ".join(told["argv"]))


def main() -> None:
    """Start up to where her own code would run, wait, and go on."""
    launcher = find_spec(LAUNCHER)
    if launcher and launcher.origin:
        sys.argv[0] = launcher.origin
    app: Any = IPKernelApp.instance()
    # For these objects alone, which stay stock ones in all else.
    vars(app).update(dict.fromkeys(HERS, lambda: None))
    app.initialize()
    for name in HERS:
        del vars(app)[name]
    published: Any = app.iopub_thread
    # It greets each who begins to listen, not only the first; whoever was greeted has missed nothing since.
    published.schedule(partial(published.socket.setsockopt, zmq.XPUB_VERBOSE, 1))
    vars(app.kernel)["start"] = partial(start, app)
    app.start()


def start(app: Any) -> None:
    """Listen, wait until it is wanted, and only then do what is hers; requests that come meanwhile are kept."""
    del vars(app.kernel)["start"]
    app.kernel.start()
    with socket.socket(fileno=PLACE) as door:
        try:
            told, _ = receive(door)
        except EOFError:
            sys.exit()
    become(told, app.kernel.shell)
    for name in HERS:
        getattr(app, name)()
    # As `initialize` ends: what was printed so far is no part of the first cell.
    sys.stdout.flush()
    sys.stderr.flush()


if __name__ == "__main__":
    main()
