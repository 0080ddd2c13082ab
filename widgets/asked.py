"""What the visitor of a dashboard asked for in its address: the language and the view, checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from conventions.countries import REGIONS
from conventions.languages import LANGUAGES, best
from conventions.parties import CONVENTIONS
from conventions.texts import Translate, texts


@dataclass(frozen=True)
class Asked:
    """A view: what cannot be shown was left out, so that an old or damaged link still opens."""

    language: str
    conventions: tuple[str, ...]
    region: str

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
    )
