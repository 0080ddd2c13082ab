"""The tables: the list, a page for each, and each as CSV, JSON and Parquet."""

import gzip
import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from conventions.texts import N_
from expert_db.visit import Visit, here
from hub_config.open_data import dcat, schema_org, titles
from hub_config.open_data.answers import OpenRoute, preflight
from hub_config.open_data.datasets import COUNTRIES, Dataset
from hub_config.open_data.negotiation import MEDIA, split, wanted
from hub_config.open_data.service import OpenData, served

PAGE, LARGEST_PAGE = 1_000, 10_000
SAMPLE = 8

router = APIRouter(route_class=OpenRoute)

KINDS = {"string": N_("text"), "date": N_("date"), "integer": N_("whole number"), "number": N_("number")}

Paging = tuple[int, int]


@router.options("/data/{path:path}")
def ask_first() -> Response:
    """Any site may read this."""
    return preflight()


@router.get("/data")
def all_tables(request: Request, visit: Visit = Depends(here)) -> Response:
    """The list of tables, for people; for programs the data package, or the catalogue as linked data."""
    form = wanted(request, ("html", "json", *dcat.FORMATS))
    if form != "html":
        return data_package(request) if form == "json" else dcat.answer(request, form)
    service = served(request)
    return _page(
        visit,
        "open_data/tables.html",
        tables=service.package.datasets.values(),
        facts=service.store.facts,
        schema=schema_org.script(schema_org.catalogue(service, visit)),
    )


@router.get("/data/datapackage.json")
def data_package(request: Request) -> Response:
    """The Frictionless data package of all tables, its paths leading to the files here."""
    service = served(request)
    state = service.edition("datapackage")
    described = dict(service.package.described)
    described["resources"] = [
        {**{key: value for key, value in resource.items() if key != "compression"}, "path": f"{resource['name']}.csv"}
        for resource in described["resources"]
    ]
    body = json.dumps({**described, "homepage": f"{service.address}/data"}, ensure_ascii=False, indent=1)
    return state.unchanged(request) or state.answer(body, MEDIA["json"])


@router.get("/data/{name:path}")
def table(
    request: Request,
    name: str,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    visit: Visit = Depends(here),
) -> Response:
    """A table, in the form that the ending of its address or the `Accept` header asks for."""
    stem, form = split(name)
    service = served(request)
    dataset = service.package[stem]
    form = form or wanted(request, ("html", *FORMS))
    if form == "html":
        return _table_page(visit, service, dataset)
    state = service.edition(dataset.name, form, str(limit), str(offset))
    return state.unchanged(request) or FORMS[form](service, dataset, (limit, offset))


def _table_page(visit: Visit, service: OpenData, dataset: Dataset) -> Response:
    rows = service.store.rows(select(service.store.tables[dataset.name]).limit(SAMPLE))
    return _page(
        visit,
        "open_data/table.html",
        table=dataset,
        facts=service.store.facts(dataset.name),
        rows=rows,
        address=f"{service.address}/data/{dataset.name}",
        alternates={form: MEDIA[form] for form in FORMS},
        kinds=KINDS,
        examples=_examples(service, dataset),
        schema=schema_org.script(schema_org.dataset(service, visit, dataset)),
    )


def _examples(service: OpenData, dataset: Dataset) -> list[str]:
    """Questions that programs ask, ready to be pasted."""
    address, odata = f"{service.address}/data/{dataset.name}", f"{service.address}/odata/v4/{dataset.name}"
    asked = [f"curl {address}.csv", f"curl -H 'Accept: text/csv' {address}", f"curl '{address}.json?limit=100'"]
    names = [column.name for column in dataset.columns]
    country = next((name for name in COUNTRIES if name in names), None)
    options = {"$top": "10", "$orderby": names[0]}
    if country:
        options = {"$filter": f"{country} eq 'KE'", "$expand": f"{country}_place($select=name_en)"}
    return [*asked, f"curl '{odata}?{urlencode(options, safe='$(),', quote_via=quote)}'"]


def _page(visit: Visit, template: str, **values: Any) -> Response:
    answer = visit.show(template, said=titles.said(visit), **values)
    answer.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return answer


def _csv(service: OpenData, dataset: Dataset, _paging: Paging) -> Response:
    body = dataset.file.read_bytes()
    return _file(service, dataset, "csv", gzip.decompress(body) if dataset.file.suffix == ".gz" else body)


def _parquet(service: OpenData, dataset: Dataset, _paging: Paging) -> Response:
    return _file(service, dataset, "parquet", service.store.parquet(dataset.name).read_bytes())


def _file(service: OpenData, dataset: Dataset, form: str, body: bytes) -> Response:
    state = service.edition(dataset.name, form, str(PAGE), "0")
    return state.answer(body, MEDIA[form], {"Content-Disposition": f'attachment; filename="{dataset.name}.{form}"'})


def _json(service: OpenData, dataset: Dataset, paging: Paging) -> Response:
    """One page of rows, in the order of the CSV file; where there are more, `next` is their address."""
    limit, offset = paging
    table = service.store.tables[dataset.name]
    total = service.store.number(select(func.count()).select_from(table))
    rows = service.store.rows(select(table).limit(limit).offset(offset))
    body: dict[str, Any] = {"table": dataset.name, "count": total, "limit": limit, "offset": offset, "rows": rows}
    headers = {}
    if offset + limit < total:
        query = urlencode({"limit": limit, "offset": offset + limit})
        body["next"] = f"{service.address}/data/{dataset.name}.json?{query}"
        headers["Link"] = f'<{body["next"]}>; rel="next"'
    state = service.edition(dataset.name, "json", str(limit), str(offset))
    return state.answer(json.dumps(body, ensure_ascii=False, default=str), MEDIA["json"], headers)


def _described(form: str) -> Callable[[OpenData, Dataset, Paging], Response]:
    """What the table is, as linked data."""

    def answer(service: OpenData, dataset: Dataset, _paging: Paging) -> Response:
        state = service.edition(dataset.name, form, str(PAGE), "0")
        return state.answer(dcat.written(dcat.described(service, dataset), form), MEDIA[form])

    return answer


FORMS: dict[str, Callable[[OpenData, Dataset, Paging], Response]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
    "ttl": _described("ttl"),
    "jsonld": _described("jsonld"),
}
