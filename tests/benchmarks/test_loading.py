"""How long it takes to load the convention data; printed, and never the reason for a failure."""

import subprocess
import sys

import pytest

from conventions.tables import resources

LOADING = """
import time
import pandas
from conventions.tables import resources, table
start = time.perf_counter()
for name in resources():
    table(name)
print(f"{time.perf_counter() - start:.3f}")
"""


def test_loading_all_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """Every table in a process of its own, pandas imported before: 0.3 s is the aim."""
    done = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(resources())} tables loaded in {float(done.stdout)} s (aim: 0.3 s)\n")
