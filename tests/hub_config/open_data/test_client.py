"""A public OData client library, python-odata, reads the service over HTTP: the model, filters, order, pages, names."""

from typing import Any

import pytest
from odata import ODataService
from odata.exceptions import ODataError

from conventions.tables import table


@pytest.fixture(scope="module")
def client(live: str) -> Any:
    """The library's view of the service, made from `$metadata`."""
    return ODataService(f"{live}/odata/v4/", reflect_entities=True, quiet_progress=True)


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
