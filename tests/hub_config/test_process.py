"""One process of the platform: it comes back when it ends, but does not wear the machine out."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub_config.process import Pauses, Process, Program
from tests.waiting import PATIENCE, until


@contextmanager
def running(folder: Path, code: str, pauses: Pauses | None = None) -> Iterator[Process]:
    process = Process(Program("sample", [sys.executable, "-c", code]), folder, folder, pauses)
    try:
        yield process
    finally:
        process.terminate()
        process.finish(time.monotonic() + 10)


def _until_told(process: Process) -> float:
    """Tend it until it is found ended; how long that took."""
    began = time.monotonic()
    # Asked often: what is measured is a pause of the process, not of the question.
    while not process.tend():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.01)
    return time.monotonic() - began


def test_what_runs_is_left_alone(tmp_path: Path) -> None:
    """Tending a process that runs does nothing."""
    with running(tmp_path, "import time; time.sleep(60)") as process:
        before = process.pid
        assert not process.tend() and not process.ended
        assert process.pid == before


def test_each_end_is_told_of_once_and_the_pauses_grow(tmp_path: Path) -> None:
    """A program that ends at once is started again after a pause, twice as long each time, up to the longest."""
    with running(tmp_path, "print('no luck')", Pauses(first=0.2, longest=0.8)) as process:
        process.finish(time.monotonic() + 10)
        assert process.tend()
        assert not process.tend()
        pauses = [_until_told(process) for _ in range(4)]
    assert [pause >= least for pause, least in zip(pauses, (0.2, 0.4, 0.8, 0.8), strict=True)] == [True] * 4
    assert process.log.read_text().count("no luck") == 5
    assert process.last_words() == "no luck"


def test_what_ran_for_long_starts_again_at_once(tmp_path: Path) -> None:
    """One end in a long life is no reason to wait."""
    with running(tmp_path, "pass", Pauses(steady=0.0, first=60.0)) as process:
        process.finish(time.monotonic() + 10)
        before = process.pid
        assert process.tend()
        process.tend()
        assert process.pid != before


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    """A program that ignores SIGTERM is killed at the deadline."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    with running(tmp_path, code) as process:
        until(process.log.read_text)
        process.terminate()
        process.finish(time.monotonic() + 0.2)
        assert process.ended


def test_the_log_before_is_kept(tmp_path: Path) -> None:
    """What the last run said is still there after the next start, for whoever looks for the reason of its end."""
    for words in ("first", "second"):
        with running(tmp_path, f"print({words!r})") as process:
            process.finish(time.monotonic() + 10)
    assert (tmp_path / "sample.log").read_text() == "second\n"
    assert (tmp_path / "sample.previous.log").read_text() == "first\n"
