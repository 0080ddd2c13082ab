"""Starts kernels by forking them where that is possible, and as jupyter_client does where it is not.

A Python kernel of a room that was entered warm is forked from what that room's first process had imported: it is there
in a tenth of a second and shares its memory with the server and the other kernels of the room. Any other kernel, and
any other machine, gets the stock provisioner and one line in the log.
"""

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Protocol

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Float

from widgets.kernels.forking import Forked, NotForked, fork, order

NAME = "warm-provisioner"
# The fork server of a room; see `hub_config.warm.room`.
FORKS = Path("/run/forks")


# How long jupyter_client's control socket keeps trying to deliver what was sent before it was closed, in seconds.
LINGER = 0.1
# It need not look every second whether its parent is still there: that is the room's first process.
PARENT_IS_FIRST = "--IPKernelApp.parent_handle=1"


class Source(Protocol):
    """What a kernel may come from, sooner than from the fork server; that is asked if this one raises NotForked."""

    kind: str

    def fork(self, asked: Mapping[str, Any]) -> Forked:
        """The process that was asked for as `order` tells it."""


class WarmProvisioner(LocalProvisioner):
    """The stock provisioner, but for how the process comes to be."""

    forks = FORKS
    # How the process came to be, once it has: a source's `kind`, `forked` or `cold`, and why no better.
    came, reason = "", ""
    patience = Float(20.0, config=True, help="How many seconds a kernel has to listen before its start counts as done.")
    _unheard = False

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel, or start it: the same command, environment and folder.

        The option `source` may be a `Source` of something that has more of the kernel than the fork server has.
        """
        info = await self._launched(cmd, options)
        if self.pid:
            sacrifice(self.pid)
        return info

    async def _launched(self, cmd: list[str], options: dict[str, Any]) -> Any:
        cwd = str(options.get("cwd") or Path.cwd())
        source = options.pop("source", None)
        try:
            asked = order(of_room(cmd), options.get("env") or os.environ, cwd)
            process: Any = self._forked(asked, source)
        except NotForked as reason:
            self.came, self.reason = "cold", str(reason)
            self.log.info("A kernel starts cold: %s", reason)
            return await super().launch_kernel(cmd, **options)
        # It leads a session of its own, so signals reach what it has started, too.
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        await self._bound()
        return self.connection_info

    def _forked(self, asked: dict[str, Any], source: Source | None) -> Forked:
        """From what has the most of what it needs."""
        if source:
            with suppress(NotForked):
                forked = source.fork(asked)
                self.came = source.kind
                return forked
        forked = fork(self.forks, asked)
        self.came = "forked"
        return forked

    async def _bound(self) -> None:
        """Wait until it listens: who connects before then tries again only after a tenth of a second."""
        info: dict[str, Any] = dict(self.connection_info)
        # The last that it opens; files have these names, ports have none.
        last = Path(f"{info['ip']}-{info['hb_port']}")
        until = time.monotonic() + self.patience
        while info["transport"] == "ipc" and not last.exists() and await self.poll() is None:
            if time.monotonic() > until:
                self.log.warning("A kernel does not listen %.0f s after it was started", self.patience)
                return
            await asyncio.sleep(0.002)

    async def shutdown_requested(self, restart: bool = False) -> None:  # noqa: ARG002 (the base class's)
        """Remember whether there is still a kernel to hear it."""
        self._unheard = await self.poll() is not None

    async def cleanup(self, restart: bool = False) -> None:
        """Before a restart, let what nobody heard fade away: the next kernel comes up in time to obey it."""
        await super().cleanup(restart=restart)
        if restart and self._unheard:
            await asyncio.sleep(2 * LINGER)


def sacrifice(pid: int) -> None:
    """Where memory runs out, the kernel ends this one of the server's processes, and the server goes on.

    A server in a room has 500: it outlives its kernels unless it has a quarter of all memory more than the largest.
    """
    # One that has ended already needs no number, and not every system has them.
    with suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("750")


def of_room(command: list[str]) -> list[str]:
    """The kernel's command as a room's first process runs it."""
    return [*command, PARENT_IS_FIRST] if "ipykernel_launcher" in command else command


def register() -> None:
    """Make it the provisioner of every kernel whose specification names none, for this process.

    This is what an entry point of an installed package would do; the platform runs from its folder.
    """
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{WarmProvisioner.__name__}", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME
