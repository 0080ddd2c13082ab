"""The process of which visitors' kernels are forked: they share what it loaded and nothing of each other's."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub_config.benchmarks.dashboard import Connection, begin, between
from hub_config.benchmarks.hubs import family
from hub_config.benchmarks.sites import Site
from tests.hub_config.test_lodger import BASE, command_line, lodging
from tests.hub_config.warm_template import Template, running_template
from tests.ports import free_port
from tests.waiting import PATIENCE, until
from tests.widgets.conftest import sample_notebook
from widgets.dashboards import voila_command

CELL = """
import random, secrets, uuid

import ipywidgets
from widgets.ratifications import Ratifications

number, said = ipywidgets.IntSlider(value=1, max=100), ipywidgets.Label()
number.observe(lambda change: setattr(said, "value", f"now {change.new}"), "value")
drawn = ipywidgets.Text(f"{random.random()} {secrets.token_hex()} {uuid.uuid4()}")
ipywidgets.VBox([number, said, drawn])
"""


@dataclass
class Dashboards:
    """A running server of one dashboard in a room of the template's."""

    template: Template
    site: Site
    notebooks: Path

    @property
    def zygotes(self) -> list[int]:
        return [pid for pid in family(self.template.process.pid) if "rehearse(Path(" in command_line(pid)]

    def begin(self) -> tuple[str, int]:
        """A live kernel's name and its parent."""
        name = begin(self.site, self.drawn)
        # It is named in the file that it is given.
        (kernel,) = (pid for pid in family(self.template.process.pid) if f"{name}.json" in command_line(pid))
        return name, int(Path(f"/proc/{kernel}/stat").read_text().rpartition(")")[2].split()[1])

    def begin_from_zygote(self) -> Connection:
        """A connection to a live kernel that is the child of a zygote, which may first have to come up."""
        for _ in range(100):
            name, parent = self.begin()
            if parent in self.zygotes:
                return Connection(self.site, name)
            httpx.post(f"{self.site.base}voila/end/{name}", timeout=PATIENCE).raise_for_status()
        pytest.fail("no zygote has come up")

    @property
    def drawn(self) -> dict[str, Any]:
        """What its page says."""
        page = httpx.get(self.site.page, timeout=PATIENCE).raise_for_status().text
        return dict(json.loads(between(page, '<script id="drawn" type="application/json">', "</script>")))

    @property
    def answers(self) -> bool:
        try:
            return httpx.get(self.site.page, timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboards]:
    with running_template(tmp_path_factory.mktemp("template")) as template:
        home, port = template.home("dashboards"), free_port()
        notebooks = home / "notebooks"
        notebooks.mkdir()
        sample_notebook(notebooks, CELL)
        (notebooks / "broken.ipynb").write_text(
            (notebooks / "sample.ipynb").read_text().replace("import random", "1/0")
        )
        limits = [f"--DashboardServer.{name}=1000" for name in ("most_of_one", "starts_of_one")]
        command = [*voila_command(port, BASE, 1000), "--Voila.root_dir=/home/learner/notebooks", *limits]
        base = f"http://127.0.0.1:{port}{BASE}"
        with lodging(template.socket, command, home):
            found = Dashboards(template, Site(f"{base}voila/render/sample.ipynb?lang=en", base, []), notebooks)
            until(lambda: found.answers)
            yield found


def values(connection: Connection, kind: str) -> list[object]:
    states = connection.states().values()
    return [state["state"]["value"] for state in states if state["state"]["_model_name"] == kind]


def test_visitors_share_no_chance_and_no_state(dashboards: Dashboards) -> None:
    """Two forked from the same process: each draws for herself, and what one has done the other does not see."""
    first, second = dashboards.begin_from_zygote(), dashboards.begin_from_zygote()
    states = first.states()
    first.touch({model: {"model_name": state["state"]["_model_name"]} for model, state in states.items()})
    assert values(first, "IntSliderModel") == [7] and values(second, "IntSliderModel") == [1]
    assert values(second, "LabelModel") == [""]
    third = dashboards.begin_from_zygote()
    drawn = [str(values(each, "TextModel")[0]).split() for each in (first, second, third)]
    assert [len({*each}) for each in zip(*drawn, strict=True)] == [3, 3, 3]
    # A rehearsal leaves no widget behind.
    assert len(third.states()) == len(states) == len(dashboards.drawn["state"])


def test_visitors_do_without_it_and_get_another(dashboards: Dashboards) -> None:
    """Killed, it takes no kernel along, and the next visitor has hers; a new version has a new one."""
    before = dashboards.begin_from_zygote()
    (zygote,) = dashboards.zygotes
    os.kill(zygote, signal.SIGKILL)
    until(lambda: not dashboards.zygotes)
    assert values(before, "IntSliderModel") == [1]
    assert dashboards.begin()[1] != zygote
    old = dashboards.drawn["version"]
    sample_notebook(dashboards.notebooks, CELL.replace("value=1", "value=3"))
    until(lambda: dashboards.drawn["version"] != old)
    assert values(dashboards.begin_from_zygote(), "IntSliderModel") == [3]
    assert len(dashboards.zygotes) == 1


def test_one_that_hangs_is_waited_for_once(dashboards: Dashboards) -> None:
    """It is ended for it, so that another can take its place; the visitor has her kernel all the same."""
    dashboards.begin_from_zygote()
    (zygote,) = dashboards.zygotes
    os.kill(zygote, signal.SIGSTOP)
    assert dashboards.begin()[1] != zygote
    until(lambda: zygote not in dashboards.zygotes)
