"""The open data service as the portal has it, on `app.state.open_data`."""

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request

from courses.service import Courses
from hub_config.open_data.answers import Edition, edition
from hub_config.open_data.datasets import Package
from hub_config.open_data.limits import Most, Turnstile
from hub_config.open_data.store import SECONDS, Store


@dataclass(frozen=True)
class OpenData:
    """`address` is that of the platform, without a slash at the end: every URI begins with it."""

    address: str
    package: Package
    store: Store
    courses: Courses
    turnstile: Turnstile = field(default_factory=lambda: Turnstile(Most()))

    def edition(self, *asked: str) -> Edition:
        """The state of an answer made of the tables."""
        return edition(self.package.digest, self.package.modified, self.address, *asked)


def open_data(
    address: str,
    home: Path,
    courses: Courses,
    package: Package | None = None,
    *,
    most: Most | None = None,
    seconds: float = SECONDS,
) -> OpenData:
    """The service with its store in `home`; `seconds` is how long one question may be computed."""
    tables = package or Package()
    store = Store(tables, home / "cache" / "open-data", seconds)
    return OpenData(address, tables, store, courses, Turnstile(most or Most()))


def served(request: Request) -> OpenData:
    """The service that answers this request."""
    service: OpenData = request.app.state.open_data
    return service
