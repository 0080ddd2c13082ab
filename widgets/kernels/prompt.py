"""What stock kernels wait for, and these need not: a start, and a websocket that is open at once."""

import asyncio
from pathlib import Path
from typing import Any

from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from jupyter_client.manager import KernelManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager

from widgets.kernels.spare import Spare

# Seconds until a kernel that should have greeted is asked as others are.
GREETING = 0.5
# Seconds between looks whether a kernel that was told to end has ended.
LOOK = 0.005


class _Prompt(AsyncIOLoopKernelManager):
    """Below `ServerKernelManager`, which tells of every start."""

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """As the base class does, but for the 10 ms that it waits at the end for the sake of its own tests."""
        if self._attempted_start or not self._ready:
            self._ready = asyncio.get_running_loop().create_future()
        start: Any = KernelManager._async_start_kernel
        try:
            await start.__wrapped__(self, **options)
        except Exception as error:
            self._ready.set_exception(error)
            self.log.exception(error)
            raise
        self._ready.set_result(None)

    async def _async_wait(self, pollinterval: float = LOOK) -> None:
        """Look often whether it has ended: who closes or restarts it waits for that, and not up to 0.1 s more."""
        await super()._async_wait(min(pollinterval, LOOK))


class PromptManager(ServerKernelManager, _Prompt):
    """A kernel's manager that says at once that it has started."""

    @property
    def greets(self) -> bool:
        """Whether the kernel greets each who begins to listen to it, as those that have waited do."""
        return getattr(self.provisioner, "came", "") == Spare.kind

    def write_connection_file(self, **told: Any) -> None:
        """With what is told now, of its notebook, also where there is a file.

        In one step, and with the same addresses: a kernel that waits may be reading it.
        """
        if not self._connection_file_written:
            super().write_connection_file(**told)
            return
        place = self.connection_file
        self.connection_file = f"{place}.new"
        try:
            super().write_connection_file(**told)
            Path(self.connection_file).replace(place)
        finally:
            self.connection_file = place


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's websocket that sends small messages at once, and is open as soon as the kernel has answered."""

    def connect(self) -> Any:
        """The results of a cell would wait some 40 ms until the browser has confirmed the echo of its input."""
        self.websocket_handler.set_nodelay(True)
        # It has told who it is before anybody comes here; that it has started would be looked at every 50 ms.
        if self.kernel_manager.execution_state == "starting" and self.kernel_info_answered():
            self.kernel_manager.execution_state = "idle"
        return super().connect()

    def kernel_info_answered(self) -> bool:
        """Whether the kernel has told who it is."""
        told = self._kernel_info_future
        return bool(told.done() and told.result())

    def nudge(self) -> "asyncio.Future[None]":
        """Until what the kernel publishes is heard here: one that greets need not be asked, as stock ones are.

        That it answers is known already, and it would have to answer twice more before the first cell.
        """
        if not (getattr(self.kernel_manager, "greets", False) and self.kernel_info_answered()):
            return super().nudge()
        published, heard = self.channels["iopub"], asyncio.get_running_loop().create_future()

        def greet(_: Any) -> None:
            if not heard.done():
                heard.set_result(None)

        async def greeted() -> None:
            try:
                await asyncio.wait_for(heard, GREETING)
            except TimeoutError:
                await super(PromptConnection, self).nudge()
            finally:
                if not published.closed():
                    published.stop_on_recv()

        published.on_recv(greet)
        return asyncio.ensure_future(greeted())
