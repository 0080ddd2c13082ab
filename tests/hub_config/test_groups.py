"""Control groups: how the platform finds whether it may make any, and that a room whose plan names one is in it.

What of it is the kernel's own is tried for real where a folder can be made in this machine's cgroup v2, as by root or
in a unit with `Delegate=yes`. Anywhere else the same tests assert what is promised there: that the reason is named,
and that such a room does not begin. Which controllers there are makes no difference, since the limits that are set
here belong to every group.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conventions.texts import ROOT
from hub_config.benchmarks.hubs import family
from hub_config.warm import groups
from hub_config.warm.enter import REFUSED
from hub_config.warm.groups import Most
from hub_config.warm.sandbox import ENTER
from tests.hub_config.warm_template import ROOM, Template, running_template
from tests.waiting import PATIENCE, until
from widgets.kernels.forking import fork, order

V2 = "24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
HYBRID = (
    "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"
)
V1 = "35 31 0:32 / /sys/fs/cgroup/memory rw shared:3 - cgroup cgroup rw,memory"


@pytest.mark.parametrize(
    ("own", "mounts", "folder"),
    [
        ("0::/user.slice/run-1.scope\n", V2, "/sys/fs/cgroup/user.slice/run-1.scope"),
        ("0::/\n", V2, "/sys/fs/cgroup"),
        ("4:memory:/other\n0::/mine\n", HYBRID, "/sys/fs/cgroup/unified/mine"),
        ("4:memory:/other\n", V1, None),
        ("4:memory:/other\n0::/mine\n", V1, None),
        ("0::/docker/7/a\n", "9 8 0:22 /docker/7 /sys/fs/cgroup rw - cgroup2 cgroup rw", "/sys/fs/cgroup/a"),
        ("0::/elsewhere\n", "9 8 0:22 /docker/7 /sys/fs/cgroup rw - cgroup2 cgroup rw", None),
        ("0::/../elsewhere\n", V2, None),
        ("0::/a..b\n", r"9 8 0:22 / /my\040groups rw master:1 shared:2 - cgroup2 none rw", "/my groups/a..b"),
    ],
)
def test_its_own_group_is_found(own: str, mounts: str, folder: str | None) -> None:
    """Beside version 1, in a container, under any mount point; none where version 2 is not, or out of sight."""
    assert groups.place(own, mounts) == (folder and Path(folder))


@pytest.fixture
def likeness(tmp_path: Path) -> Path:
    """A folder with what is read of a group that systemd does not know of."""
    for name, text in {
        "cgroup.controllers": "cpu io memory pids\n",
        "cgroup.procs": f"{os.getpid()}\n",
        "cgroup.subtree_control": "\n",
        "cgroup.type": "domain\n",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_is_handed_over_is_taken(likeness: Path) -> None:
    """A group with a memory controller, ours to change and ours alone, has nothing against it."""
    assert groups.obstacle(likeness, systemd=likeness / "none") == ""


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("cgroup.controllers", "hugetlb\n", "has no memory controller"),
        ("cgroup.controllers", None, "has no memory controller"),
        ("cgroup.subtree_control", None, "is not ours to change"),
        ("cgroup.procs", "1\n{own}\n99\n", "too: 1, 99"),
    ],
)
def test_what_stands_against_groups_is_named(likeness: Path, name: str, text: str | None, reason: str) -> None:
    """Each is told with the folder that it is about."""
    (likeness / name).unlink() if text is None else (likeness / name).write_text(text.format(own=os.getpid()))
    said = groups.obstacle(likeness, systemd=likeness / "none")
    assert reason in said and str(likeness) in said


def test_the_root_of_all_groups_may_have_processes(likeness: Path) -> None:
    """It alone has no type; what else runs there does not matter."""
    (likeness / "cgroup.type").unlink()
    (likeness / "cgroup.procs").write_text("1\n2\n")
    assert groups.obstacle(likeness, systemd=likeness / "none") == ""


def test_systemd_s_groups_are_left_alone(likeness: Path) -> None:
    """Where systemd is in charge, being allowed to write is not enough: it would undo what it did not delegate."""
    assert "systemd has not delegated" in groups.obstacle(likeness, systemd=likeness)


@pytest.mark.parametrize(
    ("controllers", "cpus", "limits"),
    [
        ("memory", 0.0, {"memory.max": "5"}),
        ("memory pids", 2.0, {"memory.max": "5", "pids.max": "7"}),
        ("cpu memory", 1.5, {"memory.max": "5", "cpu.max": "150000 100000"}),
        ("cpu memory", 0.001, {"memory.max": "5", "cpu.max": "1000 100000"}),
        ("cpu memory pids", 0.0, {"memory.max": "5", "cpu.max": "max 100000", "pids.max": "7"}),
    ],
)
def test_limits_are_those_of_the_controllers(
    likeness: Path, controllers: str, cpus: float, limits: dict[str, str]
) -> None:
    """Memory always; processors and processes where that can be limited; swap where the kernel counts it."""
    (likeness / "cgroup.subtree_control").write_text(f"{controllers}\n")
    for name in ("memory.max", "cpu.max", "pids.max"):
        (likeness / name).touch()
    assert groups.limits(likeness, Most(5, cpus, 7)) == limits
    (likeness / "memory.swap.max").touch()
    assert groups.limits(likeness, Most(5, cpus, 7)) == {**limits, "memory.swap.max": "0"}


def test_a_start_makes_groups_or_says_why_not(tmp_path: Path) -> None:
    """Either the process that starts the platform is in a group of its own beside the rooms', and a room's plan says
    so; or the reason is one of those above, the process stays where it was and a plan limits each of its processes."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom hub_config.settings import Settings\n"
        "from hub_config.warm import groups, rooms\nbefore = groups.place()\n"
        "try: print('made', groups.claim()[0])\nexcept groups.Missing as reason: print('none', reason, before)\n"
        "plan = rooms.learner(Settings(home=Path(sys.argv[1])), 800, 2).plan([], Path(sys.argv[1]), group='a')\n"
        "print(groups.place(), plan['group'] and plan['group']['path'], plan['limits']['data'])"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    outcome, *found = done.stdout.splitlines()[0].split(" ")
    after, group, data = done.stdout.splitlines()[1].split(" ")
    if outcome == "made":
        start = Path(found[0])
        assert (after, group, data) == (str(start / "platform"), str(start / "rooms/a"), "800")
        groups.sweep(start.parent)
        assert not start.exists()
    else:
        assert any(reason in done.stdout for reason in REASONS), done.stdout
        assert (after, group, data) == (found[-1], "None", "800")


