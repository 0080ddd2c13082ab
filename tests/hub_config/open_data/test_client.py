"""A public OData client library, python-odata, reads the service over HTTP: the model, filters, order, pages, names."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from odata import ODataService
from odata.exceptions import ODataError

from conventions.tables import table
from courses.service import Courses
from hub_config.open_data import routes
from hub_config.open_data.service import OpenData, open_data
from hub_config.portal.app import create_app
from hub_config.wiring import Part
from tests.hub_config.portal import platform


def _front(home: Any, address: str) -> FastAPI:
    running = platform(home)
    campus = Courses(running.database, running.settings.content, home)
    service: OpenData = open_data(address, home, campus)
    part = Part("hub_config/open_data", routers=routes.ROUTERS, panels=routes.PANELS, services={"open_data": service})
    return create_app(platform(home, [Part("courses", services={"courses": campus}), part]))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The library's view of a portal that listens on this machine, made from `$metadata`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = _front(tmp_path_factory.mktemp("client"), address)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield ODataService(f"{address}/odata/v4/", reflect_entities=True, quiet_progress=True)
    server.should_exit = True
    thread.join()


def test_reads_the_model(client: Any) -> None:
    """It finds every entity set and the names of their properties."""
    assert {"parties", "movements", "places", "basel_annexes"} <= set(client.entities)
    assert hasattr(client.entities["movements"], "tonnes")


def test_filters_and_sorts(client: Any) -> None:
    """Its questions are answered as pandas answers them."""
    movements = client.entities["movements"]
    query = client.query(movements).filter(movements.exporter == "NL").filter(movements.year >= 2019)
    found = [row.tonnes for row in query.order_by(movements.tonnes.desc())]
    expected = table("movements").query("exporter == 'NL' and year >= 2019")["tonnes"]
    assert found == sorted(expected, reverse=True) and found


def test_goes_from_page_to_page(client: Any) -> None:
    """It follows the links and gets every row."""
    rows = client.query(client.entities["reporting"])
    assert sum(1 for _ in rows) == len(table("reporting")) > 1000


def test_dates_and_names(client: Any) -> None:
    """Dates are dates, and what is expanded is an entity."""
    parties = client.entities["parties"]
    query = client.query(parties).filter(parties.country == "KE").filter(parties.convention == "basel")
    (kenya,) = list(query.expand(parties.country_place))
    assert str(kenya.deposited).startswith("2000-06-01") and kenya.country_place.name_ar == "كينيا"


def test_is_told_what_is_wrong(client: Any) -> None:
    """Our error reaches whoever uses the library."""
    parties = client.entities["parties"]
    with pytest.raises(ODataError, match="odata-type"):
        list(client.query(parties).filter(parties.in_force == "yesterday"))
