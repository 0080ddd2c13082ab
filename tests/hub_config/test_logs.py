"""What operators read of a real platform: each log in the chosen format, what happened in it, and nobody's secret."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conventions import logs
from conventions.languages import LANGUAGES
from expert_db.database import Database
from hub_config import proxy
from hub_config.first_accounts import open_accounts
from hub_config.migrations import upgrade
from hub_config.settings import Settings
from tests.conventions.test_logs import LINE
from tests.hub_config.conftest import PASSWORD, applicants
from tests.platform import Browser, running_platform
from tests.waiting import until
from widgets.dashboards import dashboards

ADDRESS, HUSH = "203.0.113.7", "hush-of-a-visitor"
DASHBOARDS = "/services/dashboards/voila"
KINDS = ("json", "text")
PAGES = len(LANGUAGES) * len(dashboards())
PARTS = ["dashboards", "forum", "hub", "limits", "portal", "template"]


@dataclass(frozen=True)
class Day:
    """The logs of a platform that ran, by name, and what none of them may have."""

    logs: dict[str, list[str]]
    secrets: set[str]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [each for each in map(json.loads, self.logs[name]) if "event" in each]


def lived(home: Path, kind: str) -> Day:
    """A platform that starts, is signed in to well and badly, has a server and a dashboard used, and ends."""
    (home / "settings.toml").write_text(f'log_format = "{kind}"\ndashboard_kernels = 1\n')
    settings = Settings(home=home)
    upgrade(Database(settings.database))
    open_accounts(settings, PASSWORD, applicants())
    with running_platform(home) as platform:
        # Where it takes long to come up, a server starts cold.
        until(lambda: settings.template.exists() and "template-ready" in (home / "logs/template.log").read_text())
        amina = platform.browser()
        amina.headers["X-Forwarded-For"] = ADDRESS
        amina.sign_in(HUSH, PASSWORD)
        amina.sign_in("amina", HUSH)
        amina.sign_in("amina", PASSWORD)
        amina.start_server("amina")
        amina.get(f"/hub/nothing?token={HUSH}")
        amina.post("/api/forum/webhook", content=b"{}")
        kernel = touched(amina)
        log = home / "logs" / "hub.log"
        amina.api("DELETE", "users/amina/server").raise_for_status()
        until(lambda: "server-stopped" in log.read_text())
        # A kernel that is ended while it works complains.
        until(lambda: (home / "logs" / "dashboards.log").read_text().count("page-drawn") == PAGES)
        secrets = {
            ADDRESS,
            HUSH,
            PASSWORD,
            kernel,
            "Ministry of Environment",
            *(value.strip('"') for value in amina.cookies.values()),
        }
    secrets |= {path.read_text().strip() for path in (home / "secrets").iterdir()}
    said = {path.stem: path.read_text().splitlines() for path in (home / "logs").glob("*.log")}
    return Day(said, {secret for secret in secrets if len(secret) > 7})


def touched(visitor: Browser) -> str:
    """A page that was given the one kernel there is, and another that was not; the name of the kernel."""
    address = "parties.ipynb?lang=en"
    until(lambda: visitor.get(f"{DASHBOARDS}/render/{address}").status_code == 200)
    page = visitor.get(f"{DASHBOARDS}/render/{address}").text
    drawn = json.loads(page.split('<script id="drawn" type="application/json">')[1].split("</script>")[0])
    said = {"version": drawn["version"], "models": drawn["models"], "lang": "en"}
    given = visitor.post(f"{DASHBOARDS}/live/{address}", json=said)
    assert given.status_code == 201
    assert visitor.post(f"{DASHBOARDS}/live/{address}", json=said).status_code == 503
    kernel: str = given.json()["kernel"]
    assert visitor.post(f"{DASHBOARDS}/end/{kernel}").status_code == 204
    return kernel


class Days(dict[str, Day]):
    """One such day in each format, lived when a test first asks for it, as part of its time."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        super().__init__()
        self._folders = folders

    def __missing__(self, kind: str) -> Day:
        self[kind] = lived(self._folders.mktemp(kind), kind)
        return self[kind]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Days:
    return Days(tmp_path_factory)


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_is_a_record(days: Days, kind: str) -> None:
    """In json an object with time, level, logger and message; in text these at the head of a line, or indented."""
    said = days[kind].logs
    assert sorted(said) == PARTS and all(said.values())
    for line in (line for lines in said.values() for line in lines):
        if kind == "json":
            assert [*json.loads(line)][:4] == ["time", "level", "logger", "message"], line
        else:
            assert LINE.fullmatch(line) or line.startswith("    "), line


