"""Puts side by side in memory what every forked process reads of every module.

To read a Python object is to write its count of references, and a page of memory that is written is shared no longer.
A kernel lists the files of all modules when it starts: with thousands of modules, and their names, scattered over the
template's memory that alone costs each kernel some 14 MB.

What else is found out about all modules or classes, once, when it is first needed, is found out here for all.
"""

import inspect
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

import zmq

# More than a template imports; one costs 300 bytes.
MODULES = 4000


def modules_side_by_side() -> None:
    """Before anything is imported: make the modules' objects, all in a row, that imports are to use."""
    made = [ModuleType("") for _ in range(MODULES)]

    def create_module(_loader: SourceFileLoader, spec: ModuleSpec) -> ModuleType | None:
        if not made:
            return None
        module = made.pop()
        module.__name__ = spec.name
        return module

    SourceFileLoader.create_module = create_module  # type: ignore[method-assign, assignment]


def imports_as_usual() -> None:
    """Once all is imported: imports make their own modules again."""
    with suppress(AttributeError):
        del SourceFileLoader.create_module


def names_side_by_side() -> None:
    """Once all is imported: copy the names of the modules and of their files, each all in a row."""
    for module in [*sys.modules.values()]:
        # To ask may import more.
        if isinstance(file := getattr(module, "__file__", None), str):
            module.__file__ = _copy(file)
    modules = {_copy(name): module for name, module in sys.modules.items()}
    # It stays the one that imports look in, and there is none meanwhile.
    sys.modules.clear()
    sys.modules.update(modules)


def _copy(text: str) -> str:
    return "".join([*text])


def all_known() -> None:
    """Once names have been copied: have what is looked up in all modules, or asked of all classes of a kind."""
    # The table that an error's report finds a file's module in.
    inspect.getmodule(all_known.__code__, str(__file__) + " is not a module's")
    # A class without annotations is given some when a socket's option is set, and all classes made of it hear of that.
    for kind in zmq.Socket.__mro__:
        getattr(kind, "__annotations__", None)
    # Each message to a log asks whether what it is about is a mapping; to answer first, all mappings are looked at.
    for kind in (str, int, list):
        issubclass(kind, Mapping)
