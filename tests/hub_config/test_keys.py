"""The platform's secrets: made once, the same for all, readable by nobody else."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hub_config.keys import Keys


def test_a_secret_is_made_once_and_stays(tmp_path: Path) -> None:
    """Every process and every start reads the same one, and two names have two secrets."""
    first = Keys(tmp_path / "secrets")["session"]
    assert len(first) >= 43
    assert Keys(tmp_path / "secrets")["session"] == first
    assert Keys(tmp_path / "secrets")["receipt"] != first


def test_only_its_owner_reads_a_secret(tmp_path: Path) -> None:
    """Folder and file are closed to everybody else from the moment they exist, and no draft is left."""
    assert Keys(tmp_path / "secrets")["session"]
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "session").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["session"]


def test_those_who_ask_at_the_same_time_get_the_same(tmp_path: Path) -> None:
    """Processes that start together do not each keep a secret of their own."""
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: Keys(tmp_path / "secrets")["session"], range(64)))) == 1
