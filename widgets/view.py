"""What the widgets of the dashboards share: controls, figures with table and files, a link, a note of date and source.

A widget says in Python which controls it has and what its figures are; `view.js` draws them. The kernel computes each
figure anew when the reader chooses, so that a browser never holds more than it shows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import anywidget
import traitlets

from conventions.languages import LANGUAGES
from conventions.texts import N_
from conventions.world import world
from widgets.asked import Asked

Choice = dict[str, str]
Option = tuple[str, str]

TEXTS = {
    "link": N_("Link to this view"),
    "table": N_("The same figures as a table"),
    "csv": N_("Table (CSV)"),
    "svg": N_("Picture (SVG)"),
    "png": N_("Picture (PNG)"),
    "late": N_("There is no answer. This page was open for a long time; open the view you chose anew."),
}


@dataclass(frozen=True)
class Control:
    """Something to choose: one of `options` or of those in `groups` (value, label), or words to search for."""

    name: str
    label: str
    options: list[Option] = field(default_factory=list)
    groups: list[tuple[str, list[Option]]] = field(default_factory=list)
    value: str = ""
    kind: str = "select"
    hint: str = ""

    def checked(self, value: object) -> str:
        """The value if it can be chosen here, else the one this control begins with."""
        known = {key for key, _ in [*self.options, *(option for _, group in self.groups for option in group)]}
        return value if isinstance(value, str) and (value in known or self.kind == "search") else self.value


@dataclass(frozen=True)
class Column:
    """A column: `kind` is text, number (written in the reader's language), code or english (left to right)."""

    label: str
    kind: str = "text"


@dataclass(frozen=True)
class Figure:
    """A chart and its table: `chart` is flows, bars, ranks, bubbles or empty for a table alone.

    `rows` hold what the chart draws, cell by cell; `marks` has the classes of each row (outlier, partial …), `totals`
    the places of rows that sum others up, `series` the columns that bars stand for, `legend` (class, words),
    `places` where a row stands on the map (x, y) or None, `hint` how the keyboard is used on the chart, `remark` what
    must go with it wherever it goes.
    """

    name: str
    title: str
    summary: str
    columns: list[Column]
    rows: list[list[Any]]
    chart: str = ""
    marks: list[list[str]] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    series: list[int] = field(default_factory=list)
    legend: list[Option] = field(default_factory=list)
    places: list[tuple[int, int] | None] = field(default_factory=list)
    hint: str = ""
    remark: str = ""
    stacked: bool = False
    whole: bool = False


class View(anywidget.AnyWidget):
    """A widget of controls and figures; a kind of view says what both are.

    `choice` (control → value) follows what the reader chooses, and may be set; `shown` holds the figures for it.
    A kind that draws a map says `mapped`, and gets the world once.
    """

    name = "view"
    mapped = False

    page = traitlets.Dict().tag(sync=True)
    choice = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, asked: Asked) -> None:
        self.asked, self.translate = asked, asked.translate
        self._controls = self.controls()
        choice = self.checked(asked.view)
        super().__init__(page=self._page(), choice=choice, shown=self._shown(choice))

    def controls(self) -> list[Control]:
        """What can be chosen, in the order in which it is shown."""
        raise NotImplementedError

    def figures(self, choice: Choice) -> list[Figure]:
        """What is shown for a choice, the most important figure first."""
        raise NotImplementedError

    def note(self) -> str:
        """Date, source and unverified rows."""
        raise NotImplementedError

    def checked(self, wanted: Mapping[str, object]) -> Choice:
        """A value for each control: the one wanted, if there is such a thing to choose."""
        return {control.name: control.checked(wanted.get(control.name)) for control in self._controls}

    def label(self, name: str, choice: Choice) -> str:
        """What is written at the value chosen in a control."""
        control = next(control for control in self._controls if control.name == name)
        every = [*control.options, *(option for _, group in control.groups for option in group)]
        return dict(every)[choice[name]]

    def _page(self) -> dict[str, Any]:
        language = self.asked.language
        return {
            "name": self.name,
            "language": language,
            "direction": LANGUAGES[language].direction,
            "texts": {key: self.translate(text) for key, text in TEXTS.items()},
            "controls": [asdict(control) for control in self._controls],
            "note": self.note(),
            "world": _ground() if self.mapped else {},
        }

    def _shown(self, choice: Choice) -> dict[str, Any]:
        # The choice goes with the figures, so that a browser hears of every choice, also of one that changes nothing.
        return {"choice": choice, "figures": [asdict(figure) for figure in self.figures(choice)]}

    @traitlets.observe("choice")
    def _chosen(self, change: dict[str, Any]) -> None:
        if "shown" in self._trait_values and self.shown.get("choice") != change["new"]:
            self.shown = self._shown(self.checked(change["new"])) | {"choice": change["new"]}


def _ground() -> dict[str, Any]:
    drawn = world()
    return {"width": drawn.width, "height": drawn.height, "land": drawn.land}
