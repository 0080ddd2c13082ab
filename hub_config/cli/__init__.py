"""The command line: one module per verb, each with `HELP`, `arguments(parser)` and `run(options)`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from conventions.errors import ClearingHouseError

VERBS: dict[str, str] = {
    "serve": "start the platform on this machine",
    "test": "run every test, the browser flows included",
    "check": "check code, catalogues and courses; list every problem at once",
    "course": "make, check, preview or release a course",
    "match": "show who waits for a mentor and who could be one, and propose",
    "people": "import or export the members, or erase one's personal data",
    "find": "say which concepts of the conventions a text speaks of, with their codes",
    "forum": "send what waits for the forum, follow its webhooks again, find what was lost",
    "data": "fetch what the Secretariat publishes, show what differs, take it in",
    "texts": "bring the catalogues up to date with the texts in the code",
}


def parser() -> argparse.ArgumentParser:
    """The whole command line; a verb's module is imported only when it is used."""
    top = argparse.ArgumentParser(prog="chm", description="The clearing-house's learning platform.")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, sentence in VERBS.items():
        verbs.add_parser(name, help=sentence, add_help=False)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when all is well, 1 when it found problems, 2 when it could not start."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    verb = parser().parse_known_args(given[:1] or ["--help"])[0].verb
    module = import_module(f"hub_config.cli.{verb}")
    options = argparse.ArgumentParser(prog=f"chm {verb}", description=module.__doc__)
    module.arguments(options)
    try:
        code: int = module.run(options.parse_args(given[1:]))
    except ClearingHouseError as error:
        print(f"chm {verb}: {error} [{error.code}]", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code
