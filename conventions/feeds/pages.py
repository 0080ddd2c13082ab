"""One page of a feed, whichever of OData v2's two formats it is in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from conventions.feeds.faults import fault

ATOM = "{http://www.w3.org/2005/Atom}"
METADATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"

# What reading a document of another shape ends in.
_OTHERWISE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError, DefusedXmlException)

# An entity as the service sent it; what was expanded is a list of such.
Raw = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """The entities of a page, the number of all where the service says it, and the address of the next page or none."""

    entities: list[Raw]
    count: int | None
    next: str


def read(feed: str, content: bytes) -> Page:
    """A page in JSON or Atom. Raises `feed-broken` for half a document and `feed-shape` for another kind."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower()
    reader: Callable[[bytes], Page] | None = {b"{": _json, b"<": _atom}.get(start[:1])
    if reader is None or start.startswith((b"<!doctype", b"<html")):
        raise fault("feed-shape", feed, f"neither JSON nor Atom: {content[:60]!r}")
    try:
        return reader(content)
    except (json.JSONDecodeError, UnicodeDecodeError, ParseError) as error:
        raise fault("feed-broken", feed, error) from error
    except _OTHERWISE as error:
        raise fault("feed-shape", feed, repr(error)) from error


def _json(content: bytes) -> Page:
    body = json.loads(content.decode("utf-8-sig"))["d"]
    if isinstance(body, list):
        return Page([_plain(entity) for entity in body], None, "")
    count = body.get("__count")
    entities = [_plain(entity) for entity in body["results"]]
    return Page(entities, None if count is None else int(count), str(body.get("__next", "")))


def _plain(entity: Raw) -> Raw:
    """Without metadata; what was expanded as a list, what was not expanded left out."""
    return {name: _value(value) for name, value in entity.items() if name != "__metadata" and not _deferred(value)}


def _value(value: Any) -> Any:
    if isinstance(value, dict) and "results" in value:
        value = value["results"]
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _deferred(value: Any) -> bool:
    return isinstance(value, dict) and "__deferred" in value


def _atom(content: bytes) -> Page:
    feed = fromstring(content)
    if feed.tag != f"{ATOM}feed":
        raise ValueError(f"the document is a {feed.tag}")
    count = feed.findtext(f"{METADATA}count")
    after = next((link.get("href", "") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "next"), "")
    return Page([_entry(entry) for entry in feed.findall(f"{ATOM}entry")], int(count) if count else None, after)


def _entry(entry: Element) -> Raw:
    # Properties stand in the content, or beside it where the content is a file of its own.
    properties = entry.find(f"{ATOM}content/{METADATA}properties")
    if properties is None and (properties := entry.find(f"{METADATA}properties")) is None:
        raise ValueError("an entry without properties")
    values = {each.tag.removeprefix(DATA): _property(each) for each in properties}
    expanded = ((link.get("title", ""), link.find(f"{METADATA}inline")) for link in entry.findall(f"{ATOM}link"))
    return values | {title: _inline(inline) for title, inline in expanded if inline is not None}


def _property(element: Element) -> str | None:
    return None if element.get(f"{METADATA}null") == "true" else element.text or ""


def _inline(inline: Element) -> list[Raw]:
    return [_entry(entry) for entry in inline.findall(f"{ATOM}feed/{ATOM}entry")]
