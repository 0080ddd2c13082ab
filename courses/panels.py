"""What the courses' work lends to other pages: by name, drawn for a visit and a subject."""

from collections.abc import Callable

from markupsafe import Markup

from courses import pages
from courses.exchange.pages import task
from courses.grading.pages import learning_panel, waiting_panel
from expert_db.visit import Visit

PANELS: dict[str, Callable[[Visit, str], Markup]] = {
    **pages.PANELS,
    "task": task,
    "grading": waiting_panel,
    "home": learning_panel,
}
