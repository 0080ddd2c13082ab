"""Isolation of other people's code on Linux, with or without root, from nothing but the kernel's namespaces.

Inside, a command sees: the machine's programs and Python read-only, what `readable` lists read-only, a home, and
empty temporary folders. It sees no other process, no other home, no database and no secret, has no capability and
cannot gain one; without `network` it can reach nobody. It fails closed: where the kernel refuses, nothing runs.

Memory is limited by RLIMIT_DATA, which counts what a process writes to, for each process, and needs no rights on
any machine. RLIMIT_AS would count address space, which Node, BLAS and Arrow reserve far beyond what they use. Where
the platform has been handed a control group (`hub_config.warm.groups`), that limits the whole sandbox; the limit of
each process stays, since what it costs who meets it is a MemoryError and not all that her kernel has computed. What
is forked from the template counts some 250 MB of that in it, and so meets it first.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT
from hub_config.warm import groups
from hub_config.warm.enter import REFUSED
from hub_config.warm.room import HOME

# Isolated from the environment and from site-packages: it must start fast, and nothing may change what it does.
ENTER = f"import sys; sys.path.append({str(ROOT)!r}); from hub_config.warm.enter import main; main()"
# Users that own nothing on the machine: the dashboards', the graders', then one for each member.
DASHBOARDS_UID, GRADER_UID, FIRST_MEMBER_UID = 199_998, 199_999, 200_000

__all__ = ["DASHBOARDS_UID", "FIRST_MEMBER_UID", "GRADER_UID", "HOME", "Sandbox"]


@dataclass(frozen=True)
class Sandbox:
    """A room for commands; `readable` are the only paths of the project and its data that it shows.

    `memory_bytes` is for each process, `file_bytes` for each file, `tmp_bytes` for /tmp and for /dev/shm, `processes`
    for all processes and threads of one user. In a control group, `room_bytes` and `cpus` (processors; 0: all) are for
    all of it, and `processes` for those of the room.
    """

    readable: Sequence[Path] = ()
    memory_bytes: int = 1_500_000_000
    room_bytes: int = 1_500_000_000
    cpus: float = 0
    file_bytes: int = 1_000_000_000
    tmp_bytes: int = 200_000_000
    processes: int = 1024
    hostname: str = "learning"

    def command(self, argv: Sequence[str], home: Path, **options: Any) -> list[str]:
        """The command line that enters the sandbox and then runs `argv`; the options are those of `plan`."""
        return [sys.executable, "-I", "-S", "-c", ENTER, json.dumps(self.plan(argv, home, **options))]

    def plan(
        self,
        argv: Sequence[str],
        home: Path,
        *,
        network: bool = False,
        uid: int = GRADER_UID,
        keep: Iterable[str] = (),
        guardian: int = 0,
        forks: bool = False,
        group: str = "",
    ) -> dict[str, Any]:
        """What `enter` has to know to run `argv` inside, with `home` as its one folder that lasts.

        `keep` names the variables of the environment to pass on, beside path, language and time zone. `uid` is who
        runs it when root starts it, who then owns `home`; otherwise it is who starts it. It ends with the process
        `guardian`, by default the one that starts it. `forks`: whether kernels can be forked in it, which needs a
        template (`hub_config.warm.template`) to enter it from. `group` names the control group of the room, where this
        platform has any; the room then is in it, or does not begin.
        """
        return {
            "argv": list(argv),
            "home": str(home),
            "network": network,
            "uid": os.getuid() or uid,
            "keep": sorted(keep),
            "guardian": guardian,
            "forks": forks,
            "group": groups.room(group, self._most()) if group else None,
            "readable": [str(path) for path in (*interpreter(), *self.readable)],
            "hostname": self.hostname,
            "tmp_bytes": self.tmp_bytes,
            "limits": {
                **{"core": 0, "nofile": 4096, "nproc": self.processes},
                **{"fsize": self.file_bytes, "data": self.memory_bytes},
            },
        }

    def _most(self) -> groups.Most:
        return groups.Most(self.room_bytes, self.cpus, self.processes)

    def probe(self) -> None:
        """Try it for real; raises `sandbox-refused` with the kernel's reason and what to do about it."""
        with tempfile.TemporaryDirectory() as home:
            tried = subprocess.run(
                self.command([sys.executable, "-c", "pass"], Path(home)), capture_output=True, text=True, check=False
            )
        if tried.returncode:
            raise refused(tried.stderr)


def refused(said: str) -> ClearingHouseError:
    """The error for what the entering script said before it gave up."""
    reason = said.strip().splitlines()[-1].removeprefix("sandbox-refused: ") if said.strip() else f"code {REFUSED}"
    return ClearingHouseError(
        "sandbox-refused",
        N_(
            "This machine does not let learners' code be isolated ({reason}). It needs Linux 5.12 or later with user "
            "namespaces: see the kernel settings user.max_user_namespaces, kernel.unprivileged_userns_clone and "
            "kernel.apparmor_restrict_unprivileged_userns. To try the platform alone, start it with --no-sandbox."
        ),
        status=503,
        reason=reason,
    )


def interpreter() -> list[Path]:
    """This Python: the virtual environment and the installation it was made from, unless the system shows them."""
    paths = [Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parent.parent]
    return [path for path in dict.fromkeys(paths) if not path.is_relative_to("/usr")]
