"""What tests of pages in a real browser share: one browser a run, one fresh person's window a test."""

import faulthandler
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hub_config import browser as browsers
from tests.waiting import PATIENCE

DESKTOP, PHONE = {"width": 1200, "height": 800}, {"width": 375, "height": 720}
# In milliseconds; by itself it waits 5 s.
expect.set_options(timeout=PATIENCE * 1000)
FAILED = pytest.StashKey[bool]()

Window = Callable[..., Page]


def pytest_unconfigure(config: pytest.Config) -> None:
    """A thread or a library that keeps the run from ending is named a minute after the last word, and it ends.

    Processes of a run wait for each other, for the run to end, and then end with it.
    """
    if not hasattr(config, "workerinput"):
        faulthandler.dump_traceback_later(60, exit=True, file=2)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Note on the test whether it failed, for the fixture that then takes pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    # Half a character, which hostile text may hold, cannot be sent from one process of the tests to another.
    report.sections = [(name, said.encode(errors="backslashreplace").decode()) for name, said in report.sections]
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a screen."""
    path = browsers.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browsers.ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def window(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Window]:
    """Opens windows of separate people, `window(language="ar", viewport=PHONE)`; keeps pictures if the test fails."""
    contexts: list[BrowserContext] = []

    def open_window(language: str = "en", viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(locale=language, viewport=viewport, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                path = tmp_path / f"window-{number}.png"
                page.screenshot(path=path, full_page=True)
                request.node.add_report_section("teardown", "picture", str(path))
        context.close()


@pytest.fixture
def page(window: Window) -> Page:
    """One person's window, in English."""
    return window()
