"""Runs in a room, as a member's server would: prints what a kernel that has waited and a forked one see of themselves.

For each: how it came, what its file tells, what it sees, and what it has for itself, random numbers and keys.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.manager import KernelManager

from widgets.kernels.provisioner import register
from widgets.kernels.spare import Spare

register()
LOOK = r"""
import gc, json, locale, os, random, signal, sys, tempfile, threading, multiprocessing, uuid, numpy, secrets, time
_names = {name: type(value).__name__ for name, value in globals().items() if name != '_names'}
_mask = os.umask(0); os.umask(_mask)
_shell = get_ipython()
_seen = {
    'names': _names, 'mask': _mask, 'cwd': os.getcwd(), 'environment': dict(os.environ), 'path': sys.path,
    'argv': sys.argv, 'orig_argv': sys.orig_argv, 'flags': str(sys.flags), 'session': globals().get('__session__'),
    'title': open('/proc/self/cmdline').read().rstrip('\0'), 'process': open('/proc/self/comm').read(),
    'parent': os.getppid(), 'leads': os.getsid(0) == os.getpid(), 'files': sorted(os.listdir('/proc/self/fd'))[:3],
    'signals': {str(each): str(signal.getsignal(each)) for each in signal.valid_signals()},
    'blocked': str(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    'threads': sorted(each.name for each in threading.enumerate()),
    'in': In, 'out': Out, 'line': _shell.execution_count, 'start': _shell.starting_dir,
    'hidden': sorted(_shell.user_ns_hidden),
    'kinds': [str(type(each)) for each in (_shell, _shell.kernel, _shell.parent.parent, sys.stdout, sys.displayhook)],
    'file': _shell.parent.parent.connection_file, 'extensions': sorted(_shell.extension_manager.loaded),
    'gc': [gc.isenabled(), gc.get_threshold()], 'locale': locale.setlocale(locale.LC_ALL), 'time': time.tzname,
    'folder': tempfile.gettempdir(), 'memory': open('/proc/self/oom_score_adj').read(),
    'main': sys.modules['__main__'].__dict__ is globals(), 'startup': globals().get('started'),
    'modules': sorted(name for name in sys.modules if name.split('.')[0] in ('widgets', 'hub_config', 'courses')),
}
_own = [random.random(), numpy.random.random(), secrets.token_hex(), str(uuid.uuid1())[14:],
        multiprocessing.current_process().authkey.hex(), _shell.kernel.session.key.decode()]
print(json.dumps([_seen, _own], default=str))
"""


def look(waits: bool) -> list[Any]:
    manager: Any = KernelManager(transport="ipc", connection_file=f"/tmp/kernel-{uuid4()}.json")
    given: dict[str, Any] = {}
    if waits:
        command, options = manager.pre_start_kernel()
        given["source"] = Spare(command, options["env"], "/")
        Path(manager.connection_file).unlink()
    folder = Path.home() / "sub"
    folder.mkdir(exist_ok=True)
    manager.start_kernel(cwd=str(folder), env={**os.environ, "JPY_SESSION_NAME": "sub/n.ipynb"}, **given)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    asked, said = client.execute(LOOK), ""
    while (message := client.get_iopub_msg(timeout=60))["content"].get("execution_state") != "idle" or (
        message["parent_header"].get("msg_id") != asked
    ):
        said += message["content"].get("text", "") + "\n".join(message["content"].get("traceback", []))
    file = json.loads(Path(manager.connection_file).read_text())
    told = {name: file[name] for name in ("jupyter_session", "transport", "signature_scheme", "kernel_name")}
    assert file["key"] == manager.session.key.decode()
    # Their files are named after the numbers of their managers.
    said = said.replace(Path(manager.connection_file).stem, "KERNEL")
    manager.shutdown_kernel()
    return [manager.provisioner.came, told, *json.loads(said)]


def main() -> None:
    startup = Path.home() / ".ipython/profile_default/startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "00.py").write_text("import os\nstarted = [os.getcwd(), os.environ['JPY_SESSION_NAME'], __session__]\n")
    sys.stdout.write(json.dumps([look(waits) for waits in (True, False)]) + "\n")


if __name__ == "__main__":
    main()
