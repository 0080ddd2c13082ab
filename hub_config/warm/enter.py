"""Enters the sandbox that `sandbox.Sandbox` planned, then runs the command in it.

It is run as a script, with the plan as its one argument, and imports nothing but the standard library, so that it
starts in some 50 ms and works with any interpreter. Three processes: the keeper stays outside, passes signals on
and dies with its parent; PID 1 inside builds the room, gives up every right and reaps; the command is its child.
A SIGKILL to the keeper ends all of them, since the kernel ends a PID namespace with its PID 1.

Whatever the kernel refuses ends in exit code 71 and one line on stderr: the command is never run outside.
"""

import ctypes
import fcntl
import json
import os
import platform
import resource
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any, NoReturn

REFUSED = 71
HOME = "/home/learner"
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr")
ETC = (
    *("alternatives", "ca-certificates", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime"),
    *(
        "mime.types",
        "os-release",
        "pki/ca-trust",
        "pki/tls/certs",
        "services",
        "ssl/certs",
        "ssl/openssl.cnf",
        "timezone",
    ),
)
ETC_OF_NETWORK = ("hosts", "resolv.conf")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}
# What a command may know of the machine; the rest of the environment may hold the platform's secrets.
ENVIRONMENT = ("LANG", "LC_ALL", "PATH", "TZ")
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)

# From <linux/sched.h>, <linux/mount.h>, <linux/prctl.h> and <linux/capability.h>.
NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USERS, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, BIND, RECURSIVE, PRIVATE, DETACH = 2, 4, 8, 4096, 16384, 1 << 18, 2
READ_ONLY_ATTRIBUTE, NOSUID_ATTRIBUTE, NODEV_ATTRIBUTE = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
MOUNT_SETATTR = 442
DIE_WITH_PARENT, READABLE_BY_OTHERS, DROP_BOUND, NO_NEW_PRIVILEGES = 1, 4, 24, 38
CAPABILITY_VERSION_3 = 0x20080522
SET_FLAGS, UP_AND_RUNNING = 0x8914, 0x41

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """The kernel or the machine did not allow a step."""


def call(step: str, name: str, *arguments: Any) -> None:
    """Call a function of the C library; a failure is named after the step."""
    given = [argument.encode() if isinstance(argument, str) else argument for argument in arguments]
    if getattr(libc, name)(*given) < 0:
        raise Refused(f"{step}: {os.strerror(ctypes.get_errno())}")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    call(f"mount {kind or source} at {target}", "mount", source, target, kind, ctypes.c_ulong(flags), options)


def protect(target: str, *, writable: bool = False, below: bool = True) -> None:
    """A mount (and all below it) ignores setuid, has no devices and, unless `writable`, is read-only."""
    attributes = NOSUID_ATTRIBUTE | NODEV_ATTRIBUTE | (0 if writable else READ_ONLY_ATTRIBUTE)
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    where = (AT_FDCWD, target, AT_RECURSIVE if below else 0)
    call(f"protect {target}", "syscall", MOUNT_SETATTR, *where, wanted, ctypes.c_size_t(len(wanted)))


def show(source: str, path: str, *, writable: bool = False) -> None:
    """Let `path` inside be what `source`, a path of the old root without links, is outside."""
    origin, target = Path(f"/old{source}"), Path(f"/new{path}")
    if origin.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount(str(origin), str(target), "", BIND | RECURSIVE)
    protect(str(target), writable=writable)


def build(plan: dict[str, Any]) -> None:
    """Make the room: a new root on a tmpfs that ends up read-only, with only what the plan shows."""
    # Links are resolved while the old root is still there, since an absolute one would lead into the new one.
    system = {f"/{name}": os.path.realpath(f"/{name}") for name in SYSTEM if Path(f"/{name}").exists()}
    etc = (*ETC, *(ETC_OF_NETWORK if plan["network"] else ()))
    system |= {f"/etc/{name}": os.path.realpath(f"/etc/{name}") for name in etc if Path(f"/etc/{name}").exists()}
    given = {path: os.path.realpath(path) for path in plan["readable"]}
    home = os.path.realpath(plan["home"])
    mount("none", "/", "", RECURSIVE | PRIVATE)
    mount("tmpfs", "/tmp", "tmpfs", NOSUID | NODEV, "mode=0755,size=16m")  # noqa: S108
    for name in ("old", "new"):
        Path("/tmp", name).mkdir()  # noqa: S108
    os.chdir("/tmp")  # noqa: S108
    mount("new", "new", "", BIND)
    pivot(".", "old")
    os.chdir("/")
    for path, source in (system | given).items():
        show(source, path)
        if path != source and path in given:
            show(source, source)
    show(home, HOME, writable=True)
    files(plan)
    devices()
    volatile(plan)
    protect("/new", below=False)
    os.chdir("/new")
    pivot(".", ".")
    call("leave the old root", "umount2", ".", DETACH)
    os.chdir(HOME)


