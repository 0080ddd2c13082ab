"""What every process of the platform writes for its operators: one record a line, to read or to be collected.

`begin()` is the first thing that a process does: its records, its warnings and what ends it go to standard error in the
format that the setting `log_format` names. `tell(log, event, …)` tells of an event in `EVENTS`: the names of events and
of their fields are what operators search and count by, so they are stable, and stand in this table alone.

Members are named by their user names. No name, e-mail or network address, no text that anybody wrote and no secret is
ever a field.
"""

import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from logging import ERROR, INFO, WARNING, Formatter, LogRecord
from pathlib import Path
from typing import Any, NamedTuple

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from conventions.texts import PACKAGES

# The environment's name for the setting, by which it reaches every process.
VARIABLE = "CHM_LOG_FORMAT"
# What Tornado says of a request that fails has the visitor's address, and secrets behind the question mark.
OF_REQUESTS = ("tornado.access", "tornado.application", "tornado.general")
ADDRESSES = re.compile(r"\?[^\s'\"()]*| \([\da-fA-F.:]+\)|, remote_ip='[^']*'")
# A part of a path that is so long is a token, or the name of a visitor's kernel, which is as good as one.
KEYS = re.compile(r"(?<=/)[\w-]{32,}")
# Attributes that are no fields: the standard ones, and what Uvicorn adds and formatters of Tornado and traitlets leave.
NO_FIELDS = frozenset({*RESERVED_ATTRS, "taskName", "color_message", "color", "end_color", "highlevel"})
PLAIN = re.compile(r"[\w./:+@%-]+")


class Event(NamedTuple):
    """What is said when it happens, and the names of the fields that tell more; one whose value is None is left out."""

    says: str
    fields: tuple[str, ...]
    level: int = INFO


EVENTS: dict[str, Event] = {
    "part-ready": Event("A part of the platform is ready", ("part",)),
    "template-ready": Event("The template is ready", ("modules", "seconds")),
    "template-renewed": Event("Code or packages have changed: the template is importing anew", ()),
    "rooms-limited": Event("Each room is limited as a whole", ("group", "kinds")),
    "rooms-unlimited": Event("Only each process is limited, by itself", ("reason",)),
    "server-started": Event("A member's server has started", ("member", "how", "seconds", "pid")),
    "server-cold": Event("A member's server starts cold", ("member", "reason"), WARNING),
    "server-stopped": Event("A member's server has ended", ("member", "seconds")),
    "sign-in-refused": Event("A sign-in was refused", ("member", "reason")),
    "request-refused": Event("A request could not be answered as asked", ("method", "path", "status", "member")),
    "request-failed": Event("A request failed", ("method", "path", "status", "member"), ERROR),
    "incident": Event("A page failed; its reader was shown the number", ("number", "path"), ERROR),
    "service-cold": Event("A service starts cold", ("service", "reason"), WARNING),
    "page-drawn": Event("A dashboard's page was drawn", ("dashboard", "language", "seconds")),
    "page-failed": Event(
        "A dashboard's page could not be drawn; the last good one stays", ("dashboard", "language"), ERROR
    ),
    "zygote-missing": Event("Kernels do not share what dashboards load", ("reason",)),
    "kernel-started": Event("A dashboard's kernel has started", ("how", "seconds", "reason")),
    "kernel-refused": Event("A visitor was given no kernel", ("why",)),
    "kernel-ended": Event("A visitor's kernel has ended", ("why", "seconds")),
    "handler-waits": Event("What follows from an event cannot be done yet", ("handler", "position", "reason"), WARNING),
    "handler-failed": Event("What follows from an event failed", ("handler", "position"), ERROR),
    "handed-in": Event("Work was handed in and stored", ("course", "assignment", "bytes", "seconds")),
    "graded": Event("Work was graded", ("course", "assignment", "seconds")),
    "grading-failed": Event("Work could not be graded this time", ("submission",), ERROR),
    "grading-cold": Event("A grading kernel starts cold", ("reason",)),
    "webhook-heard": Event("The forum's webhook was heard", ("webhook", "new")),
    "webhook-refused": Event("A webhook was refused", ("reason",), WARNING),
    "webhook-waits": Event("The embedded forum's webhook was not taken and waits", ("webhook", "reason")),
    "webhooks-stuck": Event("The embedded forum's webhooks wait: its database failed", ("reason",), ERROR),
    "delivery-waits": Event("What was written could not be posted, and waits", ("entry", "reason")),
    "delivery-refused": Event("The forum does not take what was written", ("entry", "reason"), WARNING),
}


def tell(log: logging.Logger, event: str, *, error: BaseException | None = None, **fields: object) -> None:
    """Log an event with exactly the fields of its row; seconds to the millisecond, `error` with its traceback.

    Raises ValueError for an event or a field that the table does not have.
    """
    row = EVENTS.get(event)
    if row is None or set(fields) != set(row.fields):
        raise ValueError(f"the event {event!r} with the fields {sorted(fields)} is not in conventions.logs.EVENTS")
    given = {name: _short(fields[name]) for name in row.fields if fields[name] is not None}
    log.log(row.level, row.says, exc_info=error, extra={"event": event, **given})


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value


