"""The Voila server of the public dashboards, in the platform's look and with what it offers cut to what is needed."""

import os
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from nbformat import NotebookNode
from tornado.web import HTTPError, RedirectHandler
from traitlets import Integer
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from conventions.languages import LANGUAGES, best
from conventions.texts import N_, texts
from widgets.asked import VIEW
from widgets.dashboards import NOTEBOOKS, dashboards, kernel_environment

TEMPLATE = "chm"
IDLE_SECONDS = 600
# What of an address the language switch repeats.
KEPT = ("convention", "region", *VIEW)
# Scripts come from here alone; a widget's own code reaches the page as a blob, JupyterLab's settings need `eval`.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


class VisitorKernels(AsyncMappingKernelManager):
    """Kernels that see no secret of the server they are started by."""

    async def _async_start_kernel(self, **options: Any) -> str:
        options["env"] = kernel_environment(options.get("env") or dict(os.environ))
        kernel: str = await super()._async_start_kernel(**options)
        return kernel

    # The base class says the same of itself.
    start_kernel = _async_start_kernel  # type: ignore[assignment]


class DashboardServer(Voila):
    """Voila without its file browser: the base address leads to the first dashboard."""

    most_kernels = Integer(12, config=True, help="How many visitors are served at once; a kernel takes some 150 MB.")

    def init_handlers(self) -> list[Any]:
        hidden = (TornadoVoilaTreeHandler, VoilaContentsHandler)
        handlers = [handler for handler in super().init_handlers() if handler[1] not in hidden]
        first = url_path_join(self.base_url, dashboards()[0].path)
        return [*handlers, (self.server_url, RedirectHandler, {"url": first, "permanent": False})]


def configuration() -> Config:
    """Everything about the server that is the same wherever it runs."""
    config = Config()
    config.Voila.ip = "127.0.0.1"
    config.Voila.port_retries = 0
    config.Voila.open_browser = False
    config.Voila.root_dir = str(NOTEBOOKS)
    config.Voila.token = ""
    config.Voila.tornado_settings = {"headers": {"Content-Security-Policy": POLICY}}
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
    config.VoilaConfiguration.http_header_envs = ["Accept-Language"]
    config.VoilaConfiguration.multi_kernel_manager_class = VisitorKernels
    config.VoilaConfiguration.prelaunch_hook = prepare
    config.KernelManager.transport = "ipc"
    config.VoilaExecutor.timeout = 60
    config.MappingKernelManager.cull_idle_timeout = IDLE_SECONDS
    config.MappingKernelManager.cull_interval = 60
    # An open page works on without its kernel: what is drawn, chosen and downloaded happens in the browser.
    config.MappingKernelManager.cull_connected = True
    return config


def prepare(request: JupyterHandler, notebook: NotebookNode, cwd: str) -> NotebookNode:  # noqa: ARG001
    """Give the page its language and first words, which are sent before the kernel has started.

    Raises HTTP 503 when as many visitors are served as the machine can bear.
    """
    asked = request.get_query_argument("lang", "")
    language = asked if asked in LANGUAGES else best(request.request.headers.get("Accept-Language", ""))
    translate, about = texts(language), notebook.metadata["chm"]
    if len(request.kernel_manager) >= request.settings["voila"].most_kernels:
        raise HTTPError(503, translate(N_("All places are taken for the moment. Please try again in a few minutes.")))
    base_url = request.base_url
    notebook.metadata["page"] = {
        "language": language,
        "direction": LANGUAGES[language].direction,
        "title": about["title"][language],
        "summary": about["summary"][language],
        "as_of": translate(N_("Main source as of {date}."), date=_date(about["as_of"], language)),
        "loading": translate(N_("The chart is being prepared. This takes a few seconds.")),
        "noscript": translate(N_("The chart needs JavaScript. What stands below can be read without it.")),
        "failed": translate(N_("This part could not be shown. Reload the page to try again.")),
        "skip": translate(N_("Skip to the content")),
        "home": translate(N_("Clearing-house learning")),
        "all": translate(N_("All dashboards")),
        "switch": translate(N_("Language")),
        "platform": base_url != "/",
        "languages": [(code, item.name, _address(request, code)) for code, item in LANGUAGES.items()],
    }
    return notebook


def _address(request: JupyterHandler, language: str) -> str:
    kept = {name: request.get_query_argument(name, "") for name in KEPT}
    return "?" + urlencode({"lang": language} | {name: value for name, value in kept.items() if value})


def _date(iso: str, language: str) -> str:
    return format_date(date.fromisoformat(iso), format="long", locale=language)


def main() -> None:
    """Serve until SIGTERM; the port and the base address are options of Voila itself."""
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(NOTEBOOKS.parent), os.environ.get("JUPYTER_PATH", "")])
    )
    DashboardServer.launch_instance(config=configuration())


if __name__ == "__main__":
    main()
