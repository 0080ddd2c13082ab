"""Bring the catalogues up to date with the texts in code and templates; what is new waits for translators."""

import argparse

from conventions.texts import PACKAGES
from hub_config import catalogues


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", nargs="*", help=f"one or more of {', '.join(PACKAGES)}; all if none is named")
    parser.add_argument("--drop", action="store_true", help="let a catalogue lose many texts at once")


def run(options: argparse.Namespace) -> int:
    missing = 0
    for package in options.package or PACKAGES:
        count = catalogues.update(package, drop=options.drop)
        print(f"{package}: {count} texts to translate")
        missing += count
    return 1 if missing else 0
