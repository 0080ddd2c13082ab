"""The words beside a dashboard: how its figures were made, and what to be careful about."""

from collections.abc import Iterable
from html import escape

from conventions.texts import N_, Translate
from widgets.asked import Asked

METHOD_TITLE = N_("How this was counted")
CAVEATS_TITLE = N_("What to be careful about")


def about(asked: Asked, method: Iterable[str], caveats: Iterable[str], more: str = "") -> str:
    """Method and caveats (marked texts) as HTML in the visitor's language, with more HTML below them."""
    translate = asked.translate
    return (
        f'<section class="chm-about" lang="{asked.language}">'
        f"<h2>{escape(translate(METHOD_TITLE))}</h2>{_list(method, translate)}"
        f"<h2>{escape(translate(CAVEATS_TITLE))}</h2>{_list(caveats, translate)}"
        f"{more}</section>"
    )


def _list(sentences: Iterable[str], translate: Translate) -> str:
    return "<ul>" + "".join(f"<li>{escape(translate(sentence))}</li>" for sentence in sentences) + "</ul>"
