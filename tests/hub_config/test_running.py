"""`chm serve` as processes: what stops it before it starts, that its parts come back, and that none is left."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import select, text

from conventions.errors import ClearingHouseError
from conventions.texts import ROOT
from courses.release import Release
from courses.seed import plant
from expert_db.database import Database
from hub_config import ports, running
from hub_config.migrations import upgrade
from hub_config.settings import Settings
from tests.hub_config.test_spawner import running_for
from tests.platform import RunningPlatform, running_platform, start
from tests.ports import free_port
from tests.waiting import PATIENCE, until


def answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=PATIENCE).status_code == 200
    except httpx.HTTPError:
        return False


def refusal(*arguments: str) -> str:
    """What `chm serve` says when it does not start; its exit code is 2."""
    process = start(*arguments)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, said
    return said


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """Nothing is started and the error says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = refusal("--home", str(tmp_path), "--port", str(other.getsockname()[1]))
    assert "[port-taken]" in said
    assert "--port" in said


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be, for example."""
    (tmp_path / "file").write_text("in the way")
    assert "[home-not-writable]" in refusal("--home", str(tmp_path / "file"), "--port", str(free_port()))


def test_a_full_disk_is_named() -> None:
    """Where there is no room for learners' work, the platform does not start: /proc is a file system without any."""
    with pytest.raises(ClearingHouseError, match="MB") as full:
        running.check_room(Path("/proc"))
    assert full.value.code == "disk-full"


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    """A second start uses the ports of the first but one that was taken meanwhile; all differ."""
    first = ports.choose(tmp_path)
    with socket.create_server(("127.0.0.1", first["portal"])):
        second = ports.choose(tmp_path)
    assert ports.read(tmp_path) == second
    assert {name for name in first if first[name] != second[name]} == {"portal"}
    assert len(set(second.values())) == len(ports.NAMES)


def test_a_home_has_one_platform(hub: RunningPlatform) -> None:
    """A second `chm serve` on the same folder is refused; the first goes on."""
    assert "[already-running]" in refusal("--home", str(hub.home), "--port", str(free_port()))
    assert answers(f"{hub.address}/hub/login")


def test_the_first_start_shows_the_secretariat_s_password(tmp_path: Path) -> None:
    """A newcomer sees address, password and how to stop, and nothing else; Ctrl-C ends with code 0 and no process."""
    with running_platform(tmp_path, "--no-sandbox") as platform:
        assert platform.address in platform.said
        assert set(platform.passwords) == {"secretariat"}
        assert "NOT isolated" in platform.said
        assert len(platform.said.splitlines()) < 12
        officer = platform.browser()
        assert "/hub/change-password" in officer.sign_in("secretariat", platform.passwords["secretariat"]).text
    assert platform.process.returncode == 0
    assert not running_for(str(tmp_path))


def test_a_broken_course_does_not_keep_the_platform_from_starting(tmp_path: Path) -> None:
    """The console names the course and what is wrong with it; the other course is released and the door is open."""
    plant(tmp_path / "content", "plastic-waste")
    (tmp_path / "content/broken").mkdir()
    (tmp_path / "content/broken/course.toml").write_text("nonsense")
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text(f'content = "{tmp_path / "content"}"\n')
    with running_platform(home, "--no-sandbox") as platform:
        assert "chm serve: broken was not released." in platform.said
        assert "broken/course.toml" in platform.said and "[release-problems]" in platform.said
        assert answers(f"{platform.address}/")
        with platform.database.session() as session:
            assert session.scalars(select(Release.course)).all() == ["plastic-waste"]


