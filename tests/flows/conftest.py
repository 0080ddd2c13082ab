"""One running demo for all flows: a real Hub, proxy, portal, Voila and forum, as `chm serve --demo` starts them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.flows.people import Person, person
from tests.platform import RunningPlatform, running_platform

Visitor = Callable[..., Person]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The demo, running."""
    with running_platform(tmp_path_factory.mktemp("demo"), "--demo") as running:
        yield running


@pytest.fixture
def visitor(demo: RunningPlatform, browser: Browser) -> Iterator[Visitor]:
    """Somebody with a browser of her own: `visitor("officer-fr", "fr")` is signed in, `visitor()` is nobody yet."""
    with ExitStack() as people:

        def come(name: str = "", language: str = "en") -> Person:
            someone = people.enter_context(person(browser, demo.address, name, language))
            if name in demo.passwords:
                someone.sign_in(demo.passwords[name])
            return someone

        yield come
