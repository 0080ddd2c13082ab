"""What the visitor of a dashboard asked for in its address: the language and the view, checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from conventions.countries import REGIONS
from conventions.languages import LANGUAGES, best
from conventions.parties import CONVENTIONS
from conventions.texts import Translate, texts

# What else a view may be described by in an address; each widget looks at the values of its own controls.
VIEW = ("from", "to", "level", "exporter", "importer", "class", "outliers", "find", "list", "place", "year", "waste")
LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """A view: what cannot be shown was left out, so that an old or damaged link still opens."""

    language: str
    conventions: tuple[str, ...] = tuple(CONVENTIONS)
    region: str = ""
    view: Mapping[str, str] = field(default_factory=dict)

    @property
    def translate(self) -> Translate:
        """The platform's texts in the language asked for."""
        return texts(self.language)


def asked(environment: Mapping[str, str] = os.environ) -> Asked:
    """Read the address from the environment Voila gives a kernel: `?lang=fr&convention=basel,ban&region=002`.

    Without `lang` the browser's own choice of language counts.
    """
    query = parse_qs(environment.get("QUERY_STRING", ""))
    language = query.get("lang", [""])[0]
    chosen = query.get("convention", [""])[0].split(",")
    region = query.get("region", [""])[0]
    return Asked(
        language=language if language in LANGUAGES else best(environment.get("HTTP_ACCEPT_LANGUAGE", "")),
        conventions=tuple(c for c in CONVENTIONS if c in chosen) or tuple(CONVENTIONS),
        region=region if region in REGIONS else "",
        view={name: query[name][0][:LONGEST] for name in VIEW if name in query},
    )