@pytest.mark.parametrize(("file", "code"), [("prot = 1\n", "setting-unknown"), ("port: 1\n", "settings-unreadable")])
def test_a_bad_setting_stops_the_start(tmp_path: Path, file: str, code: str) -> None:
    """What is wrong in settings.toml is said before anything is started."""
    (tmp_path / "settings.toml").write_text(file)
    assert f"[{code}]" in refusal("--home", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_a_hub_that_does_not_start_is_named_with_its_words(tmp_path: Path) -> None:
    """A mistake in the operator's own file: the error has the reason and the log, and nothing is left running."""
    (tmp_path / "jupyterhub_config.d").mkdir()
    (tmp_path / "jupyterhub_config.d/mine.py").write_text("raise SystemExit('my own mistake')\n")
    said = refusal("--home", str(tmp_path), "--port", str(free_port()), "--no-sandbox")
    assert "[start-failed]" in said and "my own mistake" in said and "hub.log" in said
    assert not running_for(str(tmp_path))


def test_a_newer_database_stops_the_start(tmp_path: Path) -> None:
    """Code older than the database says so, and the database stays as it was."""
    database = Database(Settings(home=tmp_path).database)
    upgrade(database)
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    said = refusal("--home", str(tmp_path), "--port", str(free_port()), "--no-sandbox")
    assert "[database-newer]" in said and "future" in said and "Traceback" not in said
    with database.session() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "future"


def test_a_machine_that_cannot_isolate_stops_the_start(tmp_path: Path) -> None:
    """A kernel that gives no user namespaces: its settings are named, and how to try the platform alone."""
    serve = [sys.executable, "-m", "hub_config.cli", "serve", "--home", str(tmp_path), "--port", str(free_port())]
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"'
    command = ["unshare", "-r", "sh", "-c", forbid, *serve]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2, done.stderr
    assert "[sandbox-refused]" in done.stderr and "--no-sandbox" in done.stderr
    assert not (tmp_path / "platform.sqlite").exists()


def test_a_home_that_became_read_only_is_named(tmp_path: Path) -> None:
    """A file system that lets nothing be written, though all folders are there already."""
    (tmp_path / "logs").mkdir()
    serve = [sys.executable, "-m", "hub_config.cli", "serve", "--home", str(tmp_path), "--port", str(free_port())]
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", mount, str(tmp_path), *serve]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2, done.stderr
    assert "[home-not-writable]" in done.stderr and str(tmp_path) in done.stderr


@pytest.mark.parametrize("program", ["-m hub_config.portal", "-m hub_config --config", "-m forum_bridge.embedded"])
def test_what_dies_comes_back(hub: RunningPlatform, program: str) -> None:
    """Portal, Hub or forum is killed; within seconds another is there in its stead and all doors are open."""
    before = _the_one(hub, program)
    os.kill(before, signal.SIGKILL)
    until(lambda: _running(hub, program) not in ([], [before]))
    until(lambda: answers(f"{hub.address}/") and answers(f"{hub.address}/hub/login"))
    assert hub.process.poll() is None


def test_a_part_that_does_not_answer_is_waited_for(hub: RunningPlatform) -> None:
    """While the dashboards are away their page says so, in the language asked for or else in all, and looks again."""
    dashboards = _the_one(hub, "widgets.server")
    os.kill(dashboards, signal.SIGSTOP)
    for keeper in running_for(f"chm-keeper {hub.home}/dashboards") or below(dashboards):
        os.kill(keeper, signal.SIGKILL)
    page = "/services/dashboards/voila/render/parties.ipynb"
    try:
        until(lambda: hub.browser("ru").get(page).status_code == 503)
        asked, unasked = hub.browser().get(f"{page}?lang=ar").text, hub.browser("ru").get(page).text
    finally:
        os.kill(dashboards, signal.SIGCONT)
    arabic, russian = "تعيد هذه الصفحة المحاولة تلقائياً", "Страница повторит попытку сама"
    assert arabic in asked and russian not in asked and 'dir="rtl"' in asked
    assert arabic in unasked and russian in unasked
    assert '<meta http-equiv="refresh"' in asked
    assert f"next={quote(page + '?lang=ar', safe='/')}" in asked
    until(lambda: hub.browser().get(page).status_code == 200)


def test_the_status_page_asks_every_part(hub: RunningPlatform) -> None:
    """Sign-in, the database, the forum and the dashboards are asked for real, and all answer."""
    until(lambda: "All parts of the platform work." in hub.browser().get("/status").text)
    page = hub.browser().get("/status").text
    assert all(part in page for part in ("Sign-in", "exchange", "The forum", "Dashboards"))


def _the_one(hub: RunningPlatform, program: str) -> int:
    """The process that runs a program, which is started a moment after the platform is open."""
    until(lambda: len(_running(hub, program)) == 1)
    return _running(hub, program)[0]


def _running(hub: RunningPlatform, program: str) -> list[int]:
    """The processes of `chm serve` itself, not of what they start, that run a program."""
    children = Path(f"/proc/{hub.process.pid}/task/{hub.process.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ") for pid in children}
    return [pid for pid, command in commands.items() if program.encode() in command]


def test_killing_chm_serve_ends_everything(tmp_path: Path) -> None:
    """Even SIGKILL to `chm serve` leaves no Hub, no proxy and no service behind."""
    with running_platform(tmp_path) as platform:
        children = below(platform.process.pid)
        assert len(children) >= 3
        platform.process.kill()
        until(lambda: not any(_lives(child) for child in children))
    assert isinstance(platform.process, subprocess.Popen)


def _lives(pid: int) -> bool:
    """Whether a process is there and does not only wait for its parent to take note of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def below(pid: int) -> list[int]:
    """All descendants of a process."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(grandchild for child in children for grandchild in below(child))]


def test_the_settings_tell_where_the_platform_is(tmp_path: Path) -> None:
    """Before the first start there are no ports to read."""
    with pytest.raises(ClearingHouseError) as never:
        ports.read(Settings(home=tmp_path).home)
    assert never.value.code == "not-running"
