"""Run `chm check` and every test, the flows in a real browser included. What follows `--` is for pytest."""

import argparse
import os
import sys

from conventions.texts import ROOT
from hub_config import browser, orphans
from hub_config.cli import check

# On all processors at once; what a file's tests share, they share still. `-- -n 0` runs one after the other.
TOGETHER = ("--numprocesses=logical", "--maxprocesses=4", "--dist=loadfile", "--no-loadscope-reorder")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", help="what to give to pytest, such as tests/flows or -- -k receipt")


def run(options: argparse.Namespace) -> int:
    """2 if there is no browser, before anything else is done; 1 if a check or a test fails or leaves a process."""
    chromium = browser.find()
    print(f"Browser: {chromium}", flush=True)
    checked = check.report(check.CHECKS)
    tests = [sys.executable, "-m", "pytest", *TOGETHER, *options.pytest]
    failed = orphans.run(tests, ROOT, {**os.environ, browser.VARIABLE: str(chromium)})
    left = orphans.end()
    for command in left:
        print(f"✗ left running by the tests, and ended: {command[:200]}", flush=True)
    return 1 if checked or failed or left else 0
