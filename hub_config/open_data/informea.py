"""The feed that InforMEA reads treaties by: OData 2 in Atom and JSON, namespace `informea`, texts by language.

It has what is known here and no more: the three conventions (`Treaties`) and the national reports transmitted
(`CountryReports`). Decisions, meetings, contacts, plans and documents are the Secretariat's own to publish.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import duckdb
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import FromClause, case, func, select

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_, texts
from expert_db.visit import here
from hub_config.open_data.answers import OPEN, OpenRoute, preflight
from hub_config.open_data.datasets import Column
from hub_config.open_data.odata.expressions import KIND, Expressions, refused, translated
from hub_config.open_data.odata.model import EntitySet
from hub_config.open_data.odata.question import ABSENT, NUMBER, TWICE
from hub_config.open_data.service import OpenData, served
from hub_config.open_data.store import Row

ROOT = "/odata/v2/"
PAGE = 100
FEEDS = ("CountryReports", "Treaties")
OPTIONS = ("$format", "$top", "$skip", "$filter", "$expand", "$inlinecount")
MEDIA = {"json": "application/json", "atom": "application/atom+xml"}
# The conventions' full names and their own sites.
TREATIES = {
    "basel": (
        "Basel Convention on the Control of Transboundary Movements of Hazardous Wastes and their Disposal",
        "https://www.basel.int",
    ),
    "rotterdam": (
        "Rotterdam Convention on the Prior Informed Consent Procedure for Certain Hazardous Chemicals and Pesticides "
        "in International Trade",
        "https://www.pic.int",
    ),
    "stockholm": ("Stockholm Convention on Persistent Organic Pollutants", "https://www.pops.int"),
}
ATOM = "http://www.w3.org/2005/Atom"
METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
DATA = "http://schemas.microsoft.com/ado/2007/08/dataservices"
RELATED = f"{DATA}/related/"
for prefix, namespace in (("atom", ATOM), ("m", METADATA), ("d", DATA)):
    ET.register_namespace(prefix, namespace)

REPORT = N_("National report for {year}")
NO_FEED = N_("There is no feed {name} here. There are: {names}.")
FORMAT = N_("{target} must be json or atom. It cannot be “{value}”.")


@dataclass(frozen=True)
class Feed:
    """One entity set: `rows` has the simple values, `texts` the title of a row in every language."""

    kind: str
    rows: FromClause
    texts: Callable[[Row], dict[str, str]]
    address: Callable[[str, Row], str]
    # What else can be expanded, and is empty here.
    empty: tuple[str, ...] = ()


class V2Route(OpenRoute):
    """An open route with the headers and errors of OData 2."""

    headers: Mapping[str, str] = {**OPEN, "DataServiceVersion": "2.0;"}

    def refuse(self, request: Request, error: ClearingHouseError) -> Response:
        visit = here(request)
        message = {"lang": visit.language.code, "value": error.sentence(visit.translate)}
        body = {"error": {"code": error.code, "message": message}}
        return JSONResponse(body, status_code=error.status, headers={"Cache-Control": "no-store"})


router = APIRouter(route_class=V2Route)


@router.options(ROOT + "{path:path}")
def ask_first() -> Response:
    """Any site may read this."""
    return preflight()


@router.get(ROOT)
def document(request: Request) -> Response:
    """The service document."""
    state = served(request).edition("informea")
    body = json.dumps({"d": {"EntitySets": FEEDS}})
    return state.unchanged(request) or state.answer(body, MEDIA["json"])


@router.get(ROOT + "{name}")
def feed(request: Request, name: str) -> Response:
    """A page of a feed."""
    service, given = served(request), _options(request)
    if name not in FEEDS:
        raise ClearingHouseError("unknown-feed", NO_FEED, status=404, name=name[:100], names=", ".join(FEEDS))
    form = given.get("$format") or ("json" if MEDIA["json"] in request.headers.get("accept", "") else "atom")
    if form not in MEDIA:
        raise refused("odata-value", FORMAT, "$format", value=form[:50])
    state = service.edition("informea", name, request.url.query, form)
    if unchanged := state.unchanged(request):
        return unchanged
    page = _page(service, name, _feeds(service)[name], given)
    return state.answer(_json(page) if form == "json" else _atom(page), MEDIA[form])


@dataclass(frozen=True)
class Page:
    """What a page shows, whichever form it gets."""

    root: str
    name: str
    feed: Feed
    rows: list[Row]
    expanded: tuple[str, ...]
    count: int | None
    next: str

    def address(self, row: Row) -> str:
        return f"{self.root}{self.name}('{row['id']}')"

    def inside(self, row: Row, name: str) -> list[dict[str, str]]:
        """What is expanded of a row: its title by language, or nothing."""
        said = self.feed.texts(row) if name == "title" else {}
        return [{"id": f"{row['id']}-{code}", "language": code, "value": text} for code, text in said.items()]


def _page(service: OpenData, name: str, feed: Feed, given: Mapping[str, str]) -> Page:
    top, skip = _number(given, "$top"), _number(given, "$skip") or 0
    wanted = PAGE if top is None else min(PAGE, top)
    asked = select(feed.rows)
    if "$filter" in given:
        columns = tuple(Column(column.name, "string", "", "", False) for column in feed.rows.c)
        entity = EntitySet(name, "", columns, ("id",), {}, feed.rows)  # type: ignore[arg-type]
        asked = asked.where(translated(Expressions(entity, {}), given["$filter"], "$filter"))
    try:
        counted = given.get("$inlinecount") == "allpages"
        count = service.store.number(select(func.count()).select_from(asked.subquery())) if counted else None
        rows = service.store.rows(asked.order_by(feed.rows.c.id).limit(wanted + 1).offset(skip))
    except duckdb.Error as fault:
        raise refused("odata-type", KIND, "$filter") from fault
    more = len(rows) > wanted and (top is None or top > wanted)
    following = {**given, "$skip": str(skip + wanted)} | ({"$top": str(top - wanted)} if top is not None else {})
    expanded = tuple(one for one in given.get("$expand", "").split(",") if one in ("title", *feed.empty))
    root = service.address + ROOT
    link = f"{root}{name}?{urlencode(following, safe='$')}" if more else ""
    shown = [{**row, "url": feed.address(service.address, row)} for row in rows[:wanted]]
    return Page(root, name, feed, shown, expanded, count, link)


def _json(page: Page) -> str:
    results = []
    for row in page.rows:
        address = page.address(row)
        entity: dict[str, Any] = {"__metadata": {"id": address, "uri": address, "type": f"informea.{page.feed.kind}"}}
        entity |= {name: _milliseconds(value) for name, value in row.items()}
        for name in ("title", *page.feed.empty):
            deferred = {"__deferred": {"uri": f"{address}/{name}"}}
            entity[name] = {"results": page.inside(row, name)} if name in page.expanded else deferred
        results.append(entity)
    body: dict[str, Any] = {"results": results}
    body |= {"__count": str(page.count)} if page.count is not None else {}
    body |= {"__next": page.next} if page.next else {}
    return json.dumps({"d": body}, ensure_ascii=False)


def _atom(page: Page) -> bytes:
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}base": page.root})
    _said(root, "id", f"{page.root}{page.name}")
    _said(root, "title", page.name)
    _said(root, "updated", max((str(row["updated"]) for row in page.rows), default="1970-01-01") + "T00:00:00Z")
    if page.count is not None:
        ET.SubElement(root, f"{{{METADATA}}}count").text = str(page.count)
    for row in page.rows:
        entry = ET.SubElement(root, f"{{{ATOM}}}entry")
        _said(entry, "id", page.address(row))
        _said(entry, "title", page.feed.texts(row)["en"])
        _said(entry, "updated", f"{row['updated']}T00:00:00Z")
        for name in page.expanded:
            link = ET.SubElement(entry, f"{{{ATOM}}}link", rel=RELATED + name, title=name)
            link.set("href", f"{page.name}('{row['id']}')/{name}")
            inner = ET.SubElement(ET.SubElement(link, f"{{{METADATA}}}inline"), f"{{{ATOM}}}feed")
            for item in page.inside(row, name):
                _properties(ET.SubElement(inner, f"{{{ATOM}}}entry"), item)
        _properties(entry, row)
    if page.next:
        ET.SubElement(root, f"{{{ATOM}}}link", rel="next", href=page.next)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _properties(entry: ET.Element, values: Mapping[str, Any]) -> None:
    content = ET.SubElement(entry, f"{{{ATOM}}}content", type="application/xml")
    properties = ET.SubElement(content, f"{{{METADATA}}}properties")
    for name, value in values.items():
        one = ET.SubElement(properties, f"{{{DATA}}}{name}")
        if value is None:
            one.set(f"{{{METADATA}}}null", "true")
        elif isinstance(value, date):
            one.set(f"{{{METADATA}}}type", "Edm.DateTime")
            one.text = f"{value.isoformat()}T00:00:00"
        else:
            one.text = str(value)


def _said(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _milliseconds(value: Any) -> Any:
    """A day as OData 2 writes it in JSON."""
    if not isinstance(value, date):
        return value
    return f"/Date({int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()) * 1000})/"


def _options(request: Request) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name.startswith("$") and name not in OPTIONS:
            raise refused("odata-option-unsupported", ABSENT, name[:50], status=501, known=", ".join(OPTIONS))
        if name in given:
            raise refused("odata-repeated", TWICE, name)
        given |= {name: value.strip()} if name in OPTIONS else {}
    return given


def _number(given: Mapping[str, str], name: str) -> int | None:
    value = given.get(name)
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) < 16):
        raise refused("odata-value", NUMBER, name, value=value[:50])
    return None if value is None else int(value)


def _feeds(service: OpenData) -> dict[str, Feed]:
    tables = service.store.tables
    reports, places, named = tables["reporting"], tables["places"], tables["conventions"]
    of_reports = select(
        (reports.c.convention + "-" + reports.c.country + "-" + func.format("{}", reports.c.year)).label("id"),
        reports.c.convention.label("treaty"),
        # InforMEA has ISO's three letters; the European Union has none and keeps its two.
        func.coalesce(places.c.alpha3, reports.c.country).label("country"),
        reports.c.submitted.label("submission"),
        reports.c.as_of.label("updated"),
    ).select_from(reports.outerjoin(places, reports.c.country == places.c.alpha2))
    newest = select(func.max(tables["parties"].c.as_of)).scalar_subquery()
    of_treaties = select(
        named.c.key.label("id"),
        named.c.name_en.label("titleEnglish"),
        case({key: name for key, (name, _) in TREATIES.items()}, value=named.c.key).label("officialNameEnglish"),
        newest.label("updated"),
    ).where(named.c.key.in_(list(TREATIES)))
    return {
        "CountryReports": Feed("CountryReport", of_reports.subquery("reports"), _report, _report_address, ("files",)),
        "Treaties": Feed("Treaty", of_treaties.subquery("treaties"), _treaty, _site, ("description",)),
    }


def _report(row: Row) -> dict[str, str]:
    year = row["id"].rpartition("-")[2]
    return {code: texts(code)(REPORT, year=year) for code in LANGUAGES}


def _report_address(address: str, row: Row) -> str:
    treaty, country, year = row["id"].split("-")
    return f"{address}/odata/v4/reporting(convention='{treaty}',country='{country}',year={year})"


def _treaty(row: Row) -> dict[str, str]:
    return {code: texts(code)(row["titleEnglish"]) for code in LANGUAGES}


def _site(_address: str, row: Row) -> str:
    return TREATIES[row["id"]][1]
