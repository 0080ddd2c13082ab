"""The addresses of OData: service document, `$metadata`, entity sets, single entities, counts."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
from fastapi import APIRouter, Request
from fastapi.responses import Response
from mimeparse import MimeTypeParseException, best_match
from sqlalchemy import and_

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from hub_config.open_data.answers import OPEN, Edition, OpenRoute, preflight
from hub_config.open_data.odata import csdl
from hub_config.open_data.odata.expressions import KIND, SYNTAX, literal, refused, unknown_property
from hub_config.open_data.odata.model import EntitySet, Model, entity_set, model
from hub_config.open_data.odata.question import LARGEST_PAGE, Question, options, question
from hub_config.open_data.service import OpenData, served

ROOT = "/odata/v4/"
VERSION = "4.0"
JSON, XML = "application/json", "application/xml"
FORMATS = {"json": JSON, "xml": XML}
RESOURCE = re.compile(r"(?P<set>\w+)(?:\((?P<key>.*)\))?(?:/(?P<part>\$?\w+))?")
KEY = re.compile(r"(?:(\w+)=)?('(?:[^']|'')*'|[^',=]+)(?:,|$)")
PREFERRED = re.compile(r"(?:odata\.)?maxpagesize=([0-9]{1,9})")
SAFE = "$,()/'*"
# The headers that an answer depends on.
VARIED = ("accept", "prefer")
BARE = re.compile(r"odata(?:\.metadata)?=none")

ABSENT = N_("There is nothing at {path} in this service. The service document at /odata/v4/ lists the entity sets.")
NO_ENTITY = N_("{name} has no entity with the key {key}.")
READ_ONLY = N_("This service is read only: it answers GET and HEAD.")
NOT_HERE = N_("This service does not have {path}. Ask one question at a time.")
NEWER = N_("This service speaks OData {version}; what was asked for is older: {asked}.")
MEDIA = N_("Nothing here is of the kind {accept}. Ask for one of these: {offered}.")


class ODataRoute(OpenRoute):
    """An open route whose answers, errors too, say their version of OData."""

    headers: Mapping[str, str] = {**OPEN, "OData-Version": VERSION}


router = APIRouter(route_class=ODataRoute)


@router.options(ROOT + "{path:path}")
def ask_first() -> Response:
    """Any site may read this."""
    return preflight()


@router.api_route(ROOT + "{path:path}", methods=["POST", "PUT", "PATCH", "DELETE"])
def change(path: str) -> Response:
    """Nothing can be changed here, and questions are not taken in batches."""
    if path == "$batch":
        raise ClearingHouseError("odata-batch", NOT_HERE, status=501, path=path)
    raise ClearingHouseError("odata-read-only", READ_ONLY, status=405)


@dataclass(frozen=True)
class Call:
    """One question as it arrived, and the state that caches know its answer by."""

    request: Request
    service: OpenData
    path: str
    options: Mapping[str, str]
    state: Edition
    sets: Model

    @property
    def root(self) -> str:
        return f"{self.service.address}{ROOT}"

    @property
    def bare(self) -> bool:
        """Whether the caller wants rows without what OData says of them."""
        return bool(BARE.search(self.request.headers.get("accept", "")))

    def answer(self, body: bytes | str, media: str, headers: Mapping[str, str] | None = None) -> Response:
        return self.state.answer(body, media, {"Vary": ", ".join(VARIED), **(headers or {})})

    def json(self, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
        """An answer in JSON; without its context if the caller wants rows alone."""
        shown = {name: value for name, value in body.items() if name != "@odata.context" or not self.bare}
        media = f"{JSON};odata.metadata={'none' if self.bare else 'minimal'}"
        return self.answer(json.dumps(shown, ensure_ascii=False, default=str), media, headers)

    def acceptable(self, *offered: str) -> str:
        """The one of `offered` that `$format`, or else `Accept`, asks for. Raises `not-acceptable`."""
        accepted = self.options.get("$format", "") or self.request.headers.get("accept", "*/*")
        try:
            found = str(best_match(list(reversed(offered)), FORMATS.get(accepted, accepted)))
        except MimeTypeParseException:
            found = ""
        if not found:
            values = {"accept": accepted[:100], "offered": ", ".join(offered)}
            raise ClearingHouseError("not-acceptable", MEDIA, status=406, **values)
        return found


@router.get(ROOT + "{path:path}")
def resource(request: Request, path: str) -> Response:
    """Whatever an address of the service leads to."""
    _refuse_older(request)
    service = served(request)
    wanted = (request.headers.get(name, "") for name in VARIED)
    state = service.edition("odata", path, request.url.query, *wanted)
    given = options(request.query_params.multi_items())
    call = Call(request, service, path, given, state, model(service.package, service.store))
    return state.unchanged(request) or OVERVIEWS.get(path, _resource)(call)


def _document(call: Call) -> Response:
    call.acceptable(JSON)
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in call.sets]
    return call.json({"@odata.context": f"{call.root}$metadata", "value": sets})


def _metadata(call: Call) -> Response:
    media = call.acceptable(XML, JSON)
    return call.answer(csdl.as_json(call.sets) if media == JSON else csdl.xml(call.sets), media)


OVERVIEWS: Mapping[str, Callable[[Call], Response]] = {"": _document, "$metadata": _metadata}


def _resource(call: Call) -> Response:
    """An entity set, its number of rows, one entity, or one property of it."""
    match = RESOURCE.fullmatch(call.path)
    if match is None:
        raise ClearingHouseError("odata-unknown-path", ABSENT, status=404, path=call.path[:100])
    entity, key, part = entity_set(call.sets, match["set"]), match["key"], match["part"]
    if part and part.startswith("$") and (part != "$count" or key is not None):
        raise ClearingHouseError("odata-unsupported", NOT_HERE, status=501, path=part)
    if part and key is None and part != "$count":
        raise ClearingHouseError("odata-unknown-path", ABSENT, status=404, path=call.path[:100])
    try:
        if part == "$count":
            total = question(entity, call.sets, call.options).total()
            return call.answer(str(call.service.store.number(total)), "text/plain")
        call.acceptable(JSON)
        if key is None:
            return _collection(call, question(entity, call.sets, call.options))
        return _entity(call, _question_of(call, entity, key), key, part)
    except duckdb.Error as fault:
        raise refused("odata-type", KIND, "$filter" if key is None else "key") from fault


def _collection(call: Call, asked: Question) -> Response:
    preferred = PREFERRED.search(call.request.headers.get("prefer", ""))
    size = min(LARGEST_PAGE, max(1, int(preferred[1]))) if preferred else LARGEST_PAGE
    wanted = size if asked.top is None else min(size, asked.top)
    # One row more than the page holds tells whether there is another page.
    rows = call.service.store.rows(asked.rows(wanted + (asked.top is None or asked.top > size)))
    body: dict[str, Any] = {"@odata.context": f"{call.root}$metadata#{asked.entity.name}{asked.context()}"}
    if asked.count:
        body["@odata.count"] = call.service.store.number(asked.total())
    body["value"] = [asked.shape(row) for row in rows[:wanted]]
    if len(rows) > wanted:
        body["@odata.nextLink"] = _next(call, asked, wanted)
    return call.json(body, {"Preference-Applied": f"odata.maxpagesize={size}"} if preferred else {})


def _next(call: Call, asked: Question, wanted: int) -> str:
    following = {**call.options, "$skip": str(asked.skip + wanted)}
    if asked.top is not None:
        following["$top"] = str(asked.top - wanted)
    return f"{call.root}{asked.entity.name}?{urlencode(following, safe=SAFE, quote_via=quote)}"


def _question_of(call: Call, entity: EntitySet, key: str) -> Question:
    """The question for the one entity of a key: `'KE'`, or `convention='basel',country='KE'`."""
    found = {name or entity.key[0]: literal(value) for name, value in KEY.findall(key)}
    if set(found) != set(entity.key) or "".join(match[0] for match in KEY.finditer(key)) != key:
        raise refused("odata-syntax", SYNTAX, "key", part=key[:40])
    shaping = {name: value for name, value in call.options.items() if name in ("$select", "$expand")}
    where = and_(*(entity.table.c[name] == value for name, value in found.items()))
    return replace(question(entity, call.sets, shaping), where=where)


def _entity(call: Call, asked: Question, key: str, part: str | None) -> Response:
    entity = asked.entity
    if part is not None and part in entity.ways:
        asked = replace(asked, expanded={part: tuple(asked.expressions.along(part).c.keys())})
    elif part is not None and part not in entity.properties:
        raise unknown_property(entity, part, "path")
    rows = call.service.store.rows(asked.rows(1))
    if not rows:
        raise ClearingHouseError("odata-no-entity", NO_ENTITY, status=404, name=entity.name, key=key[:100])
    found = asked.shape(rows[0])
    address = f"{call.root}$metadata#"
    if part is None:
        return call.json({"@odata.context": f"{address}{entity.name}{asked.context()}/$entity", **found})
    if found[part] is None:
        return Response(status_code=204)
    if part in entity.ways:
        return call.json({"@odata.context": f"{address}{entity.ways[part].target}/$entity", **found[part]})
    return call.json({"@odata.context": f"{address}{entity.name}({quote(key)})/{part}", "value": found[part]})


def _refuse_older(request: Request) -> None:
    asked = request.headers.get("odata-maxversion", VERSION)
    if not re.fullmatch(r"4(\.\d+)?", asked.strip()):
        raise refused("odata-version", NEWER, "OData-MaxVersion", version=VERSION, asked=asked[:20])