@pytest.mark.parametrize("kind", KINDS)
def test_no_log_has_a_secret_or_says_who_somebody_is(days: Days, kind: str) -> None:
    """No key of the platform, password, cookie, kernel's name, typed text, organisation or network address."""
    assert len(days[kind].secrets) > 12
    said = "\n".join(line for lines in days[kind].logs.values() for line in lines)
    assert [secret for secret in days[kind].secrets if secret in said] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_day_has_no_warnings(days: Days, kind: str) -> None:
    """Whatever is one is worth an operator's look: here, the webhook that nobody signed."""
    lines = [line for lines in days[kind].logs.values() for line in lines]
    said = [line for line in lines if re.search("WARNING|ERROR|CRITICAL", line)]
    # How busy the machine is says nothing of the platform.
    said = [line for line in said if not re.search("Event loop was unresponsive|slow to become responsive", line)]
    assert len(said) == 1 and "webhook-refused" in said[0] and "webhook-signature" in said[0], said


def test_a_server_s_life_is_told(days: Days) -> None:
    """Whose it was, how it started and how fast, its process, how long it lived; the same can be read."""
    started, stopped = [each for each in days["json"].events("hub") if each["event"].startswith("server-")]
    assert (started["event"], started["member"], started["how"]) == ("server-started", "amina", "warm")
    assert 0 < started["seconds"] < 60 and started["pid"] > 1 and started["logger"] == "JupyterHub"
    assert (stopped["event"], stopped["member"]) == ("server-stopped", "amina")
    assert 0 < stopped["seconds"] < 600
    said = "\n".join(days["text"].logs["hub"])
    start = r"Z INFO JupyterHub: .+ event=server-started member=amina how=warm seconds=\d+\.\d+ pid=\d+$"
    assert re.search(start, said, re.MULTILINE)
    assert re.search(r" event=server-stopped member=amina seconds=\d+\.\d+$", said, re.MULTILINE)


def test_each_part_tells_what_it_did(days: Days) -> None:
    """Signing in, the template, pages and kernels of dashboards: each with the fields that are counted by."""
    day = days["json"]
    refused = [each.get("member") for each in day.events("hub") if each["event"] == "sign-in-refused"]
    assert refused == [None, "amina"]
    (lost,) = [each for each in day.events("hub") if each.get("status") == 404]
    assert (lost["event"], lost["path"], lost["member"]) == ("request-refused", "/hub/nothing", "amina")
    (ready,) = day.events("template")
    assert ready["event"] == "template-ready" and ready["modules"] > 1000 and ready["seconds"] > 0
    (limited,) = day.events("limits")
    assert limited["event"] in {"rooms-limited", "rooms-unlimited"} and limited["level"] == "INFO"
    for name in ("portal", "forum", "dashboards"):
        assert [each["part"] for each in day.events(name) if each["event"] == "part-ready"] == [name]
    events = day.events("dashboards")
    drawn = {(each["dashboard"], each["language"]) for each in events if each["event"] == "page-drawn"}
    assert len(drawn) == PAGES and ("parties", "en") in drawn
    kernels = [each for each in events if each["event"].startswith("kernel-")]
    assert {each["how"] for each in kernels if each["event"] == "kernel-started"} <= {"zygote", "forked"}
    assert [each["why"] for each in kernels if "why" in each] == ["busy", "asked"]


SAID_IN_NODE = """
process.emitWarning('low\\nsky')
console.log('2026-01-01T00:00:00.000Z [ConfigProxy] \\u001b[31merror\\u001b[39m: no\\nluck')
console.error('\\u001b[31mred\\u001b[2J')
"""


@pytest.mark.parametrize("kind", KINDS)
def test_the_proxy_logs_as_the_rest_does(kind: str) -> None:
    """A refusal to start, an error with its stack, a warning of Node's own: a record each, and no colours."""
    node, *options = proxy.command()
    records = []
    for command in ([node, *options, "--no-such-option"], [node, *options[:-1], "-e", SAID_IN_NODE]):
        env = {logs.VARIABLE: kind}
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode()
        assert all(c.isprintable() or c == "\n" for c in said)
        records += [line for line in said.splitlines() if not line.startswith("    ")]
    assert len(records) == 4
    if kind == "json":
        found = [(each["level"], each["logger"], each["message"]) for each in map(json.loads, records)]
        assert ("ERROR", "ConfigProxy", "no\nluck") in found
    else:
        assert all(map(LINE.fullmatch, records))
        assert "2026-01-01T00:00:00.000Z ERROR ConfigProxy: no" in records
