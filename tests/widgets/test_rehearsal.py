"""What a visitor's kernel finds in its memory, of which every other visitor's has a copy."""

import subprocess
import sys

from conventions.texts import ROOT

# Modules, classes and what both name; `fresh.chance` gives new seeds to the two that are known.
GENERATORS = """
import random, sys, types
import numpy
from hub_config.warm.template import MODULES, load
from widgets.dashboards import NOTEBOOKS
from widgets.server.rehearsal import rehearse

load(MODULES)
rehearse(NOTEBOOKS, "today")
kinds = (random.Random, numpy.random.Generator, numpy.random.RandomState, numpy.random.BitGenerator)
modules = {name: vars(module) for name, module in [*sys.modules.items()] if isinstance(module, types.ModuleType)}
classes = {f"{name}.{known}": vars(each) for name, names in modules.items() for known, each in [*names.items()]
    if isinstance(each, type) and each.__module__ == name}
print(*sorted({f"{owner}.{name}" for owner, names in {**modules, **classes}.items() for name, value in [*names.items()]
    if isinstance(value, kinds) and not isinstance(value, random.SystemRandom)}))
"""


def test_no_generator_of_random_numbers_is_shared() -> None:
    """Whatever all dashboards have loaded draws from the two that a forked process seeds anew, or from the system."""
    command = [sys.executable, "-Xfrozen_modules=off", "-c", GENERATORS]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["numpy.random.mtrand._rand", "random._inst"]
