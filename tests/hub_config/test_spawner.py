"""Members' own servers, started by a real Hub: what runs in them, in which language, and what it must not reach."""

import json
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import websocket

from conventions.texts import ROOT, texts
from hub_config.settings import Settings
from hub_config.warm.spawner import safe_name
from tests import kernels
from tests.hub_config.conftest import PASSWORD
from tests.kernels import printed
from tests.platform import Browser, RunningPlatform
from tests.waiting import until


@pytest.fixture(scope="module")
def amina(hub: RunningPlatform) -> Iterator[Browser]:
    """Amina, signed in, with her server running."""
    browser = hub.browser()
    browser.sign_in("amina", PASSWORD)
    browser.start_server("amina")
    yield browser
    browser.api("DELETE", "users/amina/server")


@pytest.fixture(scope="module")
def kernel(amina: Browser) -> Iterator[websocket.WebSocket]:
    """A connection to a Python kernel on Amina's server."""
    with kernels.kernel(amina, "amina") as connection:
        yield connection


@pytest.mark.parametrize(
    "path", ["platform.sqlite", "hub.sqlite", "secrets/hub-cookie", "homes/boris", "logs/hub.log", "settings.toml"]
)
def test_a_kernel_cannot_reach_the_platform_s_state(
    hub: RunningPlatform, kernel: websocket.WebSocket, path: str
) -> None:
    """Databases, secrets, logs and other homes do not exist for code that a learner runs."""
    assert printed(kernel, f"import os; print(os.path.exists({str(hub.home / path)!r}))") == "False"


@pytest.mark.parametrize("path", ["hub_config", "expert_db", "forum_bridge", "courses/content", "tests"])
def test_a_kernel_cannot_read_the_rest_of_the_project(kernel: websocket.WebSocket, path: str) -> None:
    """Solutions, the platform's code and its tests are not shown."""
    assert printed(kernel, f"import os; print(os.path.exists({str(ROOT / path)!r}))") == "False"


def test_a_kernel_can_import_the_ground_floor(kernel: websocket.WebSocket) -> None:
    """What lessons import is there."""
    code = "import widgets, courses.learner; from conventions.languages import LANGUAGES; print(len(LANGUAGES))"
    assert printed(kernel, code) == "6"


def test_a_kernel_knows_its_learner_s_language_and_no_secret(kernel: websocket.WebSocket) -> None:
    """Its environment has her language and where to hand in, and nothing of the Hub's or the services'."""
    code = "import os, json; print(json.dumps(dict(os.environ)))"
    environment = json.loads(printed(kernel, code))
    assert environment["CHM_LANGUAGE"] == "ar"
    assert environment["CHM_EXCHANGE_URL"].endswith("/api/exchange")
    assert environment["HOME"] == "/home/learner"
    assert not {"CONFIGPROXY_AUTH_TOKEN", "CHM_HOME", "CHM_FORUM_KEY", "JUPYTERHUB_CRYPT_KEY"} & set(environment)


def test_a_kernel_talks_on_no_port(kernel: websocket.WebSocket) -> None:
    """Its sockets are files of its own room, so that no other learner can listen to what it prints."""
    code = "from ipykernel.connect import get_connection_info; print(get_connection_info(unpack=True)['transport'])"
    assert printed(kernel, code) == "ipc"


def group_of(hub: RunningPlatform, name: str) -> Path | None:
    """The folder of her server's control group, if the platform says that it has made any."""
    said = (hub.home / "logs" / "limits.log").read_text()
    start = re.search(r" event=rooms-limited group=(\S+) kinds=\"?memory", said)
    assert start or " event=rooms-unlimited reason=" in said
    return Path(start[1], "rooms", f"server-{name}") if start else None


def test_her_server_is_limited_as_the_log_says(hub: RunningPlatform, kernel: websocket.WebSocket) -> None:
    """As a whole, in a group that holds all of it, or else each of its processes: in either case a kernel has its
    limit, is told what JupyterHub tells of it, and goes before the server does when memory runs out."""
    code = (
        "import os, resource; print(resource.getrlimit(resource.RLIMIT_DATA)[1], os.environ['MEM_LIMIT'], "
        "*(open(f'/proc/{who}/oom_score_adj').read().strip() for who in ('self', 2)))"
    )
    most, group = Settings(home=hub.home).server_memory, group_of(hub, "amina")
    assert printed(kernel, code) == f"{most} {most} 750 500"
    if group:
        assert (group / "memory.max").read_text() == f"{most // 4096 * 4096}\n"
        assert {*running_for("homes/amina")} <= {*map(int, (group / "cgroup.procs").read_text().split())}


def test_a_learner_sees_her_own_processes_only(kernel: websocket.WebSocket) -> None:
    """Every process she sees is PID 1 of her room or started by it."""
    code = "import os; print(max(int(n) for n in os.listdir('/proc') if n.isdigit()) < 100)"
    assert printed(kernel, code) == "True"


def test_the_home_is_hers_and_lasts(hub: RunningPlatform, kernel: websocket.WebSocket) -> None:
    """What she saves is in her home, which nobody else on the machine can read."""
    assert printed(kernel, "open('kept.txt', 'w').write('kept'); print('saved')") == "saved"
    home = hub.home / "homes" / "amina"
    assert (home / "kept.txt").read_text() == "kept"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_jupyterlab_speaks_her_language(amina: Browser) -> None:
    """JupyterLab's default locale is the member's language, and it does not ask to fetch news from elsewhere."""
    settings = amina.get("/user/amina/lab/api/settings/@jupyterlab/translation-extension:plugin").json()
    assert settings["schema"]["properties"]["locale"]["default"] == "ar_SA"
    news = amina.get("/user/amina/lab/api/settings/@jupyterlab/apputils-extension:notification").json()
    assert news["schema"]["properties"]["fetchNews"]["default"] == "false"


