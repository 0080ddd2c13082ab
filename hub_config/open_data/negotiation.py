"""Which form of a thing is wanted: by the ending of its address, or by what the `Accept` header prefers."""

from collections.abc import Sequence

from mimeparse import MimeTypeParseException, best_match
from starlette.requests import Request

from conventions.errors import ClearingHouseError
from conventions.texts import N_

MEDIA = {
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
}


def wanted(request: Request, offered: Sequence[str]) -> str:
    """The one of `offered` (keys of `MEDIA`) that the caller prefers; the first if it does not matter to her.

    Raises `not-acceptable`, with what there is, if none of them will do.
    """
    accepted = request.headers.get("accept", "*/*")
    # The library takes the last of those that are liked equally.
    types = [MEDIA[form] for form in reversed(offered)]
    try:
        found = best_match(types, accepted)
    except MimeTypeParseException:
        found = ""
    if not found:
        raise ClearingHouseError(
            "not-acceptable",
            N_("Nothing here is of the kind {accept}. Ask for one of these: {offered}."),
            status=406,
            accept=accepted,
            offered=", ".join(reversed(types)),
        )
    return next(form for form in offered if MEDIA[form] == found)


def split(name: str) -> tuple[str, str]:
    """A name and the form that its ending asks for; the form is empty if it asks for none."""
    stem, dot, form = name.rpartition(".")
    return (stem, form) if dot and form in MEDIA else (name, "")
