"""`HEAD` at the front door: what `GET` would answer, without its body."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.hub_config.portal import client, platform


@pytest.fixture
def public(tmp_path: Path) -> TestClient:
    return client(platform(tmp_path))


@pytest.mark.parametrize("path", ["/", "/status", "/dashboards", "/nowhere", "/sign-in", "/api/nothing"])
def test_head_is_get_without_its_body(public: TestClient, path: str) -> None:
    """Status, type, length and safety headers are those of the page; nothing follows them."""
    told, shown = public.head(path), public.get(path)
    assert told.content == b""
    assert told.status_code == shown.status_code
    for name in ("content-type", "content-length", "content-security-policy", "location"):
        assert told.headers.get(name, "").partition("?")[0] == shown.headers.get(name, "").partition("?")[0]


def test_what_is_only_posted_to_still_says_so(public: TestClient) -> None:
    """`HEAD` opens no door that `GET` does not."""
    assert public.head("/sign-out").status_code == public.get("/sign-out").status_code