@pytest.mark.parametrize("path", ["settings/@jupyterlab/apputils-extension:themes", "workspaces/default"])
def test_what_she_sets_in_jupyterlab_is_kept(amina: Browser, hub: RunningPlatform, path: str) -> None:
    """Her settings and what she has open are in her home; their folder is not that of who runs the platform."""
    theme = {"raw": '{"theme": "JupyterLab Dark"}'}
    sent = theme if path.startswith("settings") else {"data": {}, "metadata": {"id": "default"}}
    before = {*(hub.home / "homes" / "amina" / ".jupyter" / "lab").rglob("*.*")}
    assert amina.put(f"/user/amina/lab/api/{path}", json=sent).status_code == 204
    assert {*(hub.home / "homes" / "amina" / ".jupyter" / "lab").rglob("*.*")} > before
    if sent is theme:
        assert amina.get(f"/user/amina/lab/api/{path}").json()["settings"] == json.loads(theme["raw"])


def hidden(browser: Browser, path: str) -> str:
    """What a page of JupyterLab or Notebook is told not to load."""
    return browser.get(path).text.partition('"disabledExtensions": [')[2].partition("]")[0]


def test_what_learners_do_not_use_is_not_loaded(amina: Browser) -> None:
    """The author's pages of nbgrader and their buttons are left out; handing in is there."""
    for page in ("lab", "tree"):
        disabled = hidden(amina, f"/user/amina/{page}")
        for name in ("formgrader", "menu", "create-assignment", "validate-assignment"):
            assert f'"@jupyter/nbgrader:{name}"' in disabled
        assert "@chm" not in disabled
    assert amina.get("/user/amina/formgrader").status_code == 404


def test_an_author_has_what_tasks_are_written_with(hub: RunningPlatform) -> None:
    """Whoever has the author's desk keeps nbgrader's menu and its panel for the cells of a task."""
    browser = hub.browser()
    browser.sign_in("clerk", PASSWORD)
    browser.start_server("clerk")
    disabled = hidden(browser, "/user/clerk/tree")
    browser.api("DELETE", "users/clerk/server")
    assert '"@jupyter/nbgrader:formgrader"' in disabled
    assert "create-assignment" not in disabled and "nbgrader:menu" not in disabled


def test_only_its_owner_opens_a_server(hub: RunningPlatform, amina: Browser) -> None:
    """Another member who is signed in is refused."""
    assert amina.get("/user/amina/api/status").status_code == 200
    boris = hub.browser()
    boris.sign_in("boris", PASSWORD)
    assert boris.get("/user/amina/lab").status_code == 403


@contextmanager
def no_template(home: Path) -> Iterator[None]:
    """While the block lasts no template answers, as when it starts anew after its end."""
    folder = Settings(home=home).template.parent
    away = folder.rename(folder.with_name("away"))
    yield
    away.rename(folder)


def test_without_a_template_progress_is_told_in_her_language_and_a_stopped_server_leaves_nothing(
    hub: RunningPlatform,
) -> None:
    """Started cold, the bar rises to the end with Russian sentences; after stopping, no process of hers is left."""
    boris = hub.browser()
    boris.sign_in("boris", PASSWORD)
    with no_template(hub.home):
        page = boris.get("/hub/spawn/boris")
        assert page.url.path == "/hub/spawn-pending/boris"
        assert texts("ru")("Your server is starting") in page.text
        with boris.stream("GET", "/hub/api/users/boris/server/progress") as stream:
            steps = [
                json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")
            ]
    assert steps[-1]["ready"] is True
    shares = [step["progress"] for step in steps if "progress" in step]
    assert shares == sorted(shares)
    assert texts("ru")("Your folder is being prepared.") in {step.get("message") for step in steps}
    stops_without_a_trace(hub, boris, "boris")


def test_a_warm_server_is_forked_and_stops_without_a_trace(hub: RunningPlatform) -> None:
    """Hers is a child of the template, in a room of its own; after stopping, no process of hers is left."""
    boris = hub.browser()
    boris.sign_in("boris", PASSWORD)
    boris.start_server("boris")
    keeper, *_ = running_for("homes/boris")
    assert b"hub_config.warm.template" in Path(f"/proc/{parent(keeper)}/cmdline").read_bytes()
    stops_without_a_trace(hub, boris, "boris")


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def stops_without_a_trace(hub: RunningPlatform, browser: Browser, name: str) -> None:
    assert running_for(f"homes/{name}")
    group = group_of(hub, name)
    assert group is None or group.exists()
    browser.api("DELETE", f"users/{name}/server")
    until(lambda: not running_for(f"homes/{name}") and not (group and group.exists()))


def running_for(home: str) -> list[int]:
    """The processes whose command line names that home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += [int(entry.name)] if home.encode() in command else []
    return found


@pytest.mark.parametrize(("name", "folder"), [("amina-2", "amina-2"), ("..", "_2e__2e_"), ("a/b", "a_2f_b")])
def test_a_name_is_never_a_path(name: str, folder: str) -> None:
    """Whatever a user name has in it, its folder is one plain name."""
    assert safe_name(name) == folder
