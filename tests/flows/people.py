"""The people of the flows, each in a browser of her own: what they see is looked up by what it says to them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect

from conventions.texts import Translate, texts
from tests.waiting import PATIENCE

PASSWORD = "seven warm lanterns over water"


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

    def press(self, text: str) -> None:
        """Press the button or follow the link of that name."""
        named = {"name": self.say(text), "exact": True}
        button, link = self.page.get_by_role("button", **named), self.page.get_by_role("link", **named)  # type: ignore[arg-type]
        button.or_(link).first.click()

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        """Wait until a text stands on the page."""
        found = self.page.get_by_text(text).first
        expect(found).to_be_visible()
        return found

    def sees_after_reload(self, text: str, tries: int = 30) -> None:
        """Look again, as people do, until the page says it."""
        for _ in range(tries):
            if self.page.get_by_text(text).count():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{text!r} is not on {self.page.url}: {self.page.locator('main').inner_text()}")

    def fill(self, **fields: str) -> None:
        """Fill in the form's fields by their names; lists to choose from too."""
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def sign_in(self, password: str = PASSWORD) -> None:
        self.open("/sign-in")
        self.fill(username=self.name, password=password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(f"{self.address}/")


@contextmanager
def person(browser: Browser, address: str, name: str, language: str = "en") -> Iterator[Person]:
    """A person who sits down at a computer, and leaves when the block ends."""
    context = browser.new_context(locale=language, viewport={"width": 1100, "height": 800})
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield Person(context.new_page(), address, name, language)
    finally:
        context.close()
