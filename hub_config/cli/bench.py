"""Measure the platform against the stock part it replaces, in the same run on this machine."""

import argparse
import json
from importlib import import_module

from rich.console import Console

# Each is a module of `hub_config.benchmarks` with `arguments(parser)` and `figures(options)`.
BENCHMARKS = {
    "spawn": "members' servers: ready when, and their memory",
    "dashboard": "public dashboards: first view, first touch, and their memory",
    "members": "a whole platform with many members at work: its memory, and the portal's pages",
    "kernel": "kernels with the libraries of lessons: ready when, and their memory",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One verb for each benchmark, with its own options."""
    names = parser.add_subparsers(dest="name", required=True, metavar="name")
    for name, sentence in BENCHMARKS.items():
        own = names.add_parser(name, help=sentence, description=sentence)
        own.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
        import_module(f"hub_config.benchmarks.{name}").arguments(own)


def run(options: argparse.Namespace) -> int:
    console = Console(stderr=True)
    with console.status("measuring ours, then stock: some minutes …"):
        found = list(import_module(f"hub_config.benchmarks.{options.name}").figures(options))
    for figure in found:
        print(json.dumps(figure.row(), ensure_ascii=False) if options.json else figure.line())
    return 0
