"""The vocabulary at its URIs: pages for people, SKOS for programs, concept by concept and all at once."""

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from rdflib import SKOS, Graph, URIRef

from conventions import skos
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from conventions.vocabulary import SCHEMES, VOCABULARY, Concept, concept, concepts, narrower, related
from expert_db.visit import Visit, here
from hub_config.open_data.answers import Edition, OpenRoute, edition, latest, preflight
from hub_config.open_data.negotiation import MEDIA, split, wanted
from hub_config.open_data.service import OpenData, served

FORMATS = {"ttl": "turtle", "jsonld": "json-ld"}
ROOT = "/vocabulary"
FORMS = ("html", *FORMATS)
# Who gives the codes, and the table that has their entries.
AUTHORITIES: Mapping[str, tuple[str, str]] = {
    "basel": (N_("Basel Convention"), "basel_annexes"),
    "stockholm": (N_("Stockholm Convention"), "stockholm_listings"),
    "rotterdam": (N_("Rotterdam Convention"), "rotterdam_annex_iii"),
    "cas": (N_("CAS number"), ""),
}

NO_CONCEPT = N_("There is no concept {key} in the vocabulary. The list at /vocabulary has all there are.")
NO_SCHEME = N_("There is no scheme {scheme} in the vocabulary. The list at /vocabulary has all there are.")

router = APIRouter(route_class=OpenRoute)


@router.options(ROOT + "{path:path}")
def ask_first() -> Response:
    """Any site may read this."""
    return preflight()


@router.get(ROOT)
def whole(request: Request, visit: Visit = Depends(here)) -> Response:
    """The schemes of the vocabulary for people, all of it for programs."""
    form = wanted(request, FORMS)
    if form != "html":
        return whole_file(request, form)
    number = {scheme: sum(one.scheme == scheme for one in concepts().values()) for scheme in SCHEMES}
    return _page(visit, "vocabulary.html", schemes=SCHEMES, number=number, total=len(concepts()))


@router.get(ROOT + ".ttl")
@router.get(ROOT + ".jsonld")
def whole_document(request: Request) -> Response:
    """All schemes and concepts as SKOS."""
    return whole_file(request, split(request.url.path)[1])


def whole_file(request: Request, form: str) -> Response:
    """All schemes and concepts in a form, one of `FORMATS`."""
    state = _state(served(request), form)
    return state.unchanged(request) or state.answer(_all(_base(served(request)), FORMATS[form]), MEDIA[form])


@router.get(ROOT + "/scheme/{name}")
def scheme(request: Request, name: str, visit: Visit = Depends(here)) -> Response:
    """One scheme: its concepts in her language, or as SKOS."""
    key, form = split(name)
    if key not in SCHEMES:
        raise ClearingHouseError("unknown-scheme", NO_SCHEME, status=404, scheme=key)
    members = [one for one in concepts().values() if one.scheme == key]
    form = form or wanted(request, FORMS)
    if form != "html":
        return _linked(request, form, f"scheme/{key}", *(f"concept/{one.key}" for one in members))
    code = visit.language.code
    listed = sorted(members, key=lambda one: one.labels[code].casefold())
    return _page(visit, "scheme.html", scheme=key, title=SCHEMES[key], concepts=listed)


@router.get(ROOT + "/concept/{name}")
def one_concept(request: Request, name: str, visit: Visit = Depends(here)) -> Response:
    """One concept: what it is called and what it is, or as SKOS."""
    key, form = split(name)
    found = _concept(key)
    form = form or wanted(request, FORMS)
    if form != "html":
        return _linked(request, form, f"concept/{key}")
    neighbours = {
        N_("Broader"): found.broader,
        N_("Narrower"): narrower().get(key, ()),
        N_("Related"): tuple(sorted(related()[key])),
    }
    return _page(
        visit,
        "concept.html",
        concept=found,
        scheme=SCHEMES[found.scheme],
        neighbours={word: [concept(one) for one in keys] for word, keys in neighbours.items() if keys},
        codes=[_code(code) for code in (*found.codes, *found.links)],
        address=f"{_base(served(request))}concept/{key}",
    )


@router.get(ROOT + "/{path:path}")
def entry(path: str) -> Response:
    """A concept's key alone, or an entry of an annex: its concept, or the table that has it."""
    key = path if path in concepts() else _by_code().get(path, "")
    if key:
        return RedirectResponse(f"{ROOT}/concept/{key}", status_code=303)
    table = AUTHORITIES.get(path.partition("/")[0], ("", ""))[1]
    if table and any(path in one.links for one in concepts().values()):
        return RedirectResponse(f"/data/{table}", status_code=303)
    raise ClearingHouseError("unknown-concept", NO_CONCEPT, status=404, key=path[:100])


def _concept(key: str) -> Concept:
    if key not in concepts():
        raise ClearingHouseError("unknown-concept", NO_CONCEPT, status=404, key=key[:100])
    return concept(key)


@cache
def _by_code() -> dict[str, str]:
    return {code: one.key for one in concepts().values() for code in one.codes}


def _code(code: str) -> tuple[str, str, str]:
    """Who gives a code, the code as people write it, and where its entry is, if it is here."""
    authority, _, written = code.partition("/")
    said, table = AUTHORITIES[authority]
    return said, written.replace("/", " "), f"/data/{table}" if table else ""


def _page(visit: Visit, template: str, **values: Any) -> Response:
    answer = visit.show(f"open_data/{template}", **values)
    answer.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return answer


def _linked(request: Request, form: str, *places: str) -> Response:
    """What the whole graph says of some of its addresses."""
    service = served(request)
    state = _state(service, form, *places)
    if unchanged := state.unchanged(request):
        return unchanged
    everything, part = _graph(_base(service)), Graph()
    part.bind("skos", SKOS)
    for place in places:
        for triple in everything.triples((URIRef(_base(service) + place), None, None)):
            part.add(triple)
    return state.answer(part.serialize(format=FORMATS[form]), MEDIA[form])


def _base(service: OpenData) -> str:
    return f"{service.address}{ROOT}/"


def _state(service: OpenData, *asked: str) -> Edition:
    return edition(_digest(), latest(VOCABULARY.glob("*.csv")), service.address, "vocabulary", *asked)


@cache
def _digest() -> str:
    files = sorted(VOCABULARY.glob("*.csv"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@cache
def _graph(base: str) -> Graph:
    return skos.graph(base)


@cache
def _all(base: str, form: str) -> str:
    return skos.serialize(base, form)
