"""A member's own server: JupyterHub's, with kernels that are forked where they can be."""

import os
import socket
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterhub.singleuser.extension import JupyterHubSingleUser
from traitlets import default

from widgets.kernels.provisioner import register

# Names the descriptor of a socket that listens already: who connects while the server starts waits for its answer.
LISTENER = "CHM_LISTENER"


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's websocket that sends small messages at once."""

    def connect(self) -> Any:
        """The results of a cell would wait some 40 ms until the browser has confirmed the echo of its input."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()

    def nudge(self) -> Any:
        """A kernel that was forked listens already; that it is starting would be looked at every 50 ms only."""
        if self.kernel_manager.execution_state == "starting":
            self.kernel_manager.execution_state = "idle"
        return super().nudge()


class LearnerServer(ServerApp):
    """A server that takes over the socket it was given; without one it opens its own."""

    @default("kernel_websocket_connection_class")
    def _prompt(self) -> type[PromptConnection]:
        return PromptConnection

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


def main() -> None:
    """Serve until it is told to stop; the Hub says where and for whom in the environment."""
    register()
    JupyterHubSingleUser.serverapp_class = LearnerServer
    JupyterHubSingleUser.launch_instance()
