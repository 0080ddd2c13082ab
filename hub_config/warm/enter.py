"""Enters the sandbox that `sandbox.Sandbox` planned, then runs the command in it.

It is run with the plan as its one argument, and imports nothing but the standard library, so that it starts in some
50 ms and works with any interpreter. Three processes: the keeper stays outside, passes signals on
and dies with its parent; PID 1 inside builds the room, gives up every right and reaps; the command is its child.
A SIGKILL to the keeper ends all of them, since the kernel ends a PID namespace with its PID 1. If the plan names a
control group, all three are in it.

The command begins in one of two ways. `main` executes it. A template (`hub_config.warm.template`) calls `enter` in a
process that it forked, and the command is run by the Python that is there already; PID 1 then keeps what that Python
had imported, and forks the kernels of this one room.

Whatever the kernel refuses ends in exit code 71 and one line on stderr: the command is never run outside.
"""

import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from hub_config.warm import groups
from hub_config.warm.kernel import (
    CAPABILITY_VERSION_3,
    DIE_WITH_PARENT,
    DROP_BOUND,
    NEW_GROUPS,
    NEW_HOSTNAME,
    NEW_IPC,
    NEW_MOUNTS,
    NEW_NETWORK,
    NEW_PROCESSES,
    NEW_USERS,
    NO_NEW_PRIVILEGES,
    READABLE_BY_OTHERS,
    SET_FLAGS,
    UP_AND_RUNNING,
    Refused,
    call,
)
from hub_config.warm.room import HOME, build

REFUSED = 71
# What a command may know of the machine; the rest of the environment may hold the platform's secrets.
ENVIRONMENT = ("LANG", "LC_ALL", "PATH", "TZ")
# None in the command's process, the connection of a request in one that was forked for it.
Began = socket.socket | None
# What PID 1 does beside the command, whose number it is told, with what listens for requests in the room.
Beside = Callable[[int, socket.socket | None], Began]
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def loopback() -> None:
    """Bring `lo` up, so that a kernel and its client can talk in a network namespace of their own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", UP_AND_RUNNING))


def limit(limits: dict[str, int]) -> None:
    """Bound what each process may use; learners' processes go first when machine or room run out of memory."""
    Path("/proc/self/oom_score_adj").write_text("500")
    for name, most in limits.items():
        kind = getattr(resource, f"RLIMIT_{name.upper()}")
        hard = resource.getrlimit(kind)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (value, value))


