"""Takes the pictures of the README anew: `python -m tests.pictures`, on a machine with Arabic and Chinese fonts.

They are of the demo as it starts, so that whoever runs it sees the same.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from conventions.texts import ROOT
from hub_config import browser as browsers
from tests.conftest import DESKTOP, PHONE
from tests.flows.people import Person
from tests.platform import RunningPlatform, running_platform

FOLDER = ROOT / "hub_config" / "portal" / "pictures"


@dataclass(frozen=True)
class Picture:
    """One page as somebody sees it; `wait` is what must be on it first."""

    name: str
    who: str
    language: str
    size: dict[str, int]
    path: str
    wait: str = "main"


PICTURES = (
    Picture("home-en", "", "en", DESKTOP, "/"),
    Picture("course-fr", "officer-fr", "fr", DESKTOP, "/courses/e-waste"),
    Picture("mentor-fr", "officer-fr", "fr", DESKTOP, "/mentor"),
    Picture("lesson-ar", "officer-ar", "ar", PHONE, "/courses/e-waste/classify"),
    Picture("learning-zh", "officer-zh", "zh", PHONE, "/learning"),
    Picture("ask-ar", "officer-ar", "ar", PHONE, "/ask?subject=course/e-waste/lesson/consent"),
    Picture("notebook-ar", "officer-ar", "ar", DESKTOP, "/courses/e-waste/task/open", "button.chm-hand-in"),
    Picture("dashboard-zh", "", "zh", DESKTOP, "/services/dashboards/voila/render/parties.ipynb?lang=zh", "svg"),
    Picture("desk-en", "centre-1", "en", DESKTOP, "/desk"),
)


def take(picture: Picture, running: RunningPlatform, browser: Browser) -> Path:
    """Look at one page and keep what is seen; where it is kept."""
    context = browser.new_context(locale=picture.language, viewport=picture.size)  # type: ignore[arg-type]
    person = Person(context.new_page(), running.address, picture.who, picture.language)
    if picture.who:
        person.sign_in(running.passwords[picture.who])
    person.open(picture.path)
    person.page.locator(picture.wait).first.wait_for(timeout=60_000)
    # Jupyter and the dashboard draw on for a moment.
    person.page.wait_for_timeout(1500)
    path = FOLDER / f"{picture.name}.png"
    person.page.screenshot(path=path)
    context.close()
    return path


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_platform(Path(home), "--demo") as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browsers.find(), args=list(browsers.ARGUMENTS))
        for picture in PICTURES:
            print(take(picture, running, browser).relative_to(ROOT))  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main()
