"""A dashboard's address says what is shown; what makes no sense in it is left out."""

import pytest

from conventions.parties import CONVENTIONS
from widgets.asked import Asked, asked, from_address

ALL = tuple(CONVENTIONS)


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("", Asked("en", ALL, "")),
        ("lang=ar", Asked("ar", ALL, "")),
        ("lang=fr&convention=stockholm,basel&region=002", Asked("fr", ("basel", "stockholm"), "002")),
        ("lang=xx&convention=<script>&region=999", Asked("en", ALL, "")),
        ("lang=ru&lang=zh&convention=ban,nothing", Asked("ru", ("ban",), "")),
    ],
)
def test_the_view_in_an_address(query: str, view: Asked) -> None:
    """Known languages, conventions and regions count, in the order of the table; the rest is as if not there."""
    assert asked({"QUERY_STRING": query}) == view


def test_without_a_language_the_browsers_choice_counts() -> None:
    """The header that Voila hands on decides, and the address is stronger than the header."""
    header = {"HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9,en;q=0.5"}
    assert asked(header).language == "es"
    assert asked({"QUERY_STRING": "lang=zh"} | header).language == "zh"


def test_texts_are_in_the_language_asked_for() -> None:
    """The view carries its texts."""
    assert asked({"QUERY_STRING": "lang=zh"}).translate("Region") == "区域"


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("lang=fr&x=1&region=nowhere", "lang=fr"),
        ("region=002&lang=ar&convention=ban,basel,ban", "lang=ar&convention=basel%2Cban&region=002"),
        ("lang=es&convention=stockholm,rotterdam,ban,basel", "lang=es"),
    ],
)
def test_each_view_has_one_address(address: str, query: str) -> None:
    """Order, repetition and what nobody knows make no other address, and the address gives the same view."""
    view = from_address(address)
    assert view.query == query and from_address(query) == view
