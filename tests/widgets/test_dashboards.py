"""What dashboards there are, how they are started, and what their kernels may see."""

import sys
from datetime import date

import nbformat
import pytest

from conventions.languages import LANGUAGES
from widgets.dashboards import NOTEBOOKS, dashboards, kernel_environment, voila_command


def test_every_dashboard_says_what_it_is_in_six_languages() -> None:
    """Title, summary, date and source are there for the portal's list."""
    for dashboard in dashboards():
        assert set(dashboard.title) == set(dashboard.summary) == set(LANGUAGES)
        assert len(set(dashboard.title.values())) == len(LANGUAGES)
        assert date.fromisoformat(dashboard.as_of) and dashboard.source
        assert dashboard.path == f"voila/render/{dashboard.name}.ipynb"
    assert [dashboard.name for dashboard in dashboards()] == [
        *("chemicals", "movements", "parties", "plastic-and-e-waste", "reporting")
    ]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_valid_and_without_outputs(path: object) -> None:
    """What is shown is always computed, never left over from an author's machine."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_the_command_that_starts_the_dashboards() -> None:
    """This interpreter, the port, the base address, how many visitors and proxies; no shell."""
    command = voila_command(8123, "/services/dashboards/", 3, proxies=2)
    assert command == [
        sys.executable,
        "-m",
        "widgets.server",
        "--port=8123",
        "--base_url=/services/dashboards/",
        "--DashboardServer.most_kernels=3",
        "--DashboardServer.proxies=2",
    ]


def test_a_kernel_sees_no_secret() -> None:
    """Only what is listed passes: tokens, settings and folders of the platform do not."""
    seen = kernel_environment(
        {
            "PATH": "/bin",
            "QUERY_STRING": "lang=ar",
            "VOILA_KERNEL_ID": "1",
            "JUPYTERHUB_API_TOKEN": "t",
            "CHM_HOME": "/x",
        }
    )
    assert seen["PATH"] == "/bin" and seen["QUERY_STRING"] == "lang=ar" and seen["VOILA_KERNEL_ID"] == "1"
    assert not {"JUPYTERHUB_API_TOKEN", "CHM_HOME"} & set(seen)
