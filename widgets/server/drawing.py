"""Draws a dashboard's page: its notebook is run once, and what came of it is put into the platform's look."""

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2.utils import htmlsafe_json_dumps
from nbformat import NotebookNode
from voila.app import Voila
from voila.notebook_renderer import NotebookRenderer
from voila.utils import get_page_config

from conventions.dates import written
from conventions.languages import LANGUAGES
from conventions.texts import N_
from widgets.asked import Asked, from_address
from widgets.server.pages import Wanted
from widgets.server.run import Start

# The page's script answers for this kernel, until somebody touches what needs a real one.
NO_KERNEL = "drawn"


async def draw(server: Voila, start: Start, wanted: Wanted, version: str) -> bytes:
    """The page with its widgets' state; raises whatever the notebook does when it fails."""
    view = from_address(wanted.query)
    ran = await start(wanted.name, view, version)
    await server.kernel_manager.shutdown_kernel(ran.kernel, now=True)
    ran.notebook.metadata["page"] = words(ran.notebook, view, platform=server.base_url != "/")
    # Not by the template's own filter, which sorts: what a widget holds has an order.
    ran.notebook.metadata["drawn"] = str(
        htmlsafe_json_dumps({**ran.widgets, "version": version, "models": ran.models}, sort_keys=False)
    )
    return await _html(server, f"{wanted.name}.ipynb", ran.notebook)


def notebook_of(server: Voila, name: str) -> Path:
    return Path(server.root_dir, f"{name}.ipynb")


def seed(wanted: Wanted, version: str) -> str:
    """What the ids of a page's widgets are made of."""
    return f"{wanted.name} {wanted.query} {version}"


async def _html(server: Voila, path: str, notebook: NotebookNode) -> bytes:
    config, settings = server.voila_configuration, server.app.settings
    page_config = get_page_config(
        base_url=server.base_url, settings=settings, log=server.log, voila_configuration=config
    )
    renderer = NotebookRenderer(
        voila_configuration=config,
        traitlet_config=server.config,
        notebook_path=path,
        template_paths=server.template_paths,
        config_manager=server.config_manager,
        contents_manager=server.contents_manager,
        base_url=server.base_url,
        kernel_spec_manager=server.kernel_spec_manager,
        page_config={**page_config, "kernelId": NO_KERNEL},
        mathjax_config=settings.get("mathjax_config"),
        mathjax_url=settings.get("mathjax_url"),
    )
    await renderer.initialize()
    renderer.notebook = notebook
    html: str = await renderer.generate_content_str()
    return html.encode()


def words(notebook: NotebookNode, view: Asked, *, platform: bool) -> dict[str, Any]:
    """What stands on the page beside what the cells show, in the visitor's language."""
    translate, about, language = view.translate, notebook.metadata["chm"], view.language
    return {
        "language": language,
        "direction": LANGUAGES[language].direction,
        "title": about["title"][language],
        "summary": about["summary"][language],
        "as_of": translate(N_("Main source as of {date}."), date=written(date.fromisoformat(about["as_of"]), language)),
        "loading": translate(N_("The chart is being prepared. This takes a few seconds.")),
        "noscript": translate(N_("The chart needs JavaScript. What stands below can be read without it.")),
        "wait": translate(N_("One moment: this is being calculated.")),
        "busy": translate(
            N_(
                "All places for live calculations are taken for the moment. What is shown stays readable; what needs a "
                "calculation can be tried again in a few minutes."
            )
        ),
        "often": translate(
            N_(
                "Many calculations were asked for from your network. What is shown stays readable; please try again in "
                "a minute."
            )
        ),
        "lost": translate(
            N_("This could not be calculated. What is shown stays readable; reload the page to try again.")
        ),
        "skip": translate(N_("Skip to the content")),
        "home": translate(N_("Clearing-house learning")),
        "all": translate(N_("All dashboards")),
        "switch": translate(N_("Language")),
        "platform": platform,
        "languages": [(code, item.name, _address(view, code)) for code, item in LANGUAGES.items()],
    }


def _address(view: Asked, language: str) -> str:
    return "?" + urlencode({"lang": language} | view.chosen)
