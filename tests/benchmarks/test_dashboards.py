"""How fast a dashboard's notebook runs and its widgets answer; printed, and never the reason for a failure."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conventions.texts import ROOT
from widgets.dashboards import NOTEBOOKS

# In a process of its own: the cells, as a kernel runs them that has imported but read no data; then each choice there
# is of each control, twenty at most, with the full data.
RUNNING = """
import json, os, sys, time
import nbformat
from IPython.core.interactiveshell import InteractiveShell

path, os.environ["QUERY_STRING"] = sys.argv[1], "lang=" + sys.argv[2]
imports, *rest = [cell.source for cell in nbformat.read(path, 4).cells[1:] if cell.cell_type == "code"]
shell = InteractiveShell.instance()
assert shell.run_cell("import os; os.chdir(%r)" % os.path.dirname(path)).success
for line in imports.splitlines():
    if line.startswith("from "):
        assert shell.run_cell(line).success
begun = time.perf_counter()
assert all(shell.run_cell(cell, silent=True).success for cell in [imports, *rest])
cold = time.perf_counter() - begun

from ipywidgets.widgets.widget import _instances as widgets
from widgets.view import View

answers, changed = [], 0
for view in [each for each in widgets.values() if isinstance(each, View)]:
    for control in view.page["controls"]:
        options = [*control["options"], *(option for _, group in control["groups"] for option in group)]
        for value, _ in options[:20]:
            before, begun = view.shown, time.perf_counter()
            view.choice = {**view.choice, control["name"]: value}
            answers.append(time.perf_counter() - begun)
            changed += view.shown != before
print(json.dumps([cold, sorted(answers), changed]))
"""


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_dashboard_runs_and_its_widgets_answer(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Cold, imports done, 1 s is the aim; a changed choice is answered in 150 ms (Parties answers in the browser)."""
    for language in ("en", "ar"):
        command = [sys.executable, "-c", RUNNING, str(notebook), language]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        cold, answers, changed = json.loads(done.stdout.splitlines()[-1])
        assert bool(answers) == bool(changed) == (notebook.stem != "parties"), done.stdout
        slow = 1000 * answers[int(0.95 * len(answers))] if answers else 0
        said = f"; {len(answers)} choices, p95 {slow:.0f} ms (aim: 150 ms)" if answers else ""
        with capsys.disabled():
            sys.stdout.write(f"\n{notebook.stem}, {language}: cold {cold:.2f} s (aim: 1 s){said}")
