"""Start the platform on this machine and stop it with Ctrl-C; all its state is in one folder."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from hub_config import proxy, running
from hub_config.process import Process
from hub_config.programs import behind
from hub_config.settings import Settings, read

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
    running.check_machine(settings)
    proxy.command()
    print("Starting …", flush=True)
    with running.platform(settings) as platform:
        # Only now, so that this takes its time while the processes that have been started take theirs.
        preparing = import_module("hub_config.preparing")
        accounts = preparing.prepare(settings, demo=options.demo)
        for refused in preparing.release_new(settings):
            print(f"chm serve: {refused} [{refused.code}]", file=sys.stderr)
        platform.gate.open()
        platform.until_open()
        _greet(settings, accounts)
        with suppress(KeyboardInterrupt):
            platform.start(behind(settings))
            platform.watch(_tell)
    print("Stopped.", flush=True)
    return 0


def _chosen(options: argparse.Namespace) -> Settings:
    """The settings of this run: what the command line names wins over file and environment."""
    named = {"port": options.port, "host": options.host, "home": options.home}
    given = {name: value for name, value in named.items() if value is not None}
    return read(**given, **({"sandbox": False} if options.no_sandbox else {}))


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


def _tell(process: Process) -> None:
    words = f"{process.name} has ended and is started again: {process.last_words()}"
    print(f"chm serve: {words} (all of it is in {process.log})", file=sys.stderr, flush=True)