class Lines(Formatter):
    """A line to read: time, level, logger, message, then each further field as `name=value`.

    What follows on further lines, such as a traceback, is indented, so that nothing in a message passes for a record.
    """

    def __init__(self, *_: object) -> None:
        """Whatever a configuration gives other formatters: it says nothing to this one."""
        super().__init__()

    def format(self, record: LogRecord) -> str:
        fields = "".join(f" {name}={_value(value)}" for name, value in _fields(record).items())
        parts = [record.getMessage() + fields, _trace(self, record), record.stack_info or ""]
        said = "\n".join(part.strip() for part in parts if part).replace("\n", "\n    ")
        return f"{_moment(record)} {record.levelname} {record.name}: {_printable(said)}"


class Json(JsonFormatter):
    """A JSON object a line: `time`, `level`, `logger`, `message`, further fields and, of an error, its `traceback`."""

    def __init__(self, *_: object) -> None:
        """Whatever a configuration gives other formatters: it says nothing to this one."""
        renamed = {"levelname": "level", "name": "logger", "exc_info": "traceback"}
        super().__init__(["levelname", "name", "message"], rename_fields=renamed, reserved_attrs=sorted(NO_FIELDS))

    def add_fields(self, log_data: dict[str, Any], record: LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = _moment(record)
        super().add_fields(log_data, record, message_dict)


FORMATS: dict[str, type[Formatter]] = {"text": Lines, "json": Json}


def _moment(record: LogRecord) -> str:
    """When it was made: ISO 8601, UTC, to the millisecond."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: LogRecord) -> Mapping[str, object]:
    return {name: value for name, value in vars(record).items() if name not in NO_FIELDS and not name.startswith("_")}


def _value(value: object) -> str:
    """As it is if nobody could mistake where it ends; else as JSON writes a text."""
    said = str(value)
    return said if PLAIN.fullmatch(said) else json.dumps(said, ensure_ascii=False)


def _trace(formatter: Formatter, record: LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""


def _printable(text: str) -> str:
    """No character of it moves the cursor of who reads it in a terminal, or hides what stands before."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def chosen() -> type[Formatter]:
    """The formatter that this process was told to use."""
    return FORMATS.get(os.environ.get(VARIABLE, ""), Lines)


def begin() -> None:
    """Have this process write its log: what it says, what libraries warn of, and the error that it ends by."""
    logging.getLogger().addHandler(_handler())
    for package in PACKAGES:
        logging.getLogger(package).setLevel(INFO)
    for name in OF_REQUESTS:
        logging.getLogger(name).setLevel(WARNING)
        logging.getLogger(name).addFilter(without_addresses)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _kind, error, _trace: _ended(error)
    threading.excepthook = lambda thread: _ended(thread.exc_value)


def begin_alone(log: logging.Logger, handler: logging.Handler | None = None) -> None:
    """Have one logger write, in a process of which others are forked: these have a logging of their own to set up."""
    log.addHandler(handler or _handler())
    log.setLevel(INFO)
    log.propagate = False


@contextmanager
def told_in(file: Path, log: logging.Logger, kind: str) -> Iterator[None]:
    """While the block lasts, a logger of a process that has no log writes to this file, which begins anew."""
    handler = logging.FileHandler(file, mode="w", encoding="utf-8")
    handler.setFormatter(FORMATS[kind]())
    begin_alone(log, handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.close()


def of_application() -> dict[str, Any]:
    """The same for Jupyter's applications, which make a handler of their own: their trait `logging_config`."""
    kind = chosen()
    return {"formatters": {"console": {"class": f"{kind.__module__}.{kind.__qualname__}"}}}


def expect(logger: str, levels: Mapping[str, int]) -> None:
    """Have what a library says there told at these levels instead of its own; each has the pattern of how it begins."""

    def lowered(record: LogRecord) -> bool:
        said = record.getMessage().lstrip()
        level = next((level for words, level in levels.items() if re.match(words, said)), record.levelno)
        record.levelno, record.levelname = level, logging.getLevelName(level)
        # A handler that takes all levels would show it otherwise.
        return level >= INFO

    logging.getLogger(logger).addFilter(lowered)


def without_addresses(record: LogRecord) -> bool:
    """A filter that takes from what is said of a request who sent it and what was behind the question mark."""
    record.msg, record.args = KEYS.sub("…", ADDRESSES.sub("", record.getMessage())), None
    return True


def tell_of_request(log: logging.Logger, *, method: str, path: str, status: int, member: str | None = None) -> None:
    """Log a request that was not answered as asked; who asked has been told why, so only our own failures are errors.

    503 is an answer, too: a part is away or all places are taken, and another line says so. `path` is without a query.
    """
    if status >= 400:
        event = "request-failed" if status >= 500 and status != 503 else "request-refused"
        tell(log, event, method=method, path=KEYS.sub("…", path), status=status, member=member)


def last_words(log: str) -> str:
    """What a log ends with, in either format, as one line for a console: of an error, what it was."""
    last = (log.strip().splitlines() or ["–"])[-1].strip()
    try:
        said = json.loads(last)
        return str(said.get("traceback") or said["message"]).strip().splitlines()[-1]
    except (ValueError, KeyError, AttributeError, IndexError):
        return last


def _handler() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(chosen()())
    return handler


def _ended(error: BaseException | None) -> None:
    logging.getLogger(__package__).critical("Ended by an error that nobody expected", exc_info=error)
