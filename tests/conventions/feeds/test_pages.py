"""Pages in both formats: the same entities come out, and what is no page of a feed is told apart."""

import json
from typing import Any

import pytest

from conventions.errors import ClearingHouseError
from conventions.feeds.entities import entity, in_language, value
from conventions.feeds.pages import read
from conventions.feeds.sets import SETS, entity_set
from tests.conventions.feeds.server import RECORDED

DECISIONS = SETS["Decisions"]
JSON, ATOM = ((RECORDED / f"decisions.{kind}").read_bytes() for kind in ("json", "atom"))


def entities(content: bytes) -> list[dict[str, Any]]:
    return [entity(DECISIONS, raw) for raw in read("Decisions", content).entities]


def test_both_formats_give_the_same() -> None:
    """JSON and Atom of the same two decisions are the same entities, with the number of all."""
    assert entities(JSON) == entities(ATOM)
    assert read("Decisions", JSON).count == read("Decisions", ATOM).count == 2


def test_what_a_decision_becomes() -> None:
    """Dates are ISO 8601, texts are lists of language and value, nothing is lost or made up."""
    first, second = entities(JSON)
    assert (first["id"], first["number"], first["treaty"]) == ("d-1", "BC-15/18", "basel")
    assert (first["published"], first["updated"]) == ("2022-06-17T00:00:00", "2022-06-18T00:00:00")
    assert [language for language, _ in first["title"]] == ["ar", "en", "fr"]
    assert first["files"][0]["url"] == "https://www.basel.int/1.pdf" and first["content"] == []
    assert (second["published"], second["link"], second["updated"]) == ("", "", "1969-12-31T00:00:00")


def test_text_from_outside_is_left_as_it_is() -> None:
    """Markup is neither followed nor taken out: whoever shows it escapes it."""
    assert "<script>" in entities(ATOM)[0]["summary"][0][1]


def test_a_text_in_the_readers_language_or_another() -> None:
    """Her language, else English, else whichever there is, else nothing; regional codes count."""
    texts = [["fr-CH", "Bâle"], ["en", "Basel"], ["ru", ""]]
    assert (in_language(texts, "fr"), in_language(texts, "ru"), in_language(texts, "zh")) == ("Bâle", "Basel", "Basel")
    assert in_language([["de", "Basel"]], "ar") == "Basel" and in_language([], "en") == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("/Date(0)/", "1970-01-01T00:00:00"),
        ("/Date(99999999999999999999)/", "/Date(99999999999999999999)/"),
        (True, "true"),
        (None, ""),
        (46.5, "46.5"),
    ],
)
def test_values(raw: object, text: str) -> None:
    """Every value is text; a date beyond all calendars stays as it came."""
    assert value(raw) == text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Service unavailable",
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b"<HTML></HTML>",
        b"<rss><channel/></rss>",
        b'{"value": [], "@odata.context": "v4"}',
        b'{"error": {"code": "", "message": "no"}}',
        b'{"d": {"results": "none"}}',
        b'{"d": {"results": [1, 2]}}',
        b'{"d": {"results": [], "__count": "many"}}',
        b'{"d": {"results": [], "__count": 1e999}}',
        b'{"d": null}',
        b'{"d": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda content: content[:30].decode(),
)
def test_another_shape(content: bytes) -> None:
    """HTML, RSS, OData v4, an error, numbers in place of entities: the shape is what is wrong, and it is shown."""
    with pytest.raises(ClearingHouseError) as refused:
        read("Decisions", content)
    assert refused.value.code == "feed-shape" and refused.value.values["feed"] == "Decisions"


@pytest.mark.parametrize("whole", [JSON, ATOM], ids=["json", "atom"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_half_a_document(whole: bytes, part: float) -> None:
    """A document that ends before its end is broken, wherever it was cut."""
    with pytest.raises(ClearingHouseError) as refused:
        read("Decisions", whole[: int(len(whole) * part)])
    assert refused.value.code == "feed-broken"


def test_hostile_xml() -> None:
    """Entities that grow without end, and files of this machine, are not followed."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><f>&b;</f>'
    file = b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><f>&x;</f>'
    for content in (bomb, file):
        with pytest.raises(ClearingHouseError) as refused:
            read("Decisions", content)
        assert refused.value.code == "feed-shape" and "root:" not in str(refused.value)


@pytest.mark.parametrize(
    "raw",
    [
        {"number": "1", "treaty": "basel"},
        {"id": "", "number": "1", "treaty": "basel"},
        {"id": "d", "number": "1", "treaty": "basel", "title": "A title"},
        {"id": "d", "number": "1", "treaty": "basel", "files": [["a", "b"]]},
    ],
)
def test_an_entity_of_another_shape(raw: dict[str, Any]) -> None:
    """Without its key, or with a text where there should be a list of languages, it is refused and shown."""
    with pytest.raises(ClearingHouseError) as refused:
        entity(DECISIONS, raw)
    assert refused.value.code == "feed-shape"


def test_names_of_contacts_are_not_kept() -> None:
    """Of a contact stays where and as what; who it is, and how to reach her, does not."""
    raw = {
        **{"id": "c-1", "country": "KE", "type": "focal point", "institution": "Ministry"},
        **{
            "firstName": "Ada",
            "lastName": "Achieng",
            "email": "ada@example.org",
            "phoneNumber": "+254",
            "prefix": "Ms",
        },
        "treaties": {"results": [{"treaty": "basel"}]},
    }
    page = read("Contacts", json.dumps({"d": {"results": [raw]}}).encode())
    kept = json.dumps(entity(SETS["Contacts"], page.entities[0]))
    assert "Ministry" in kept and "basel" in kept
    assert not any(word in kept for word in ("Ada", "Achieng", "example.org", "+254", "Ms"))


def test_feeds_by_name() -> None:
    """Capitals do not matter; an unknown feed is refused with those there are."""
    assert entity_set(" decisions ") is DECISIONS
    with pytest.raises(ClearingHouseError) as refused:
        entity_set("Decision; DROP")
    assert refused.value.code == "unknown-feed" and "Treaties" in str(refused.value)
