"""What the platform runs, as one list: each program with its command and what it may know."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from conventions import logs
from conventions.texts import ROOT
from hub_config import ports
from hub_config.keys import Keys
from hub_config.process import Program
from hub_config.settings import Settings
from hub_config.warm import rooms, template
from widgets.dashboards import voila_command

CONFIGURATION = ROOT / "hub_config" / "jupyterhub_config.py"
# Where the dashboards are for the browser; the proxy sends it on.
DASHBOARDS = "/services/dashboards/"
# What of the operator's environment is for programs that show the public's or another site's work.
HARMLESS = ("LANG", "LC_ALL", "TZ")


def front_door(settings: Settings) -> list[Program]:
    """Without these the platform is not open: the Hub, which starts the proxy and the members' servers; the portal."""
    everything = {**os.environ, **settings.environment, **_python()}
    return [
        Program("hub", [sys.executable, "-m", "hub_config", "--config", str(CONFIGURATION)], everything),
        Program("portal", [sys.executable, "-m", "hub_config.portal"], everything),
    ]


def behind(settings: Settings) -> list[Program]:
    """What the front door leads on to: servers' template, the embedded forum unless there is a real one, dashboards."""
    at, keys = ports.read(settings.home), Keys(settings.home / "secrets")
    warm = Program("template", template.command(settings.template), {**template.surroundings(), **_log(settings)})
    return [warm, *([] if settings.forum_url else [forum(settings, at, keys)]), dashboards(settings, at)]


def forum(settings: Settings, at: Mapping[str, int], keys: Keys) -> Program:
    """The embedded forum, reached by the portal alone; its webhooks come back to the portal."""
    home = _folder(settings, "forum")
    webhook = f"http://127.0.0.1:{at['portal']}/api/forum/webhook"
    command = [
        *(sys.executable, "-m", "forum_bridge.embedded", "--port", str(at["forum"])),
        *("--home", str(home), "--webhook", webhook),
    ]
    secrets = {"CHM_FORUM_KEY": keys["forum"], "CHM_FORUM_SECRET": keys["forum-webhook"]}
    return Program("forum", command, {**_harmless(), **_log(settings), **secrets})


def dashboards(settings: Settings, at: Mapping[str, int]) -> Program:
    """Voila, for the public: no account, and none of the platform's secrets or data about people."""
    # In front of it is the platform's own proxy, too.
    command = voila_command(at["dashboards"], DASHBOARDS, settings.dashboard_kernels, settings.proxies + 1)
    folder = _folder(settings, "dashboards")
    # Without a sandbox, too, the pages it has drawn are kept with the rest of the state.
    told = {**_harmless(), **_log(settings), "HOME": str(folder)}
    return Program("dashboards", rooms.dashboards(settings)(command, folder), told)


def _folder(settings: Settings, name: str) -> Path:
    folder = settings.home / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _log(settings: Settings) -> dict[str, str]:
    """How a program that knows no other setting is to write its log."""
    return {logs.VARIABLE: settings.log_format}


def _harmless() -> dict[str, str]:
    return {name: os.environ[name] for name in HARMLESS if name in os.environ} | _python()


def _python() -> dict[str, str]:
    """Programs that came with this Python are found by name, and our packages by it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {"PATH": path, "PYTHONPATH": str(ROOT)}
