"""What a template watches beside its modules and packages."""

import sys
from pathlib import Path

import pytest

from hub_config.warm import changes


@pytest.mark.parametrize("changed", ["requirements.txt", "pyvenv.cfg"])
def test_locks_and_the_environment_are_watched(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has changed is told once two looks have found the same: packages come one after the other."""
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    watched = changes.Changes([])
    assert not watched.settled()
    (tmp_path / changed).touch()
    assert [watched.settled() for _ in range(2)] == [False, True]
