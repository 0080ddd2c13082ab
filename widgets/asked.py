"""What the visitor of a dashboard asked for in its address: the language and the view, checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from conventions.countries import REGIONS
from conventions.languages import LANGUAGES, best
from conventions.parties import CONVENTIONS
from conventions.texts import Translate, texts

# What else a view may be described by in an address; each widget looks at the values of its own controls.
VIEW = (
    *("from", "to", "level", "exporter", "importer", "class", "outliers", "find", "list"),
    *("place", "year", "side", "waste"),
)
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

    @property
    def query(self) -> str:
        """The one address of this view: what is as by default is left out, and so is what nobody knows."""
        return urlencode({"lang": self.language} | self.chosen)

    @property
    def chosen(self) -> dict[str, str]:
        """What of the view is not as by default, as parameters of an address."""
        some = "" if set(self.conventions) == set(CONVENTIONS) else ",".join(self.conventions)
        return {n: value for n, value in (("convention", some), ("region", self.region), *self.view.items()) if value}


def asked(environment: Mapping[str, str] = os.environ) -> Asked:
    """Read the address from the environment a kernel is given; see `from_address`."""
    return from_address(environment.get("QUERY_STRING", ""), environment.get("HTTP_ACCEPT_LANGUAGE", ""))


def from_address(query: str, accepted: str = "") -> Asked:
    """Read an address: `lang=fr&convention=basel,ban&region=002`.

    Without `lang` the browser's own choice of language, `accepted`, counts.
    """
    given = parse_qs(query)
    language = given.get("lang", [""])[0]
    chosen = given.get("convention", [""])[0].split(",")
    region = given.get("region", [""])[0]
    return Asked(
        language=language if language in LANGUAGES else best(accepted),
        conventions=tuple(c for c in CONVENTIONS if c in chosen) or tuple(CONVENTIONS),
        region=region if region in REGIONS else "",
        view={name: given[name][0][:LONGEST] for name in VIEW if name in given},
    )
