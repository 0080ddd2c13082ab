"""The few calls of the Linux kernel that the sandbox is made of, and what the kernel said no to.

Like all that `enter` imports, it needs nothing but the standard library.
"""

import ctypes
import os
from typing import Any

# From <linux/sched.h>, <linux/mount.h>, <linux/prctl.h> and <linux/capability.h>.
NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USERS, NEW_PROCESSES, NEW_NETWORK, NEW_GROUPS = 0x10000000, 0x20000000, 0x40000000, 0x02000000
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
