"""A member's own server: JupyterHub's, with kernels that are forked where they can be, and in advance."""

import os
import socket
from collections.abc import Callable
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyterhub.singleuser.extension import JupyterHubSingleUser
from tornado.ioloop import IOLoop
from traitlets import default

from courses.learner.contents import Hears, LearnerContents
from courses.learner.kernels import LearnerKernels
from widgets.kernels.prompt import PromptConnection
from widgets.kernels.provisioner import register

# Names the descriptor of a socket that listens already: who connects while the server starts waits for its answer.
LISTENER = "CHM_LISTENER"


class LearnerServer(ServerApp):
    """A server that takes over the socket it was given; without one it opens its own."""

    @default("kernel_websocket_connection_class")
    def _prompt(self) -> type[PromptConnection]:
        return PromptConnection

    @default("kernel_manager_class")
    def _in_advance(self) -> type[LearnerKernels]:
        return LearnerKernels

    @default("contents_manager_class")
    def _telling(self) -> type[LearnerContents]:
        return LearnerContents

    def load_server_extensions(self) -> None:
        """Load them, and from then on tell the kernels of pages and notebooks that are opened."""
        super().load_server_extensions()
        settings, kernels, files = self.web_app.settings, self.kernel_manager, self.contents_manager
        if isinstance(kernels, LearnerKernels):
            settings["page_config_hook"] = page_opened(kernels, settings.get("page_config_hook", unchanged))
            if isinstance(files, LearnerContents):
                files.opened = notebook_opened(kernels, self.session_manager)

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


def page_opened(kernels: LearnerKernels, tell: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """What adds to what each page of JupyterLab or Notebook is told as `tell` does, and then tells the kernels."""

    def told(handler: Any, config: Any) -> Any:
        # Once the page is on its way.
        IOLoop.current().add_callback(kernels.page_opened)
        return tell(handler, config)

    return told


def notebook_opened(kernels: LearnerKernels, sessions: Any) -> Hears:
    """What hears of each notebook that is opened, and tells the kernels of one that has none."""

    async def heard(path: str) -> None:
        if not await sessions.session_exists(path):
            # Once the notebook is on its way.
            IOLoop.current().add_callback(kernels.notebook_opened)

    return heard


def main() -> None:
    """Serve until it is told to stop; the Hub says where and for whom in the environment."""
    register()
    JupyterHubSingleUser.serverapp_class = LearnerServer
    JupyterHubSingleUser.launch_instance()