def pivot(new: str, old: str) -> None:
    if platform.machine() not in PIVOT_ROOT:
        raise Refused(f"no system call number of pivot_root for {platform.machine()}")
    call("pivot_root", "syscall", PIVOT_ROOT[platform.machine()], new, old)


def files(plan: dict[str, Any]) -> None:
    """The few files of /etc that say who she is; the machine's own accounts are not shown."""
    who = plan["uid"]
    for name, text in {
        "passwd": f"root:x:0:0::/:/usr/sbin/nologin\nlearner:x:{who}:{who}::{HOME}:/bin/bash\n",
        "group": f"root:x:0:\nlearner:x:{who}:\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "hostname": f"{plan['hostname']}\n",
    }.items():
        Path("/new/etc", name).write_text(text)
    if not plan["network"]:
        Path("/new/etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")


def devices() -> None:
    Path("/new/dev").mkdir()
    mount("tmpfs", "/new/dev", "tmpfs", NOSUID, "mode=0755,size=64k")
    for name in DEVICES:
        Path("/new/dev", name).touch()
        mount(f"/old/dev/{name}", f"/new/dev/{name}", "", BIND)
    for name, target in LINKS.items():
        Path("/new/dev", name).symlink_to(target)
    for name in ("pts", "shm"):
        Path("/new/dev", name).mkdir()
    mount("devpts", "/new/dev/pts", "devpts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    protect("/new/dev", below=False)


def volatile(plan: dict[str, Any]) -> None:
    """Folders that are empty at the start and gone at the end, and the processes of this sandbox alone."""
    for path in ("/dev/shm", "/tmp"):  # noqa: S108
        Path(f"/new{path}").mkdir(exist_ok=True)
        mount("tmpfs", f"/new{path}", "tmpfs", NOSUID | NODEV, f"mode=1777,size={plan['tmp_bytes']}")
    Path("/new/proc").mkdir()
    mount("proc", "/new/proc", "proc", NOSUID | NODEV | NOEXEC)


def loopback() -> None:
    """Bring `lo` up, so that a kernel and its client can talk in a network namespace of their own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", UP_AND_RUNNING))


def limit(limits: dict[str, int]) -> None:
    """Bound what each process may use; learners' processes go first when the machine runs out of memory."""
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
    call("make namespaces", "unshare", wanted | (0 if plan["network"] else NEW_NETWORK))
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


def environment(plan: dict[str, Any]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in (*ENVIRONMENT, *plan["keep"]) if name in os.environ}
    return {**kept, "HOME": HOME, "USER": "learner", "LOGNAME": "learner", "TMPDIR": "/tmp", "SHELL": "/bin/bash"}  # noqa: S108


def first(plan: dict[str, Any], alive: int) -> NoReturn:
    """PID 1 inside: builds the room, starts the command, reaps, and ends with the command's exit code."""
    build(plan)
    call("name the machine", "sethostname", plan["hostname"], len(plan["hostname"]))
    if not plan["network"]:
        loopback()
    limit(plan["limits"])
    give_up_rights(plan["uid"])
    # A change of user clears this, so it is set now; a keeper that died meanwhile has closed its end of the pipe.
    call("die with the keeper", "prctl", DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if select.select([alive], [], [], 0)[0]:
        os._exit(REFUSED)
    # This process was started with the platform's environment; the command must not read it from /proc/1.
    call("hide from the command", "prctl", READABLE_BY_OTHERS, 0, 0, 0, 0)
    command = os.fork()
    if command == 0:
        run(plan)
    forward(command)
    while True:
        reaped, waited = os.waitpid(-1, 0)
        if reaped == command:
            os._exit(status(waited))


def run(plan: dict[str, Any]) -> NoReturn:
    """The command itself, in a session of its own, so that it has no terminal of the operator's."""
    os.setsid()
    os.closerange(3, 65536)
    try:
        os.execvpe(plan["argv"][0], plan["argv"], environment(plan))  # noqa: S606
    except OSError as error:
        print(f"{plan['argv'][0]}: {error.strerror}", file=sys.stderr)  # noqa: T201
        os._exit(127)


def keep(child: int, parent: int) -> NoReturn:
    """Stay outside until the command has ended, or end it when the parent has: nobody would wait for it."""
    forward(child)
    ours = os.pidfd_open(child)
    ready = select.select([parent, ours], [], [])[0]
    if ours not in ready:
        os.kill(child, signal.SIGKILL)
    os._exit(status(os.waitpid(child, 0)[1]))


def main(plan: dict[str, Any]) -> NoReturn:
    try:
        parent = os.pidfd_open(os.getppid())
        own(plan["home"], plan["uid"])
        namespaces(plan)
        alive, held = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(held)
            os.close(parent)
            first(plan, alive)
        os.close(alive)
        keep(child, parent)
    except (Refused, OSError) as error:
        print(f"sandbox-refused: {error}", file=sys.stderr)  # noqa: T201
        os._exit(REFUSED)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
