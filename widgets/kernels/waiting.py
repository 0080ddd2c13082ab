"""`python -m widgets.kernels.waiting …`: a kernel with the arguments of `ipykernel_launcher` that waits to be wanted.

It listens, so that whoever wants it is answered at once, and runs nothing of its user's, neither the extensions that
she chose nor her startup files, until it has been told the folder to be in and the notebook that it is for.
"""

import os
import socket
import sys
from importlib.util import find_spec
from typing import Any

from ipykernel.kernelapp import IPKernelApp

from widgets.kernels.forking import receive
from widgets.kernels.spare import LAUNCHER, PLACE, SESSION
from widgets.kernels.title import entitle


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
    """Initialise up to where her own code would run, wait, and go on."""
    launcher = find_spec(LAUNCHER)
    if launcher and launcher.origin:
        sys.argv[0] = launcher.origin
    app: Any = IPKernelApp.instance()
    go_on = app.init_extensions

    def wait() -> None:
        with socket.socket(fileno=PLACE) as door:
            try:
                told, _ = receive(door)
            except EOFError:
                sys.exit()
        become(told, app.kernel.shell)
        go_on()

    # For this one object, which stays the stock one in all else.
    vars(app)["init_extensions"] = wait
    app.initialize()
    del vars(app)["init_extensions"]
    app.start()


if __name__ == "__main__":
    main()
