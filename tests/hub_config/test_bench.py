"""What `chm bench` prints, and what it can be asked for. The benchmarks' Hubs are driven in `test_hub_restart`."""

import argparse
import json
import subprocess
import sys
from importlib import import_module

import pytest

from conventions.texts import ROOT
from hub_config.benchmarks import members
from hub_config.benchmarks.figures import Figure
from hub_config.cli import bench


def test_a_figure_tells_both_and_how_many_times_better_ours_is() -> None:
    """Medians of what was measured, and the fewer of both counts."""
    figure = Figure.of("ready", "s", [0.3, 0.1, 0.2], [4.0, 2.0])
    assert json.loads(json.dumps(figure.row())) == {
        **{"name": "ready", "unit": "s", "ours": 0.2, "stock": 3.0, "ratio": 15.0, "n": 2}
    }


def test_a_figure_without_a_rival_claims_no_ratio() -> None:
    """Only ours is told."""
    figure = Figure.alone("members", "MB", 60.12345, 250)
    assert (figure.row()["stock"], figure.row()["ratio"], figure.ours) == (None, None, 60.123)
    assert "stock" not in figure.line() and "better" not in figure.line()


def test_members_work_on_a_whole_platform() -> None:
    """Two sign in, open their servers and kernels, and read the portal's pages."""
    seconds, memory, page = members.figures(argparse.Namespace(members=2, requests=7))
    assert seconds.n == 2 and seconds.ours > 0 and (memory.unit, memory.n) == ("MB", 2)
    assert page.n == 7 and page.ours > 0


@pytest.mark.parametrize("name", ["spawn", "kernel", "dashboard"])
def test_who_may_not_look_is_told_before_anything_is_started(name: str) -> None:
    """Some minutes of measuring would end in a refusal of the kernel's."""
    script = f"""
import argparse, os
from hub_config.benchmarks import {name}
os.getuid() or os.setuid(65534)
next({name}.figures(argparse.Namespace()))
"""
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False).stderr
    assert "only root is shown the memory of sandboxed processes" in said


@pytest.mark.parametrize("name", bench.BENCHMARKS)
def test_every_benchmark_has_its_options_and_json(name: str) -> None:
    """Each that is listed can be asked for, with `--json`, and its module measures."""
    parser = argparse.ArgumentParser()
    bench.arguments(parser)
    options = parser.parse_args([name, "--json"])
    assert (options.name, options.json) == (name, True)
    assert callable(import_module(f"hub_config.benchmarks.{name}").figures)
