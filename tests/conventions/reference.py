"""The folder of reference data, where it is at hand: beside the checkout, or beside a folder above it."""

from pathlib import Path

import pytest

from conventions.texts import ROOT


def reference() -> Path:
    """`shared/data` beside this checkout. A clone without it says so and goes by the recorded comparison alone."""
    for above in ROOT.parents:
        if (folder := above / "shared" / "data").is_dir():
            return folder
    pytest.skip("no shared/data beside this checkout: the comparison as recorded is tested, not made again")
