"""Start the platform on this machine and stop it with Ctrl-C; all its state is in one folder."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from expert_db.database import Database
from hub_config import running
from hub_config.first_accounts import SECRETARIAT, first_secretariat
from hub_config.hub import proxy_script
from hub_config.migrations import upgrade
from hub_config.settings import Settings, read
from hub_config.warm import rooms
from hub_config.warm.spawner import write_lab_settings

Account = tuple[str, str, str]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options; the settings that have none are listed below them."""
    fields = Settings.model_fields
    parser.add_argument("--demo", action="store_true", help="with courses, people and questions to try everything out")
    parser.add_argument("--port", type=int, help=f"{fields['port'].description} Default: {fields['port'].default}.")
    parser.add_argument("--host", help=f"{fields['host'].description} Default: {fields['host'].default}.")
    parser.add_argument("--home", type=Path, help=f"{fields['home'].description} Default: var/.")
    parser.add_argument("--no-sandbox", action="store_true", help="do not isolate learners' code: only to try it alone")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "settings, in settings.toml in the home or as CHM_… in the environment:\n" + "\n".join(
        f"  {name:18} {field.description}" for name, field in fields.items()
    )


def run(options: argparse.Namespace) -> int:
    settings = _chosen(options)
    prepare(settings)
    people = _demo(settings) if options.demo else []
    password = first_secretariat(settings)
    accounts = [*people, *([(SECRETARIAT, password, "works once, then you choose your own")] if password else [])]
    print("Starting …", flush=True)
    with running.platform(settings, meanwhile=partial(release_new, settings)) as started:
        _greet(settings, accounts)
        code = started.wait()
    print("Stopped.", flush=True)
    return code


def _chosen(options: argparse.Namespace) -> Settings:
    """The settings of this run: what the command line names wins over file and environment."""
    named = {"port": options.port, "host": options.host, "home": options.home}
    given = {name: value for name, value in named.items() if value is not None}
    return read(**given, **({"sandbox": False} if options.no_sandbox else {}))


def prepare(settings: Settings) -> None:
    """Find what can be wrong before anything is started, then bring the database up to date."""
    running.check_machine(settings)
    proxy_script()
    if settings.sandbox:
        write_lab_settings(settings.home)
        rooms.learner(settings).probe()
    database = Database(settings.database)
    upgrade(database)
    database.close()


def release_new(settings: Settings) -> None:
    """Release the courses that never were. One that cannot be is said here and, with its problems, on the desk."""
    released = settings.home / "courses" / "released"
    if all((released / path.parent.name).is_dir() for path in settings.content.glob("*/course.toml")):
        return
    # Only now, since nbgrader takes a second to be imported.
    from courses.service import Courses  # noqa: PLC0415

    database = Database(settings.database)
    for refused in Courses(database, settings.content, settings.home).release_new(by=""):
        print(f"chm serve: {refused} [{refused.code}]", file=sys.stderr)
    database.close()


def _demo(settings: Settings) -> list[Account]:
    """The demo's people, loaded only when it is asked for."""
    people: list[Account] = import_module("hub_config.demo").prepare(settings)
    return people


def _greet(settings: Settings, accounts: Sequence[Account]) -> None:
    """All that a newcomer needs to know; the rest is in the logs."""
    lines = [f"The platform is open: {settings.address}/", ""]
    if accounts:
        columns = [max(len(account[column]) for account in accounts) for column in (0, 1)]
        lines += ["You can sign in as", *(_row(account, columns) for account in accounts), ""]
    if not settings.sandbox:
        lines += ["Learners' code is NOT isolated: let nobody else in.", ""]
    print("\n".join([*lines, f"State and logs: {settings.home}. Ctrl-C stops it."]), flush=True)


def _row(account: Account, columns: Sequence[int]) -> str:
    name, password, description = account
    return f"  {name:{columns[0]}}  {password:{columns[1]}}  {description}"
