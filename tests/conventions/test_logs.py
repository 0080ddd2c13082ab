"""Logs: a record a line in both formats, events as the table has them, and nothing that could pass for a record."""

import ast
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from logging import LogRecord
from typing import Any

import pytest
from tornado.log import LogFormatter
from traitlets.config.application import LevelFormatter

from conventions import logs
from conventions.texts import PACKAGES, ROOT

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?P<level>[A-Z]+) (?P<logger>[\w.]+): (?P<rest>.*)")
log = logging.getLogger("tests.logs")


class Records(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[LogRecord] = []

    def emit(self, record: LogRecord) -> None:
        self.all.append(record)


@pytest.fixture
def records() -> Iterator[list[LogRecord]]:
    kept = Records()
    log.addHandler(kept)
    log.setLevel(logging.INFO)
    yield kept.all
    log.removeHandler(kept)


def test_the_readme_has_every_event_with_its_level_and_fields() -> None:
    """The table that operators search by is the one that the code logs by."""
    text = (ROOT / "hub_config" / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    told = {row[1].strip(" `"): (row[2].strip(), tuple(re.findall(r"`(\w+)`", row[3]))) for row in rows}
    assert told == {name: (logging.getLevelName(row.level), row.fields) for name, row in logs.EVENTS.items()}


def told() -> Iterator[tuple[str, set[str]]]:
    """Every event that the code tells of, with its fields."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "logs.tell":
                    yield ast.literal_eval(call.args[1]), {str(word.arg) for word in call.keywords} - {"error"}


def test_every_event_is_told_of_with_its_fields() -> None:
    """No call that would fail when it comes to it, and no event in the table that never happens."""
    found = [*told()]
    fields = {name: set(row.fields) for name, row in logs.EVENTS.items()}
    assert [(name, given) for name, given in found if fields.get(name) != given] == []
    # Which of two it is with a request is chosen in one place, which a test below goes through.
    assert set(fields) - {name for name, _ in found} == {"request-refused", "request-failed"}


def test_no_field_has_a_name_that_logging_uses() -> None:
    """Such a field would be an error at the moment it is told."""
    taken = {*vars(logging.makeLogRecord({})), "message", "asctime", "event", "time", "level", "logger", "traceback"}
    assert not {name for row in logs.EVENTS.values() for name in row.fields} & taken


@pytest.mark.parametrize("fields", [{}, {"part": "x", "more": 1}])
def test_what_is_not_in_the_table_is_refused(fields: dict[str, Any]) -> None:
    """A misspelt event or field would be one that nobody finds."""
    with pytest.raises(ValueError, match="part-ready"):
        logs.tell(log, "part-ready", **fields)
    with pytest.raises(ValueError, match="part-raedy"):
        logs.tell(log, "part-raedy", part="x")


def test_an_event_is_told_in_both_formats(records: list[LogRecord]) -> None:
    """Level, logger and sentence of the table, the fields in its order, seconds short; nothing for what is None."""
    logs.tell(log, "kernel-started", reason=None, seconds=0.123456, how="forked")
    line = LINE.fullmatch(logs.Lines().format(records[0]))
    assert line and (line["level"], line["logger"]) == ("INFO", "tests.logs")
    assert line["rest"] == "A dashboard's kernel has started event=kernel-started how=forked seconds=0.123"
    said = json.loads(logs.Json().format(records[0]))
    assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", said.pop("time"))
    assert [*said.items()] == [
        ("level", "INFO"),
        ("logger", "tests.logs"),
        ("message", "A dashboard's kernel has started"),
        ("event", "kernel-started"),
        ("how", "forked"),
        ("seconds", 0.123),
    ]


def test_what_other_formatters_leave_on_a_record_is_no_field(records: list[LogRecord]) -> None:
    """Where a record passes through Tornado's or traitlets' own first, it is told the same."""
    logs.tell(log, "part-ready", part="portal")
    before = logs.Json().format(records[0])
    for formatter in (LogFormatter(), LevelFormatter()):
        formatter.format(records[0])
    assert logs.Json().format(records[0]) == before
    assert logs.Lines().format(records[0]).endswith(" event=part-ready part=portal")


HOSTILE = "hush\n2026-01-01T00:00:00.000Z INFO root: forged\r\x1b[2J\u202e\ud800\u2028 event=forged"


@pytest.mark.parametrize("place", ["message", "field", "error"])
def test_nothing_passes_for_a_record(records: list[LogRecord], place: str) -> None:
    """Line ends and control characters in what is logged neither begin a record nor reach the terminal."""
    error = RuntimeError(HOSTILE) if place == "error" else None
    logs.tell(log, "server-cold", member="amina", reason=HOSTILE if place == "field" else "none", error=error)
    if place == "message":
        log.info("%s", HOSTILE)
    text = logs.Lines().format(records[-1])
    assert [line for line in text.split("\n")[1:] if not line.startswith("    ")] == []
    assert not [c for c in text if not (c.isprintable() or c == "\n")]
    assert text.isprintable() == (place == "field")
    said = logs.Json().format(records[-1])
    assert said.isascii() and said.isprintable()
    assert "forged" in json.dumps(json.loads(said))


def test_a_traceback_stays_in_its_record(records: list[LogRecord]) -> None:
    """Indented below its line in one format, one value in the other."""
    try:
        dict[str, str]()["amina"]
    except KeyError as error:
        logs.tell(log, "incident", number="00ff", path="/ask", error=error)
    first, *rest = logs.Lines().format(records[0]).splitlines()
    assert first.endswith("event=incident number=00ff path=/ask")
    assert rest[0] == "    Traceback (most recent call last):" and rest[-1] == "    KeyError: 'amina'"
    said = json.loads(logs.Json().format(records[0]))
    assert said["traceback"].splitlines()[-1] == "KeyError: 'amina'"
    assert (said["event"], said["number"], said["path"]) == ("incident", "00ff", "/ask")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("404 GET /hub/x?token=hush (203.0.113.7): none", "404 GET /hub/x: none"),
        ("404 GET /hub/x (2001:db8::7): none (really)", "404 GET /hub/x: none (really)"),
        ("HTTPServerRequest(uri='/x?code=hush', remote_ip='203.0.113.7')", "HTTPServerRequest(uri='/x')"),
        ("404 POST /voila/end/5f2c0e7a-9d1b-4c58-8a4e-0123456789ab (::1)", "404 POST /voila/end/…"),
    ],
)
def test_a_request_is_told_of_without_who_and_without_its_secrets(said: str, kept: str) -> None:
    """What Tornado says of a request keeps what went wrong and where."""
    record = logging.makeLogRecord({"msg": "%s", "args": (said,)})
    assert logs.without_addresses(record) and record.getMessage() == kept


@pytest.mark.parametrize(
    ("status", "told"),
    [(200, None), (302, None), (404, "request-refused"), (503, "request-refused"), (500, "request-failed")],
)
def test_only_what_was_not_answered_is_told(records: list[LogRecord], status: int, told: str | None) -> None:
    """Good answers are silent; a token in a path is not repeated."""
    logs.tell_of_request(log, method="GET", path=f"/hub/api/authorizations/token/{'5' * 32}", status=status)
    assert [vars(record)["event"] for record in records] == ([told] if told else [])
    assert {vars(record)["path"] for record in records} <= {"/hub/api/authorizations/token/…"}


ENDINGS = """
import logging, sys, threading, warnings
from conventions import logs
logs.begin()
warnings.warn("the sky is low")
logging.getLogger("httpx").info("chatter")
logging.getLogger("widgets.of.ours").info("ours")
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
raise LookupError("gone")
"""


@pytest.mark.parametrize("kind", ["text", "json", ""])
def test_all_that_a_process_says_is_records(kind: str) -> None:
    """Warnings, errors that end a thread or the process, our own lines; not libraries' chatter."""
    command, env = [sys.executable, "-c", ENDINGS], {**os.environ, logs.VARIABLE: kind, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    if kind == "json":
        found = [(each["level"], each["logger"]) for each in map(json.loads, lines)]
    else:
        matched = [LINE.fullmatch(line) for line in lines if not line.startswith("    ")]
        found = [(each["level"], each["logger"]) if each else ("", "") for each in matched]
    assert found == [
        ("WARNING", "py.warnings"),
        ("INFO", "widgets.of.ours"),
        ("CRITICAL", "conventions"),
        ("CRITICAL", "conventions"),
    ]
    assert "the sky is low" in done.stderr and "LookupError: gone" in lines[-1]
    assert logs.last_words(done.stderr) == "LookupError: gone"


@pytest.mark.parametrize(
    ("log_text", "words"),
    [
        ("", "–"),
        ("one\n  two  \n\n", "two"),
        ('{"message": "it was\\nthat"}', "that"),
        ('{"message": "m", "traceback": "Traceback\\nKeyError: 1"}\n', "KeyError: 1"),
        ('{"message": ""}', '{"message": ""}'),
        ("[1]", "[1]"),
        ('{"message"', '{"message"'),
    ],
)
def test_last_words_can_be_read(log_text: str, words: str) -> None:
    """One line for the console, whatever the log ends with."""
    assert logs.last_words(log_text) == words
