"""`chm data`: fetch, show and take in feeds from a service on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conventions.feeds.sets import SETS
from conventions.feeds.store import Store
from hub_config.cli import main
from tests.conventions.feeds.server import Recorder, Reply, decision, json_page, paged, serving


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A service with three decisions, which the platform is set to ask."""
    with serving(paged([decision(number) for number in range(3)])) as running:
        monkeypatch.setenv("CHM_FEEDS_URL", running.url)
        yield running


def data(home: Path, *arguments: str) -> int:
    return main(["data", *arguments, "--home", str(home)])


@pytest.mark.usefixtures("recorder")
def test_fetch_show_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is fetched waits; it is shown by key; only taking in puts it in use, once."""
    assert data(tmp_path, "refresh", "decisions") == 0
    assert "Decisions: 3 new, 0 gone, 0 changed" in capsys.readouterr().out
    store = Store(tmp_path / "feeds")
    assert store.current(SETS["Decisions"]) is None
    assert data(tmp_path, "diff", "Decisions") == 0
    assert "+ d-2" in capsys.readouterr().out
    assert data(tmp_path, "take", "Decisions") == 0
    assert "3 in use" in capsys.readouterr().out
    current = store.current(SETS["Decisions"])
    assert current is not None and set(current.entities) == {"d-0", "d-1", "d-2"}
    assert data(tmp_path, "take", "Decisions") == 1
    assert "[nothing-fetched]" in capsys.readouterr().err


def test_what_changed_is_shown(recorder: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gone and changed decisions are named, a long list is cut with its length."""
    data(tmp_path, "refresh", "Decisions")
    data(tmp_path, "take", "Decisions")
    many = [decision(number) for number in range(100, 140)]
    recorder.behaviour = paged([decision(0, "Another title"), decision(1), *many])
    data(tmp_path, "refresh", "Decisions")
    capsys.readouterr()
    assert data(tmp_path, "diff", "Decisions") == 0
    shown = capsys.readouterr().out
    assert "40 new, 1 gone, 1 changed" in shown and "and 22 more" in shown


def test_one_feed_that_fails_does_not_hinder_another(
    recorder: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each feed stands for itself; the exit code says that one failed."""
    whole = recorder.behaviour
    recorder.behaviour = lambda asked: Reply(status=404) if "Meetings" in asked["path"] else whole(asked)
    assert data(tmp_path, "refresh", "Meetings", "Decisions") == 1
    told = capsys.readouterr()
    assert "[feed-refused]" in told.err and "Decisions: 3 new" in told.out


def test_all_feeds_by_default(recorder: Recorder, tmp_path: Path) -> None:
    """Without a name every feed is asked for; an unknown name is refused before any is."""
    recorder.behaviour = lambda _: json_page([], 0)
    assert data(tmp_path, "refresh") == 0
    assert {asked["path"].rsplit("/", 1)[1] for asked in recorder.asked} == set(SETS)
    recorder.asked.clear()
    assert data(tmp_path, "refresh", "Everything") == 2 and recorder.asked == []
