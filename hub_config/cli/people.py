"""Import or export the members as a CSV file, or erase one member's personal data."""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from expert_db.database import Database
from expert_db.members import Member, find
from expert_db.people import erase, export_table, import_table
from hub_config.migrations import upgrade
from hub_config.settings import read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("what", nargs="?", help="import: the file; export: the file (default: print); erase: the name")
    parser.add_argument("--home", help="the folder with the platform's state (default: CHM_HOME, or var/)")
    parser.add_argument("--yes", action="store_true", help="erase: do it; without it, only say what would be done")


def run(options: argparse.Namespace) -> int:
    if options.what is None and options.action != "export":
        print(f"chm people {options.action}: name the file or the member, as in --help", file=sys.stderr)
        return 2
    settings = read(**({"home": options.home} if options.home else {}))
    with closing(Database(settings.database)) as database:
        upgrade(database)
        with database.session() as session:
            return ACTIONS[options.action](session, options)


def _import(session: Session, options: argparse.Namespace) -> int:
    path = Path(options.what)
    if not path.is_file():
        print(f"There is no file {path}.", file=sys.stderr)
        return 2
    print(f"{import_table(session, path.read_text(encoding='utf-8-sig'), by='')} members imported")
    return 0


def _export(session: Session, options: argparse.Namespace) -> int:
    table = export_table(session.scalars(select(Member).order_by(Member.id)))
    if options.what is None:
        print(table, end="")
    else:
        Path(options.what).write_text(table, encoding="utf-8")
    return 0


def _erase(session: Session, options: argparse.Namespace) -> int:
    member = find(session, options.what)
    if not options.yes:
        print(f"This erases the personal data of {member.full_name} ({member.name}) for good. Repeat it with --yes.")
        return 1
    print(f"{options.what} is erased; what happened stays under the name {erase(session, member, by='')}")
    return 0


ACTIONS: dict[str, Callable[[Session, argparse.Namespace], int]] = {
    "import": _import,
    "export": _export,
    "erase": _erase,
}
