"""What the service answers, said to programs as OpenAPI and to people as a page."""

import json
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from conventions.texts import N_
from conventions.vocabulary import SCHEMES
from expert_db.visit import Visit, here
from hub_config.open_data import informea
from hub_config.open_data.answers import OpenRoute
from hub_config.open_data.datasets import COUNTRIES
from hub_config.open_data.negotiation import MEDIA
from hub_config.open_data.odata.model import model
from hub_config.open_data.odata.question import KNOWN, LARGEST_PAGE, NOT_HERE
from hub_config.open_data.service import OpenData, served
from hub_config.open_data.tables import FORMS
from hub_config.open_data.tables import LARGEST_PAGE as LARGEST_JSON

TITLE = "Open data on the Basel, Rotterdam and Stockholm conventions"
OPTIONS = {
    "$filter": N_("Which rows: year ge 2015 and country eq 'KE'. Also contains, startswith, in, not, null, year(…)."),
    "$select": N_("Which columns, separated by commas."),
    "$orderby": N_("In which order: tonnes desc,year."),
    "$top": N_("How many rows at most."),
    "$skip": N_("How many rows to leave out first."),
    "$count": N_("true: with the number of all rows."),
    "$expand": N_("With the names of countries and conventions: country_place($select=name_en)."),
    "$format": N_("json, or for $metadata also xml; else the Accept header counts."),
}

router = APIRouter(route_class=OpenRoute)


@router.get("/data/openapi.json")
def document(request: Request) -> Response:
    """The OpenAPI document."""
    service = served(request)
    state = service.edition("openapi")
    return state.unchanged(request) or state.answer(json.dumps(described(service)), MEDIA["json"])


@router.get("/data/api")
def page(request: Request, visit: Visit = Depends(here)) -> Response:
    """The same for people, with examples to paste."""
    service = served(request)
    return visit.show(
        "open_data/api.html",
        address=service.address,
        options=OPTIONS,
        countries=COUNTRIES,
        limits={"json": LARGEST_JSON, "odata": LARGEST_PAGE, **asdict(service.turnstile.most)},
    )


def described(service: OpenData) -> dict[str, Any]:
    """OpenAPI 3.1: every address of the service, with the tables and schemes that there are."""
    tables = {"type": "string", "enum": list(service.package.datasets)}
    sets = {"type": "string", "enum": list(model(service.package, service.store))}
    linked = {form: MEDIA[form] for form in ("ttl", "jsonld")}
    every = {form: MEDIA[form] for form in FORMS}
    page_of = [_asked("limit", _whole(1, LARGEST_JSON)), _asked("offset", _whole(0))]
    paths = {
        "/data": _get("The list of tables", {"html": MEDIA["html"], "json": MEDIA["json"], **linked}),
        "/data/datapackage.json": _get("The Frictionless data package", {"json": MEDIA["json"]}),
        "/data/catalogue.ttl": _get("The DCAT catalogue, as Turtle", {"ttl": MEDIA["ttl"]}),
        "/data/catalogue.jsonld": _get("The DCAT catalogue, as JSON-LD", {"jsonld": MEDIA["jsonld"]}),
        "/data/{table}": _get(
            "A table, in the form that the Accept header prefers",
            {"html": MEDIA["html"], **every},
            [_place("table", tables), *page_of],
        ),
    }
    for form, media in every.items():
        parameters = [_place("table", tables), *(page_of if form == "json" else ())]
        paths[f"/data/{{table}}.{form}"] = _get(f"A table as {media}", {form: media}, parameters)
    options = [_asked(name, {"type": "string"}, OPTIONS[name]) for name in KNOWN]
    json_only = {"json": MEDIA["json"]}
    v2 = [_asked(name, {"type": "string"}) for name in informea.OPTIONS]
    paths |= {
        "/odata/v4/": _get("OData service document", json_only),
        "/odata/v4/$metadata": _get("OData model", {"xml": "application/xml", **json_only}),
        "/odata/v4/{set}": _get(
            f"Rows of a table by OData 4.0, at most {LARGEST_PAGE} a page. Not here: {', '.join(NOT_HERE)}.",
            json_only,
            [_place("set", sets), *options],
        ),
        "/odata/v4/{set}/$count": _get(
            "How many rows there are", {"text": "text/plain"}, [_place("set", sets), options[KNOWN.index("$filter")]]
        ),
        "/odata/v4/{set}({key})": _get(
            "One row by its key, such as 'KE' or convention='basel',country='KE'",
            json_only,
            [_place("set", sets), _place("key", {"type": "string"})],
        ),
        "/odata/v2/": _get("Feeds in the shape of InforMEA", json_only),
        "/odata/v2/{name}": _get(
            "One feed in the shape of InforMEA, by OData 2",
            {"atom": "application/atom+xml", **json_only},
            [_place("name", {"type": "string", "enum": list(informea.FEEDS)}), *v2],
        ),
        "/vocabulary": _get("The vocabulary", {"html": MEDIA["html"], **linked}),
        "/vocabulary.ttl": _get("All of the vocabulary, as Turtle", {"ttl": MEDIA["ttl"]}),
        "/vocabulary.jsonld": _get("All of the vocabulary, as JSON-LD", {"jsonld": MEDIA["jsonld"]}),
        "/vocabulary/scheme/{scheme}": _get(
            "One scheme of the vocabulary",
            {"html": MEDIA["html"], **linked},
            [_place("scheme", {"type": "string", "enum": list(SCHEMES)})],
        ),
        "/vocabulary/concept/{key}": _get(
            "One concept", {"html": MEDIA["html"], **linked}, [_place("key", {"type": "string"})]
        ),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": str(service.package.described["version"]), "description": ABOUT},
        "servers": [{"url": service.address}],
        "paths": paths,
        "components": {"schemas": {"Error": ERROR}},
    }


ABOUT = (
    "Read only, without an account, from any site. Answers have ETag and Last-Modified; ask again with If-None-Match. "
    "Errors are JSON with a stable code and a sentence in the language of Accept-Language."
)
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "target")},
        }
    },
}
FAULTS = {
    "400": "A wrong question, or one that takes too long",
    "404": "There is no such thing",
    "406": "There is no such form",
    "429": "Too much is asked at once or in a minute; Retry-After says when to ask again",
}


def _get(summary: str, forms: dict[str, str], parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {media: {} for media in forms.values()}
    error = {MEDIA["json"]: {"schema": {"$ref": "#/components/schemas/Error"}}}
    responses: dict[str, Any] = {"200": {"description": summary, "content": content}}
    responses["304"] = {"description": "Nothing changed"}
    responses |= {status: {"description": said, "content": error} for status, said in FAULTS.items()}
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": responses}}


def _place(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _asked(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _whole(least: int, most: int | None = None) -> dict[str, Any]:
    return {"type": "integer", "minimum": least} | ({"maximum": most} if most else {})