def give_up_rights(uid: int) -> None:
    """Become `uid` for good: no capability is left, none can be gained, and no user namespace can be made."""
    # The limit is this namespace's own. It closes the kernel code that only a namespace's root can reach.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        call("drop a capability", "prctl", DROP_BOUND, capability, 0, 0, 0)
    if os.getuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header, none = struct.pack("=Ii", CAPABILITY_VERSION_3, 0), struct.pack("=6I", *[0] * 6)
    call("drop all capabilities", "capset", header, none)
    call("no new privileges", "prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def namespaces(plan: dict[str, Any]) -> None:
    """Leave the machine's namespaces. A helper that stays behind writes who is who in the new user namespace."""
    uid, gid, keeper = os.getuid(), os.getgid(), os.getpid()
    left, done = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(done)
        os._exit(0 if os.read(left, 1) == b"" and identify(keeper, uid, gid) else 1)
    os.close(left)
    wanted = NEW_USERS | NEW_MOUNTS | NEW_PROCESSES | NEW_IPC | NEW_HOSTNAME
    wanted |= 0 if plan["network"] else NEW_NETWORK
    # Its own group is the root of all that she is told of; its name says where the platform runs.
    call("make namespaces", "unshare", wanted | (NEW_GROUPS if plan["group"] else 0))
    os.close(done)
    if os.waitpid(helper, 0)[1]:
        raise Refused("map the user into the namespace: not permitted")


def identify(keeper: int, uid: int, gid: int) -> bool:
    """Everybody keeps her number inside: all users if root asks, who may map them, and else the one user."""
    proc, everyone = Path("/proc", str(keeper)), f"0 0 {2**32 - 1}"
    try:
        if uid:
            (proc / "setgroups").write_text("deny")
        (proc / "gid_map").write_text(f"{gid} {gid} 1" if uid else everyone)
        (proc / "uid_map").write_text(f"{uid} {uid} 1" if uid else everyone)
    except OSError:
        return False
    return True


def own(home: str, uid: int) -> None:
    """When root starts the sandbox, the home is made the member's; links in it are not followed."""
    if os.getuid() or Path(home).stat().st_uid == uid:
        return
    for _folder, folders, names, descriptor in os.fwalk(home):
        for name in (*folders, *names):
            os.chown(name, uid, uid, dir_fd=descriptor, follow_symlinks=False)
    # The home itself comes last: an interrupted walk is done again.
    os.chown(home, uid, uid, follow_symlinks=False)


def status(waited: int) -> int:
    """An exit code as a shell would tell it."""
    code = os.waitstatus_to_exitcode(waited)
    return code if code >= 0 else 128 - code


def forward(to: int) -> None:
    for number in FORWARDED:
        signal.signal(number, lambda received, _frame: os.kill(to, received))


def environment(plan: dict[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    kept = {name: given[name] for name in (*ENVIRONMENT, *plan["keep"]) if name in given}
    return {**kept, "HOME": HOME, "USER": "learner", "LOGNAME": "learner", "TMPDIR": "/tmp", "SHELL": "/bin/bash"}  # noqa: S108


def first(plan: dict[str, Any], alive: int, beside: Beside) -> Began:
    """PID 1 inside: builds the room, starts the command, reaps, and ends with the command's exit code.

    Returns None in the command's own process; what `beside` returns, it returns in another.
    """
    # Hers is the default, whatever the operator's is: the room is made by another user than the one who lives in it.
    os.umask(0o022)
    listener = build(plan)
    call("name the machine", "sethostname", plan["hostname"], len(plan["hostname"]))
    if not plan["network"]:
        loopback()
    limit(plan["limits"])
    give_up_rights(plan["uid"])
    # A change of user clears this, so it is set now; a keeper that died meanwhile has closed its end of the pipe.
    call("die with the keeper", "prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if select.select([alive], [], [], 0)[0]:
        os._exit(REFUSED)
    os.close(alive)
    # This process was started with the platform's environment; the command must not read it from /proc/1.
    call("hide from the command", "prctl", READABLE_BY_OTHERS, 0, 0, 0, 0)
    command = os.fork()
    if command == 0:
        call("be seen by oneself again", "prctl", READABLE_BY_OTHERS, 1, 0, 0, 0)
        return None
    forward(command)
    return beside(command, listener)


def reap(command: int, _listener: socket.socket | None) -> NoReturn:
    """Until the command has ended; whoever else ends in the room meanwhile is reaped too."""
    while True:
        reaped, waited = os.waitpid(-1, 0)
        if reaped == command:
            os._exit(status(waited))


def execute(plan: dict[str, Any]) -> NoReturn:
    """The command itself, in a session of its own, so that it has no terminal of the operator's."""
    os.setsid()
    os.closerange(3, 65536)
    try:
        os.execvpe(plan["argv"][0], plan["argv"], environment(plan, os.environ))  # noqa: S606
    except OSError as error:
        print(f"{plan['argv'][0]}: {error.strerror}", file=sys.stderr)  # noqa: T201
        os._exit(127)


def keep(child: int, guardians: Sequence[int]) -> NoReturn:
    """Stay outside until the command has ended, or end it when a guardian has: nobody would wait for it."""
    forward(child)
    ours = os.pidfd_open(child)
    ready = select.select([*guardians, ours], [], [])[0]
    if ours not in ready:
        os.kill(child, signal.SIGKILL)
    end_as(status(os.waitpid(child, 0)[1]))


def end_as(code: int) -> NoReturn:
    """End with the command's exit code or, as it did, by a signal, which only the keeper's parent can be shown."""
    if 128 < code < 128 + signal.NSIG:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if code - 128 not in {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(code - 128, signal.SIG_DFL)
        os.kill(os.getpid(), code - 128)
    os._exit(code)


def enter(plan: dict[str, Any], guardians: Sequence[int], beside: Beside) -> Began:
    """Make the sandbox, around which this process stays as its keeper; `first` says what returns, and where.

    `guardians` are descriptors of the processes that all ends with, whichever of them ends first.
    """
    try:
        # The keeper too, and first of all: whatever it does from here on is the room's, and ends when that is killed.
        if plan["group"]:
            groups.join(plan["group"])
        own(plan["home"], plan["uid"])
        namespaces(plan)
        alive, held = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(held)
            for guardian in guardians:
                os.close(guardian)
            return first(plan, alive, beside)
        os.close(alive)
        keep(child, guardians)
    except (Refused, OSError) as error:
        print(f"sandbox-refused: {error}", file=sys.stderr)  # noqa: T201
        os._exit(REFUSED)


def main() -> NoReturn:
    """Run the plan on the command line; never returns."""
    plan: dict[str, Any] = json.loads(sys.argv[1])
    enter(plan, [os.pidfd_open(plan["guardian"] or os.getppid())], reap)
    execute(plan)
