"""Puts side by side in memory what every forked process reads of every module.

To read a Python object is to write its count of references, and a page of memory that is written is shared no longer.
A kernel lists the files of all modules when it starts: with thousands of modules scattered over the template's memory
that alone costs each kernel some 10 MB.

What else is made of all modules, once, when it is first needed, is made here for all.
"""

import inspect
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

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


def files_side_by_side() -> None:
    """Once all is imported: copy the names of the modules' files, all in a row."""
    for module in [*sys.modules.values()]:
        if isinstance(file := getattr(module, "__file__", None), str):
            module.__file__ = "".join([*file])


def files_known() -> None:
    """Once the files have their last names: have the table that an error's report looks a file's module up in."""
    inspect.getmodule(files_known.__code__, str(__file__) + " is not a module's")
