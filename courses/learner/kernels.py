"""The kernels of a member's own server: the one that she will ask for next is there already.

She opens a page of JupyterLab or Notebook, and has no kernel yet; or she opens a notebook that has none. Her browser
then asks for one within seconds. A kernel costs memory, and so never more than one waits, and not for long.
"""

import asyncio
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from traitlets import Any as Anything
from traitlets import Float, Int, default

from widgets.kernels.forking import NotForked
from widgets.kernels.prompt import PromptManager
from widgets.kernels.spare import Spare

# Seconds that it waits for her: while she looks for a notebook, and while one that she has opened is drawn.
PATIENCE, SOON = 300.0, 30.0
# Seconds in which a kernel that starts says who it is.
ANSWER = 20.0


class LearnerKernels(AsyncMappingKernelManager):
    """The stock kernels, and one that waits once a page or a notebook has been opened."""

    patience = Float(PATIENCE, config=True, help="How many seconds a kernel waits until it is asked for.")
    # Its `KernelManager`, name and number, as `pre_start_kernel` gives them, and the `Spare`.
    _waiting = Anything(None, allow_none=True)
    # How many she has asked for.
    _asked = Int(0)

    @default("kernel_manager_class")
    def _prompt(self) -> str:
        return f"{PromptManager.__module__}.{PromptManager.__name__}"

    async def page_opened(self) -> None:
        """Have a kernel wait for her first notebook; a page that is loaded again brings her kernels back."""
        if not self._asked:
            await self._prepare(self.patience)

    async def notebook_opened(self) -> None:
        """Have a kernel wait for a notebook that has none."""
        await self._prepare(min(self.patience, SOON))

    async def _prepare(self, patience: float) -> None:
        """Have a kernel wait so many seconds, if none waits and one can be forked."""
        if self._waiting:
            return
        asked = self._asked
        found: Any = super().pre_start_kernel(None, {})
        manager, _, number = found
        command, options = await manager.pre_start_kernel(kernel_id=number)
        try:
            # She may have gone on meanwhile, or opened another page.
            if self._waiting or self._asked != asked:
                raise NotForked("it is not wanted any more")
            self._waiting = (found, Spare(command, options["env"], str(Path.cwd())))
        except NotForked as reason:
            self.log.debug("No kernel waits: %s", reason)
            manager.cleanup_connection_file()
        else:
            IOLoop.current().call_later(patience, self._tire, self._waiting)
            await introduce(manager)

    def pre_start_kernel(self, kernel_name: str | None, kwargs: dict[str, Any]) -> Any:
        """The manager of a kernel to be started, its name and its number: the waiting one's, where that will do."""
        self._asked += 1
        waiting, self._waiting = self._waiting, None
        if not waiting:
            return super().pre_start_kernel(kernel_name, kwargs)
        found, spare = waiting
        if "kernel_id" in kwargs or not self._is_of(found, kernel_name):
            self._end(waiting)
            return super().pre_start_kernel(kernel_name, kwargs)
        kwargs["source"] = spare
        return found

    def _is_of(self, found: Any, name: str | None) -> bool:
        """Whether a kernel of this name is the one that was found, and nobody has changed what that means."""
        specs: Any = self.kernel_spec_manager
        manager, known, _ = found
        return name in {None, known} and bool(specs.get_kernel_spec(known).to_dict() == manager.kernel_spec.to_dict())

    def _tire(self, waiting: Any) -> None:
        if self._waiting is waiting:
            self._waiting = None
            self._end(waiting)

    def _end(self, waiting: Any) -> None:
        (manager, *_), spare = waiting
        spare.end()
        manager.cleanup_connection_file()
        manager.cleanup_ipc_files()


async def introduce(manager: Any) -> None:
    """Ask a kernel who it is, as its first websocket would, and have its manager know how to tell of its start."""
    _ = manager.event_logger
    stream, answered = manager.connect_control(), asyncio.get_running_loop().create_future()
    stream.on_recv(answered.set_result)
    manager.session.send(stream, "kernel_info_request")
    try:
        _, answer = manager.session.feed_identities(await asyncio.wait_for(answered, ANSWER))
    except TimeoutError:
        return
    finally:
        stream.close()
    # Where websockets look before they ask; one that came meanwhile has asked already.
    known: Future[Any] = vars(manager).setdefault("_kernel_info_future", Future())
    if not known.done():
        known.set_result(manager.session.deserialize(answer)["content"])
