"""The open data service behind a portal, on the real tables; its store is made once."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from courses.service import Courses
from hub_config.open_data import routes
from hub_config.open_data.limits import Most
from hub_config.open_data.service import OpenData, open_data
from hub_config.portal.app import create_app
from hub_config.wiring import Part
from tests.hub_config.portal import platform
from tests.listening import listening
from tests.ports import free_port

ADDRESS = "http://testserver"
# All tests ask from one address.
ANY = Most(a_minute=0)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenData]:
    """The service as the portal makes it."""
    home = tmp_path_factory.mktemp("open-data")
    running = platform(home)
    yield open_data(ADDRESS, home, Courses(running.database, running.settings.content, home), most=ANY)
    running.database.close()


@pytest.fixture(scope="session")
def front(service: OpenData, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A portal with that service."""
    part = Part("hub_config/open_data", routers=routes.ROUTERS, panels=routes.PANELS, services={"open_data": service})
    courses = Part("courses", services={"courses": service.courses})
    return create_app(platform(tmp_path_factory.mktemp("front"), [courses, part]))


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with the service that listens on this machine."""
    # The service writes its own address into its answers, so the port is known before it listens.
    port = free_port()
    address, home = f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("live")
    running = platform(home)
    campus = Courses(running.database, running.settings.content, home)
    services = {"open_data": open_data(address, home, campus, most=ANY)}
    part = Part("hub_config/open_data", routers=routes.ROUTERS, panels=routes.PANELS, services=services)
    app = create_app(platform(home, [Part("courses", services={"courses": campus}), part]))
    with listening(app, port) as live:
        yield live
    running.database.close()


@pytest.fixture
def public(front: FastAPI) -> TestClient:
    """Somebody without an account, and without a browser's headers unless the test gives them."""
    browser = TestClient(front, follow_redirects=False)
    browser.headers.pop("accept")
    return browser