REASONS = ("no cgroup v2", "no memory controller", "not ours to change", "has not delegated", "other processes are in")


@pytest.fixture
def made() -> Iterator[Path | None]:
    """A real group of our own, with nothing in it; None where this machine lets us make none."""
    own = groups.place()
    folder = own / f"tests-{os.getpid()}" if own else None
    try:
        if folder:
            folder.mkdir()
    except OSError:
        folder = None
    yield folder
    if folder:
        until(lambda: emptied(folder))


def emptied(folder: Path) -> bool:
    """Whether a group and all below it are gone, which those can be that have no process."""
    for each in (*folder.glob("*/*/*/"), *folder.glob("*/*/"), *folder.glob("*/"), folder):
        with suppress(OSError):
            each.rmdir()
    return not folder.exists()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with running_template(tmp_path_factory.mktemp("template")) as running:
        yield running


LOOK = """
import os, subprocess, sys
subprocess.Popen(['sleep', '300'])
own = [line.strip() for line in open('/proc/self/cgroup') if line.startswith('0::')]
print(own, os.path.exists('/sys'), 'cgroup' in open('/proc/self/mountinfo').read(), flush=True)
sys.stdin.read()
"""
Begin = Callable[[dict[str, Any]], Any]


@pytest.fixture(params=["cold", "warm"])
def begin(request: pytest.FixtureRequest, tmp_path: Path) -> Begin:
    """Begins a plan in a Python of its own or in one forked from the template; both print to `tmp_path / "said"`."""

    def cold(plan: dict[str, Any]) -> Any:
        with (tmp_path / "said").open("wb") as said:
            command = [sys.executable, "-I", "-S", "-c", ENTER, json.dumps(plan)]
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said)

    def warm(plan: dict[str, Any]) -> Any:
        template: Template = request.getfixturevalue("template")
        line, held = os.pipe()
        for end in (line, held):
            request.addfinalizer(partial(os.close, end))
        with (tmp_path / "said").open("wb") as said:
            places = {0: line, 1: said.fileno(), 2: said.fileno()}
            return fork(template.socket, {**order(plan["argv"], {}, "/"), "plan": plan}, places)

    return cold if request.param == "cold" else warm


