"""What `ps` shows of a forked process, which otherwise has the name of what it was forked from."""

import ctypes
import os
from pathlib import Path

SET_NAME = 15  # from <linux/prctl.h>
# A variable of the environment that only makes room: a title takes the place of the first arguments and variables.
ROOM = {"CHM_TITLE": "-" * 2000}


def entitle(title: str) -> None:
    """Show `title` as the command line, cut to what there is room for, and its first word as the name."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    # The 48th and 51st field: where the arguments begin, and where the environment, which follows them, ends.
    begin, end = int(fields[45]), int(fields[48])
    if not 0 < end - begin < 1 << 20:
        return
    # Copies them all: the C library would read the former ones where the title is now.
    os.environ.update(os.environ.copy())
    content = title.encode()[: end - begin - 1]
    ctypes.memmove(begin, content.ljust(end - begin, b"\0"), end - begin)
    ctypes.CDLL(None).prctl(SET_NAME, title.partition(" ")[0].rpartition("/")[2].encode()[:15], 0, 0, 0)
