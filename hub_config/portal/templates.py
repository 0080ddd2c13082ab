"""Pages from templates: the packages' folders in one environment, her language, and panels lent by packages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from conventions.languages import LANGUAGES
from conventions.texts import ROOT, Translate
from expert_db.visit import Visit
from hub_config.portal.formats import FILTERS
from hub_config.portal.menu import menu
from hub_config.portal.static import Static
from hub_config.portal.visits import keeping

Panel = Callable[[Visit, str], Markup]
OWN = ROOT / "hub_config" / "portal" / "templates"


class Templates:
    """Renders `<package>/templates/<package>/<page>.html` for a visit; what a template lacks is an error."""

    def __init__(self, packages: Iterable[str], panels: Mapping[str, Sequence[Panel]], static: Static) -> None:
        folders = [OWN, *(ROOT / package / "templates" for package in packages)]
        self._panels = panels
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS)
        self._environment.globals.update(languages=LANGUAGES, static=static.url, menu=menu, keeping=keeping)

    def render(self, visit: Visit, template: str, values: dict[str, Any]) -> str:
        """The page as text, with the notice that an earlier request left for her."""
        if notice := visit.request.session.pop("notice", ""):
            visit.notices.append(("notice", visit.translate(notice)))
        words = {"visit": visit, "_": in_markup(visit.translate), "plural": plural_in_markup(visit.translate)}
        return self._environment.get_template(template).render({**values, **words})

    def panel(self, visit: Visit, name: str, subject: str) -> Markup:
        """What the packages have to show under that name, in the order of the parts."""
        return Markup("").join(draw(visit, subject) for draw in self._panels.get(name, ()))


def in_markup(translate: Translate) -> Callable[..., Markup]:
    """`_` of the templates: values that are markup stay so, all else is escaped."""

    def text(key: str, /, **values: Any) -> Markup:
        found = escape(translate(key))
        return found.format(**values) if values else found

    return text


def plural_in_markup(translate: Translate) -> Callable[..., Markup]:
    """`plural` of the templates, as careful as `_`."""

    def text(one: str, many: str, n: int, /, **values: Any) -> Markup:
        places = {name: f"{{{name}}}" for name in values}
        found = escape(translate.plural(one, many, n, **places))
        return found.format(**values) if values else found

    return text