def planned(home: Path, group: Path, **limits: str) -> dict[str, Any]:
    """A plan whose room looks around and then waits for the end of its input."""
    plan = ROOM.plan([sys.executable, "-c", LOOK], home, network=True)
    return {
        **plan,
        "group": {"path": str(group), "limits": {f"cgroup.max.{name}": most for name, most in limits.items()}},
    }


def test_all_of_a_room_is_in_its_group(made: Path | None, begin: Begin, tmp_path: Path) -> None:
    """Keeper, first process, command and what that starts are all in the group, whose limits are written; inside
    nothing of it is seen. Where no group can be made the room does not begin, and says which group it was about."""
    own = groups.place()
    group = (made or (own or tmp_path) / "no-such") / "room"
    process = begin(planned(tmp_path, group, depth="3"))
    said = tmp_path / "said"
    if made is None:
        assert process.wait(PATIENCE) == REFUSED
        assert (
            said.read_text().startswith("sandbox-refused: join the control group ") and str(group) in said.read_text()
        )
        return
    until(lambda: said.read_text().endswith("\n"))
    assert said.read_text() == "['0::/'] False False\n"
    inside = set(map(int, (group / "cgroup.procs").read_text().split()))
    assert inside == set(family(process.pid)) and len(inside) == 4
    assert (group / "cgroup.max.depth").read_text() == "3\n"
    assert not groups.remove("room", 0, made)
    process.kill()
    process.wait(PATIENCE)
    assert groups.remove("room", 30, made) and not group.exists()


@pytest.mark.parametrize("limits", [{}, {"no_such_limit": "1"}])
def test_a_room_that_cannot_be_limited_does_not_begin(
    made: Path | None, begin: Begin, tmp_path: Path, limits: dict[str, str]
) -> None:
    """A folder that is no group, or a limit that the kernel does not know: nothing runs outside, and no file is made
    that would look like a limit."""
    group = made / "room" if made and limits else tmp_path / "room"
    assert begin(planned(tmp_path, group, **limits)).wait(PATIENCE) == REFUSED
    said = (tmp_path / "said").read_text()
    assert said.startswith(f"sandbox-refused: join the control group {group}/cgroup.") and said.count("\n") == 1
    files = {path.name for path in group.iterdir()}
    assert "cgroup.max.no_such_limit" not in files and (group.parent != tmp_path or not files)


def test_what_earlier_starts_left_is_swept_away(made: Path | None, tmp_path: Path) -> None:
    """Groups of a start that is over go; those of one that has a process somewhere stay, and so does what is no start.

    Where no group can be made, the same is tried on folders that say of themselves whether they have processes.
    """
    place = made or tmp_path
    for name in ("chm-1/rooms/a", "chm-1/platform", "chm-2/rooms/a", "other/rooms"):
        (place / name).mkdir(parents=True)
    if made:
        with subprocess.Popen(["sleep", "300"]) as process:
            groups.write(place / "chm-2/rooms/a/cgroup.procs", str(process.pid))
            groups.sweep(place)
            process.kill()
        assert not (place / "chm-1").exists()
        assert (place / "chm-2/rooms/a").exists() and (place / "other/rooms").exists()
        return
    for name, populated in (("chm-1", 0), ("chm-2", 1), ("other", 0)):
        (place / name / "cgroup.events").write_text(f"populated {populated}\nfrozen 0\n")
    groups.sweep(place)
    # No kernel takes the file away with the folder here.
    assert [path.name for path in (place / "chm-1").iterdir()] == ["cgroup.events"]
    assert (place / "chm-2/rooms/a").exists() and (place / "other/rooms").exists()
