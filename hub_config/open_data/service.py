"""The open data service as the portal has it, on `app.state.open_data`."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from courses.service import Courses
from hub_config.open_data.answers import Edition, edition
from hub_config.open_data.datasets import Package
from hub_config.open_data.store import Store


@dataclass(frozen=True)
class OpenData:
    """`address` is that of the platform, without a slash at the end: every URI begins with it."""

    address: str
    package: Package
    store: Store
    courses: Courses

    def edition(self, *asked: str) -> Edition:
        """The state of an answer made of the tables."""
        return edition(self.package.digest, self.package.modified, self.address, *asked)


def open_data(address: str, home: Path, courses: Courses, package: Package | None = None) -> OpenData:
    """The service with its store in `home`."""
    tables = package or Package()
    return OpenData(address, tables, Store(tables, home / "cache" / "open-data"), courses)


def served(request: Request) -> OpenData:
    """The service that answers this request."""
    service: OpenData = request.app.state.open_data
    return service
