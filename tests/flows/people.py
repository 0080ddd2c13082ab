"""The people of the flows, each in a browser of her own: what they see is looked up by what it says to them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page

from conventions.texts import Translate, texts

PASSWORD = "a long enough passphrase 7"
WAIT = 60_000


@dataclass
class Person:
    """Somebody with a browser, who reads the platform in `language`."""

    page: Page
    address: str
    name: str
    language: str

    @property
    def say(self) -> Translate:
        return texts(self.language)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def button(self, text: str) -> Locator:
        return self.page.get_by_role("button", name=self.say(text), exact=True)

    def link(self, text: str) -> Locator:
        return self.page.get_by_role("link", name=self.say(text), exact=True)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a text stands on the page."""
        self.page.get_by_text(text).first.wait_for(timeout=WAIT)

    def sign_in(self, password: str = PASSWORD) -> None:
        self.open("/sign-in")
        self.page.fill("input[name=username]", self.name)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(re.compile(r"(?!.*/hub/login).*"), timeout=WAIT)


@contextmanager
def person(browser: Browser, address: str, name: str, language: str = "en") -> Iterator[Person]:
    """A person who sits down at a computer, and leaves when the block ends."""
    context = browser.new_context(locale=language, viewport={"width": 1100, "height": 800})
    context.set_default_timeout(WAIT)
    try:
        yield Person(context.new_page(), address, name, language)
    finally:
        context.close()
