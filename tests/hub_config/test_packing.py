"""What the template makes, finds out and puts in order, so that what is forked from it need not, and shares it."""

from collections.abc import Iterator

import pytest

from tests.hub_config.warm_template import Template, running_template


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """One template."""
    with running_template(tmp_path_factory.mktemp("packing")) as running:
        yield running


LAYOUT = """
import importlib.machinery, sys, types, plotly
print('create_module' in vars(importlib.machinery.SourceFileLoader), plotly.__name__, plotly.__spec__.name)
for kind in ([module for module in sys.modules.values() if type(module) is types.ModuleType], sys.modules):
    places = sorted(map(id, kind))
    print(sum(near - far < 4096 for far, near in zip(places, places[1:])) > 0.8 * len(places))
"""


def test_modules_lie_side_by_side_and_imports_are_as_usual(template: Template) -> None:
    """Most modules, and most of their names, have their neighbour on the same page of memory; nothing else is left."""
    assert template.run(LAYOUT) == "False plotly plotly\nTrue\nTrue\n"


KNOWN = """
import abc, collections.abc, typing
from _abc import _get_dump
print("__annotations__" in vars(typing.Generic))
_, _, denied, version = _get_dump(collections.abc.Mapping)
print({str, int, list} <= {each() for each in denied}, version == abc.get_cache_token())
"""


def test_what_is_asked_of_all_classes_is_known(template: Template) -> None:
    """To find it out, a kernel would write to hundreds of pages that it shares with all others."""
    assert template.run(KNOWN) == "True\nTrue True\n"


FIRST_ERROR = """
import inspect, sys
loaded, known = set(sys.modules), len(inspect.modulesbyfile)
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
with capture_output() as told:
    shell.run_cell('1/0')
new = {name.partition('.')[0] for name in set(sys.modules) - loaded} & {'stack_data', 'pygments', 'executing'}
print('ZeroDivisionError' in told.stdout, new or 'none', known > 1000)
"""


def test_a_first_error_is_told_with_what_is_loaded(template: Template) -> None:
    """Its report needs libraries and a table of all modules' files, which a learner does not wait for."""
    assert template.run(FIRST_ERROR) == "True none True\n"


MADE = """
import sys
nbformat, babel = (sys.modules[name] for name in ("nbformat.validator", "babel.localedata"))
print(len(nbformat.validators) > 0, {"ar", "zh", "en", "fr", "ru", "es"} <= babel._cache.keys())
import importlib.metadata
from jupyterlab_server.translation_utils import get_language_packs
from nbconvert.exporters.base import get_export_names
importlib.metadata.distributions = None
print("html" in get_export_names(), get_language_packs("fr")[1])
"""


def test_what_a_first_page_and_notebook_need_is_made(template: Template) -> None:
    """The schema of notebooks is compiled, languages' names and what packages bring are read, once for all servers."""
    assert template.run(MADE) == "True True\nTrue \n"
