"""The README of the convention data names every table and only loaders that there are."""

import re
from importlib import import_module

from conventions.tables import resources
from conventions.texts import ROOT

README = (ROOT / "conventions" / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in README.splitlines() if line.startswith("| `")]


def test_every_table_is_named_once() -> None:
    """A table that is not in the README, and one that is no more, fail here."""
    assert [name for row in ROWS for name in re.findall(r"`(\w+)`", row.split("|")[1])] == sorted(
        resources(), key=lambda name: README.index(f"`{name}`")
    )


def test_loaders_are_there() -> None:
    """Each loader named is a function of its module and gives what it is to give."""
    for row in ROWS:
        loaders = re.findall(r"(?:(\w+)\.)?(\w+)\(\)", row.split("|")[2])
        module = ""
        for named, function in loaders:
            module = named or module
            assert callable(getattr(import_module(f"conventions.{module}"), function))


def test_the_example_runs() -> None:
    """What the README shows works as it stands."""
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    exec(example[1], {})  # noqa: S102
