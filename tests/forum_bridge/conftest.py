"""A platform and a real embedded forum for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forum_bridge.small_portal import Bridge, build


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Bridge]:
    """A platform whose forum is not running."""
    bridge = build(tmp_path)
    yield bridge
    bridge.close()


@pytest.fixture
def bridge(quiet: Bridge) -> Bridge:
    """A platform whose forum runs; its webhooks wait, as nobody listens yet."""
    quiet.process.start()
    return quiet
