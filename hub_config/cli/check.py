"""Check code, catalogues, dashboards and courses; every problem is listed at once and nothing is changed."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from conventions.texts import ROOT
from courses import check as courses
from hub_config import catalogues
from hub_config.portal import dashboards
from hub_config.settings import read

Check = Callable[[], Iterable[str]]


def tool(*command: str) -> Check:
    """The lines that a tool prints when it is not content."""

    def lines() -> Iterable[str]:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip().splitlines() if done.returncode else ()

    return lines


def module(name: str, *arguments: str) -> Check:
    """The same for a tool that is a module of this environment."""
    return tool(sys.executable, "-m", name, *arguments)


def _courses() -> Iterable[str]:
    return map(str, courses.problems(read().content))


# What is checked, in the order shown; a line here adds a check.
CHECKS: dict[str, Check] = {
    "code: style (ruff check)": module("ruff", "check", "--output-format=concise", "."),
    "code: layout (ruff format)": module("ruff", "format", "--check", "."),
    "code: types (mypy --strict)": module("mypy"),
    "code: floors (import-linter)": tool(str(Path(sys.executable).with_name("lint-imports"))),
    "texts: six languages complete": catalogues.check_all,
    "dashboards: title, summary, date and source": dashboards.problems,
    "courses: sources, translations and tests": _courses,
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", metavar="WORD", default="", help="only the checks with this word in their name")


def run(options: argparse.Namespace) -> int:
    return report({name: check for name, check in CHECKS.items() if options.only in name})


def report(checks: Mapping[str, Check]) -> int:
    """Run all, show each one's problems and a summary; 1 if there is any problem, else 0."""
    console = Console(highlight=False, soft_wrap=True)
    failed = [name for name, check in checks.items() if not _passes(console, name, check)]
    if failed:
        console.print(f"\n[bold]{len(failed)} of {len(checks)} checks found problems:[/] {escape(', '.join(failed))}")
        console.print("Each problem above names its file. Mend them and run `chm check` again.")
        return 1
    console.print(f"\n[bold]All {len(checks)} checks passed.[/]")
    return 0


def _passes(console: Console, name: str, check: Check) -> bool:
    with console.status(f"{escape(name)} …"):
        problems = _problems(check)
    console.print(f"[{'red' if problems else 'green'}]{'✗' if problems else '✓'}[/] {escape(name)}")
    for problem in problems:
        console.print(f"    {escape(problem)}")
    return not problems


def _problems(check: Check) -> list[str]:
    """A check that cannot run is a problem too, and does not keep the others from running."""
    try:
        return list(check())
    except Exception as error:
        return [f"this check could not run: {type(error).__name__}: {error}"]
