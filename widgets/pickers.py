"""Widgets: choose a place, or an entry of the Basel annexes, from one native list."""

from dataclasses import asdict
from datetime import date
from typing import Any

import anywidget
import traitlets

from conventions.annexes import annexes, applies
from conventions.countries import countries
from conventions.languages import LANGUAGES
from conventions.texts import N_, Translate
from widgets.asked import Asked
from widgets.places import options
from widgets.script import script, style
from widgets.view import Control

LONGEST = 70


class Picker(anywidget.AnyWidget):
    """A list to choose from; `value` is what was chosen, `""` for nothing. What is not on the list is refused."""

    _esm = script("pickers")
    _css = style()

    page = traitlets.Dict().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Asked) -> None:
        self._control = self.control(asked.translate)
        super().__init__(
            page={
                "language": asked.language,
                "direction": LANGUAGES[asked.language].direction,
                "control": asdict(self._control),
            },
            value=self._control.checked(asked.view.get(self._control.name)),
        )

    def control(self, translate: Translate) -> Control:
        """The list; its name is that of the choice in `Asked.view`."""
        raise NotImplementedError

    @traitlets.validate("value")
    def _known(self, proposal: dict[str, Any]) -> str:
        return self._control.checked(proposal["value"])


class PlacePicker(Picker):
    """The world (`""`), a region (M49) or a country (alpha-2), by its name in the reader's language."""

    def control(self, translate: Translate) -> Control:
        """Five regions, then all countries by name."""
        return Control("place", translate(N_("Country or region")), *options(countries().index, translate))


class CodePicker(Picker):
    """An entry of the Basel annexes that applies today, by its code; the words beside it are English."""

    def control(self, translate: Translate) -> Control:
        """The entries in the order of the annexes."""
        frame = annexes()
        frame = frame[applies(frame, date.today())]
        groups = [
            (
                translate(N_("Basel Convention, Annex {annex}"), annex=annex),
                [(code, f"{code} – {_short(text)}") for code, text in zip(of["code"], of["text"], strict=True)],
            )
            for annex, of in frame.groupby("annex", sort=False)
        ]
        return Control("find", translate(N_("Code")), [("", "–")], groups)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
