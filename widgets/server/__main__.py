"""The Voila server of the public dashboards, in the platform's look and with what it offers cut to what is needed."""

import asyncio
import logging
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RedirectHandler, RequestHandler
from traitlets import Bool, Instance, Integer, Set, Unicode, default
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from conventions import logs
from conventions.languages import LANGUAGES
from widgets.asked import Asked
from widgets.dashboards import NOTEBOOKS, dashboards, kernel_environment
from widgets.kernels import provisioner
from widgets.kernels.prompt import PromptConnection, PromptManager
from widgets.server.contents import Contents
from widgets.server.drawing import draw, notebook_of, seed
from widgets.server.live_handler import EndHandler, LiveHandler, VisitorSocket
from widgets.server.page_handler import PageHandler
from widgets.server.pages import Crowded, Pages, Wanted
from widgets.server.rates import Rate
from widgets.server.run import Run, run
from widgets.server.visitors import Visitors
from widgets.server.zygote import Zygote

log = logging.getLogger("widgets.server")
TEMPLATE = "chm"
IDLE_SECONDS = 600
# Scripts come from here alone; a widget's own code reaches the page as a blob, JupyterLab's settings need `eval`.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class VisitorKernels(AsyncMappingKernelManager):
    """Kernels that see no secret of the server they are started by, and share what dashboards load."""

    zygote = Instance(Zygote)
    _starting = Set(Instance(asyncio.Task))
    _closed = Bool(False)

    @default("kernel_manager_class")
    def _prompt(self) -> str:
        return f"{PromptManager.__module__}.{PromptManager.__name__}"

    async def end_all(self) -> None:
        """End all kernels, those too that are only beginning; from now on none is begun."""
        self._closed = True
        await asyncio.gather(*self._starting, return_exceptions=True)
        # At once: none has anything to keep. One may just have ended in another way.
        end: Any = self.shutdown_kernel
        await asyncio.gather(*(end(kernel, now=True) for kernel in self.list_kernel_ids()), return_exceptions=True)

    async def _async_start_kernel(self, **options: Any) -> str:
        if self._closed:
            raise HTTPError(503, "No kernel is begun any more")
        task = asyncio.create_task(self._begun(options))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return await task

    async def _begun(self, options: dict[str, Any]) -> str:
        options["env"] = kernel_environment(options.get("env") or dict(os.environ))
        options["source"] = self.zygote
        # Its errors stand in this server's log.
        options["extra_arguments"] = [f"--IPKernelApp.logging_config={logs.of_application()}"]
        began = time.monotonic()
        kernel: str = await super()._async_start_kernel(**options)
        warm: Any = self.get_kernel(kernel).provisioner
        logs.tell(log, "kernel-started", how=warm.came, seconds=time.monotonic() - began, reason=warm.reason or None)
        return kernel

    # The base class says the same of itself.
    start_kernel = _async_start_kernel  # type: ignore[assignment]


