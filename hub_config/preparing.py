"""The state that the platform's processes rely on, brought up to date before they touch it."""

from importlib import import_module

from conventions.errors import ClearingHouseError
from expert_db.database import Database
from hub_config.first_accounts import SECRETARIAT, first_secretariat
from hub_config.migrations import upgrade
from hub_config.settings import Settings
from hub_config.warm import rooms
from hub_config.warm.lab import write_lab_settings

# User name, password, what it is for.
Account = tuple[str, str, str]


def prepare(settings: Settings, *, demo: bool) -> list[Account]:
    """Find what can be wrong, then bring databases and accounts up to date; the accounts to tell the operator of."""
    if settings.sandbox:
        write_lab_settings(settings.home)
        rooms.learner(settings).probe()
    database = Database(settings.database)
    upgrade(database)
    database.close()
    people = _demo(settings) if demo else []
    password = first_secretariat(settings)
    return [*people, *([(SECRETARIAT, password, "works once, then you choose your own")] if password else [])]


def release_new(settings: Settings) -> list[ClearingHouseError]:
    """Release the courses that never were; why each that cannot be was not, which its page on the desk says too."""
    released = settings.home / "courses" / "released"
    if all((released / path.parent.name).is_dir() for path in settings.content.glob("*/course.toml")):
        return []
    # Only now, since nbgrader takes a second to be imported.
    from courses.service import Courses  # noqa: PLC0415

    database = Database(settings.database)
    refused = Courses(database, settings.content, settings.home).release_new(by="")
    database.close()
    return refused


def _demo(settings: Settings) -> list[Account]:
    """The demo's people, loaded only when it is asked for."""
    people: list[Account] = import_module("hub_config.demo").prepare(settings)
    return people
