"""The file system inside a sandbox: a new root with only what the plan shows, read-only but for home and /tmp."""

import ctypes
import os
import platform
import socket
import struct
from pathlib import Path
from typing import Any

from hub_config.warm.kernel import (
    AT_FDCWD,
    AT_RECURSIVE,
    BIND,
    DETACH,
    MOUNT_SETATTR,
    NODEV,
    NODEV_ATTRIBUTE,
    NOEXEC,
    NOSUID,
    NOSUID_ATTRIBUTE,
    PIVOT_ROOT,
    PRIVATE,
    READ_ONLY_ATTRIBUTE,
    RECURSIVE,
    Refused,
    call,
)

HOME = "/home/learner"
# Where in a room kernels are asked for, if there is a Python that can be forked.
FORKS = "/run/forks"
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


def build(plan: dict[str, Any]) -> socket.socket | None:
    """Make the room: a new root on a tmpfs that ends up read-only, with only what the plan shows.

    Returns what listens at `FORKS`, if the plan wants that.
    """
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
    # Before what is shown, which may lie in /tmp.
    volatile(plan)
    for path, source in (system | given).items():
        show(source, path)
        if path != source and path in given:
            show(source, source)
    show(home, HOME, writable=True)
    files(plan)
    devices()
    listener = door() if plan["forks"] else None
    protect("/new", below=False)
    os.chdir("/new")
    pivot(".", ".")
    call("leave the old root", "umount2", ".", DETACH)
    os.chdir(HOME)
    return listener


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


def door() -> socket.socket:
    """A socket in a folder that nobody can change; who comes to it is asked for her user, so its mode is open."""
    path = Path(f"/new{FORKS}")
    path.parent.mkdir()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen()
    return listener


def devices() -> None:
    for name in DEVICES:
        Path("/new/dev", name).touch()
        mount(f"/old/dev/{name}", f"/new/dev/{name}", "", BIND)
    for name, target in LINKS.items():
        Path("/new/dev", name).symlink_to(target)
    Path("/new/dev/pts").mkdir()
    mount("devpts", "/new/dev/pts", "devpts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    protect("/new/dev", below=False)


def volatile(plan: dict[str, Any]) -> None:
    """Folders that are empty at the start and gone at the end, and the processes of this sandbox alone."""
    Path("/new/dev").mkdir()
    mount("tmpfs", "/new/dev", "tmpfs", NOSUID, "mode=0755,size=64k")
    for path in ("/dev/shm", "/tmp"):  # noqa: S108
        Path(f"/new{path}").mkdir()
        mount("tmpfs", f"/new{path}", "tmpfs", NOSUID | NODEV, f"mode=1777,size={plan['tmp_bytes']}")
    Path("/new/proc").mkdir()
    mount("proc", "/new/proc", "proc", NOSUID | NODEV | NOEXEC)
