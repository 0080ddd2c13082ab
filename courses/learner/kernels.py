"""The kernels of a member's own server: the first that she asks for is there already, if she has opened a page.

It costs memory, and so there is never more than one, none without a page, and none after she had a kernel.
"""

from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from traitlets import Any as Anything
from traitlets import Bool, Float

from widgets.kernels.forking import NotForked
from widgets.kernels.spare import Spare

# Seconds that it waits for her.
PATIENCE = 300.0


class LearnerKernels(AsyncMappingKernelManager):
    """The stock kernels, and `prepare`."""

    patience = Float(PATIENCE, config=True, help="How many seconds a kernel waits until it is asked for.")
    # Its `KernelManager`, name and number, as `pre_start_kernel` gives them, and the `Spare`.
    _waiting = Anything(None, allow_none=True)
    _asked = Bool(False)

    async def prepare(self) -> None:
        """Have a kernel wait, if she has asked for none yet, none waits, and one can be forked."""
        if self._asked or self._waiting:
            return
        found: Any = super().pre_start_kernel(None, {})
        manager, _, number = found
        command, options = await manager.pre_start_kernel(kernel_id=number)
        try:
            # She may have gone on meanwhile, or opened another page.
            if self._asked or self._waiting:
                raise NotForked("it is not wanted any more")
            self._waiting = (found, Spare(command, options["env"], str(Path.cwd())))
        except NotForked as reason:
            self.log.debug("No kernel waits: %s", reason)
            manager.cleanup_connection_file()
        else:
            IOLoop.current().call_later(self.patience, self._tire, self._waiting)

    def pre_start_kernel(self, kernel_name: str | None, kwargs: dict[str, Any]) -> Any:
        """The manager of a kernel to be started, its name and its number: the waiting one's, where that will do."""
        self._asked, waiting, self._waiting = True, self._waiting, None
        if not waiting:
            return super().pre_start_kernel(kernel_name, kwargs)
        found, spare = waiting
        if "kernel_id" in kwargs or not self._is_of(found, kernel_name):
            self._end(waiting)
            return super().pre_start_kernel(kernel_name, kwargs)
        # It is written anew with what is known only now.
        Path(found[0].connection_file).unlink(missing_ok=True)
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
