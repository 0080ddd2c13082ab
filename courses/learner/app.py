"""A member's own server: JupyterHub's, with kernels that are forked where they can be, the first in advance."""

import os
import socket
from collections.abc import Callable
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterhub.singleuser.extension import JupyterHubSingleUser
from tornado.ioloop import IOLoop
from traitlets import default

from courses.learner.kernels import LearnerKernels
from widgets.kernels.provisioner import register

# Names the descriptor of a socket that listens already: who connects while the server starts waits for its answer.
LISTENER = "CHM_LISTENER"


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


class LearnerServer(ServerApp):
    """A server that takes over the socket it was given; without one it opens its own."""

    @default("kernel_websocket_connection_class")
    def _prompt(self) -> type[PromptConnection]:
        return PromptConnection

    @default("kernel_manager_class")
    def _in_advance(self) -> type[LearnerKernels]:
        return LearnerKernels

    def load_server_extensions(self) -> None:
        """Load them, and from then on prepare a kernel when a page of JupyterLab or Notebook has been opened."""
        super().load_server_extensions()
        settings, kernels = self.web_app.settings, self.kernel_manager
        if isinstance(kernels, LearnerKernels):
            settings["page_config_hook"] = opened(kernels, settings.get("page_config_hook", unchanged))

    _given: socket.socket | None = None

    def _find_http_port(self) -> None:
        if LISTENER in os.environ:
            self._given = socket.socket(fileno=int(os.environ.pop(LISTENER)))
            self._given.setblocking(False)
        else:
            super()._find_http_port()

    def _bind_http_server_tcp(self) -> bool:
        if self._given is None:
            return bool(super()._bind_http_server_tcp())
        self.http_server.add_socket(self._given)
        return True


def unchanged(_handler: Any, config: Any) -> Any:
    """What a page is told, where nobody adds to it."""
    return config


def opened(kernels: LearnerKernels, tell: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What adds to what each page is told as `tell` does, and afterwards has `kernels` prepare one."""

    def told(handler: Any, config: Any) -> Any:
        # Once the page is on its way.
        IOLoop.current().add_callback(kernels.prepare)
        return tell(handler, config)

    return told


def main() -> None:
    """Serve until it is told to stop; the Hub says where and for whom in the environment."""
    register()
    JupyterHubSingleUser.serverapp_class = LearnerServer
    JupyterHubSingleUser.launch_instance()