class DashboardServer(Voila):
    """Voila without its file browser, whose pages are drawn ahead: the base address leads to the first dashboard."""

    most_kernels = Integer(12, config=True, help="How many visitors have a live kernel at once.")
    most_of_one = Integer(4, config=True, help="How many of these are for one network address.")
    starts_of_one = Integer(30, config=True, help="How many kernels one network address can be given in a minute.")
    views_of_one = Integer(30, config=True, help="How many new views one network address can have drawn in a minute.")
    proxies = Integer(1, config=True, help="How many proxies there are in front, each naming whom it was asked by.")
    pages_folder = Unicode(
        str(Path.home() / ".cache" / "chm-dashboards"), config=True, help="Where pages that were drawn are kept."
    )

    def init_handlers(self) -> list[Any]:
        hidden = (TornadoVoilaTreeHandler, TornadoVoilaHandler, VoilaContentsHandler, VoilaShutdownKernelHandler)
        kept = [handler for handler in super().init_handlers() if handler[1] not in hidden]
        socket = VoilaKernelWebsocketHandler
        handlers = [(at, VisitorSocket if kind is socket else kind, *more) for at, kind, *more in kept]
        self.contents = Contents([Path(self.root_dir)])
        self.pages = Pages(partial(draw, self, self.start_run), lambda: self.contents.version, Path(self.pages_folder))
        found = dashboards(Path(self.root_dir))
        first = url_path_join(self.base_url, found[0].path)
        names = {each.name for each in found}
        self.app.settings["visitors"] = Visitors(
            self.kernel_manager, self.most_kernels, self.most_of_one, Rate(self.starts_of_one)
        )
        self.kernel_manager.zygote = Zygote(Path(self.root_dir))
        live = {"start": self.start_run, "names": names, "proxies": self.proxies}
        IOLoop.current().add_callback(self.draw_ahead)
        return [
            *handlers,
            (
                url_path_join(self.server_url, r"/voila/render/([\w-]+)\.ipynb"),
                PageHandler,
                {"pages": self.pages, "names": names, "rate": Rate(self.views_of_one), "proxies": self.proxies},
            ),
            (url_path_join(self.server_url, r"/voila/live/([\w-]+)\.ipynb"), LiveHandler, live),
            (url_path_join(self.server_url, r"/voila/end/([\w-]+)"), EndHandler),
            (self.server_url, RedirectHandler, {"url": first, "permanent": False}),
        ]

    def stop(self) -> None:
        """End all kernels while the folder with their sockets is still there, and only then do as Voila does."""
        self.pages.close()
        self.ioloop.run_sync(self.kernel_manager.end_all)
        super().stop()

    async def start_run(self, name: str, view: Asked, version: str) -> Run:
        """A kernel that has run a dashboard, with the widgets that a page of this version has."""
        today = self.contents.version
        self.kernel_manager.zygote.renew(today)
        path, widgets = notebook_of(self, name), seed(Wanted(name, view.query), version)
        return await run(self, path, view, widgets, today)

    async def draw_ahead(self) -> None:
        """Have each dashboard ready in each language before somebody asks, the first language of all first."""
        logs.tell(log, "part-ready", part="dashboards")
        self.kernel_manager.zygote.renew(self.contents.version)
        for language in LANGUAGES:
            for each in dashboards(Path(self.root_dir)):
                await self._have(Wanted(each.name, f"lang={language}"))

    async def _have(self, wanted: Wanted) -> None:
        page = self.pages.known(wanted)
        while not page or page.version != self.contents.version:
            try:
                page = await self.pages.drawing(wanted)
            except Crowded:
                await asyncio.sleep(1)
            else:
                return


def log_request(handler: RequestHandler) -> None:
    """Voila's own line would have the visitor's address."""
    path, status = handler.request.path, handler.get_status()
    logs.tell_of_request(log, method=str(handler.request.method), path=path, status=status)


def configuration() -> Config:
    """Everything about the server that is the same wherever it runs."""
    config = Config()
    config.Voila.ip = "127.0.0.1"
    config.Voila.port_retries = 0
    config.Voila.open_browser = False
    config.Voila.root_dir = str(NOTEBOOKS)
    config.Voila.token = ""
    config.Voila.tornado_settings = {"headers": {"Content-Security-Policy": POLICY}, "log_function": log_request}
    config.Voila.logging_config = logs.of_application()
    # What is worth a line is told by events; the names of kernels, which it would log, are their visitors' keys.
    config.Voila.log_level = logging.WARNING
    config.VoilaConfiguration.template = TEMPLATE
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.strip_sources = True
    config.VoilaConfiguration.show_tracebacks = False
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.extension_allowlist = [
        "@jupyter-widgets/jupyterlab-manager",
        "@voila-dashboards/widgets-manager8",
        "anywidget",
    ]
    config.VoilaConfiguration.multi_kernel_manager_class = VisitorKernels
    config.Voila.kernel_websocket_connection_class = PromptConnection
    config.KernelManager.transport = "ipc"
    # Another in its place would know none of the page's widgets.
    config.KernelManager.autorestart = False
    config.VoilaExecutor.timeout = 60
    config.MappingKernelManager.cull_idle_timeout = IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 60
    # An open page works on without its kernel: what is drawn, chosen and downloaded happens in the browser.
    config.MappingKernelManager.cull_connected = True
    return config


def main() -> None:
    """Serve until SIGTERM; the port and the base address are options of Voila itself."""
    logs.begin()
    # They are the platform's own files, and what they show is put on the page by a kernel that ran them.
    logs.expect(DashboardServer.__name__, {"Notebook ": logging.DEBUG})
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(NOTEBOOKS.parent), os.environ.get("JUPYTER_PATH", "")])
    )
    # Where the platform has forked this server, its kernels are forked, too.
    provisioner.register()
    DashboardServer.launch_instance(config=configuration())


if __name__ == "__main__":
    main()
