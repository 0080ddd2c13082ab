"""Make a new course, see how its translations stand, preview it as a learner sees it, release it."""

import argparse
import getpass
import sys
import tempfile
from collections.abc import Callable
from math import floor
from pathlib import Path

from conventions.languages import LANGUAGES
from courses import edition, seed
from courses.service import Courses
from expert_db.database import Database
from hub_config import settings
from hub_config.migrations import upgrade
from hub_config.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="what")
    new = what.add_parser("new", help="write a new course to begin with")
    new.add_argument("course", help="its name: small letters, digits and hyphens")
    status = what.add_parser("status", help="show what each course lacks in each language, and its problems")
    status.add_argument("course", nargs="*", help="the courses; all if none is named")
    preview = what.add_parser("preview", help="write a course's notebooks as learners would get them")
    preview.add_argument("course")
    preview.add_argument("--to", type=Path, default=None, help="a new folder; a temporary one if not given")
    release = what.add_parser("release", help="release the version in course.toml; learners see it at once")
    release.add_argument("course", nargs="+")
    release.add_argument("--by", default=getpass.getuser(), help="who releases it, for the record")


def run(options: argparse.Namespace) -> int:
    return WHAT[options.what](options, settings.read())


def _new(options: argparse.Namespace, known: Settings) -> int:
    print(f"Written: {seed.plant(known.content, options.course)}. Edit it, then: chm course status {options.course}")
    return 0


def _courses(known: Settings) -> Courses:
    """The courses, also where the platform has never been started."""
    known.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(known.database)
    upgrade(database)
    return Courses(database, known.content, known.home)


def _status(options: argparse.Namespace, known: Settings) -> int:
    """Print a line an item and a line a problem; 1 if any problem holds a release back."""
    service = _courses(known)
    blocked = False
    for name in options.course or service.workspace.names():
        draft = service.draft(name)
        print(f"{name}: version {draft.course.version if draft.course else '?'}, released {draft.released or 'never'}")
        for code, items in (draft.coverage.coverage if draft.coverage else {}).items():
            shares = ", ".join(f"{item} {floor(100 * part.share + 1e-9)}%" for item, part in items.items())
            print(f"  {LANGUAGES[code].name}: {shares}")
        for problem in draft.problems:
            print(f"  {problem}", file=sys.stderr)
            blocked = blocked or problem.blocks
    return 1 if blocked else 0


def _preview(options: argparse.Namespace, known: Settings) -> int:
    target = options.to or Path(tempfile.mkdtemp(prefix=f"{options.course}-"))
    with tempfile.TemporaryDirectory() as aside:
        edition.build(_courses(known).workspace.folder(options.course), target, Path(aside))
    print(f"Written: {target}. Open its notebooks in JupyterLab; a folder a language.")
    return 0


def _release(options: argparse.Namespace, known: Settings) -> int:
    service = _courses(known)
    for name in options.course:
        made = service.release(name, by=options.by)
        print(f"{name} {made.version} is out ({made.digest[:12]}).")
    return 0


WHAT: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "new": _new,
    "status": _status,
    "preview": _preview,
    "release": _release,
}
