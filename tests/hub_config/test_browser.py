"""Where the tests' browser comes from."""

from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from hub_config import browser


def test_named_browser_that_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A browser that is named and does not start is refused with its path, rather than another one taken."""
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "no-such-browser"))
    with pytest.raises(ClearingHouseError, match="no-such-browser") as refused:
        browser.find()
    assert refused.value.code == "browser-broken"


def test_no_browser_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any browser it says how to get one."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClearingHouseError) as refused:
        browser.find(tmp_path)
    assert refused.value.code == "browser-missing"


def test_found_browser_starts() -> None:
    """What is found can be run."""
    assert browser.find().exists()
