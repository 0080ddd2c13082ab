"""Starts kernels by forking them where that is possible, and as jupyter_client does where it is not.

A Python kernel of a room that was entered warm is forked from what that room's first process had imported: it is there
in a tenth of a second and shares its memory with the server and the other kernels of the room. Any other kernel, and
any other machine, gets the stock provisioner and one line in the log.
"""

import os
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from widgets.forking import NotForked, fork, order

NAME = "warm-provisioner"
# The fork server of a room; see `hub_config.warm.room`.
FORKS = Path("/run/forks")


class WarmProvisioner(LocalProvisioner):
    """The stock provisioner, but for how the process comes to be."""

    forks = FORKS

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork the kernel, or start it: the same command, environment and folder."""
        cwd = str(options.get("cwd") or Path.cwd())
        try:
            process: Any = fork(self.forks, order(cmd, options.get("env") or os.environ, cwd))
        except NotForked as reason:
            self.log.info("Kernel %s starts cold: %s", self.kernel_id, reason)
            return await super().launch_kernel(cmd, **options)
        # It leads a session of its own, so signals reach what it has started, too.
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        return self.connection_info


def register() -> None:
    """Make it the provisioner of every kernel whose specification names none, for this process.

    This is what an entry point of an installed package would do; the platform runs from its folder.
    """
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{WarmProvisioner.__name__}", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME
