"""The template: what is forked from it is as fresh as what is started, knows no other's secret and leaves nothing."""

import ast
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

from conventions.texts import ROOT
from hub_config.warm.sandbox import Sandbox
from hub_config.warm.spawner import started_at
from hub_config.warm.template import listen
from tests.hub_config.warm_template import READY, ROOM, Template, running_template
from tests.waiting import PATIENCE, until
from widgets.kernels.forking import NotForked, fork, order

HUSH = "hush-of-the-platform"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """One template, started by a process that has a secret in its environment."""
    with running_template(tmp_path_factory.mktemp("template"), {"CHM_SECRET": HUSH}) as running:
        yield running


SELF_PORTRAIT = """
import os, resource, signal, sys, tempfile, time
def status(name):
    return [line for line in open('/proc/self/status') if line.startswith(name)]
print(dict(
    environment=sorted(os.environ.items()), arguments=sys.argv, asked=sys.orig_argv, path=sys.path,
    folder=os.getcwd(), handlers={int(n): str(signal.getsignal(n)) for n in signal.valid_signals()},
    mask=str(signal.pthread_sigmask(0, [])), zone=time.tzname, umask=os.umask(0o22), temporary=tempfile.gettempdir(),
    names=sorted(vars()),
    limits=[resource.getrlimit(n) for n in range(16)], rights=status('Cap') + status('NoNewPrivs') + status('Uid'),
    open=sorted(os.readlink(f'/proc/self/fd/{n}') for n in (0, 1, 2)), count=len(os.listdir('/proc/self/fd')),
    leader=os.getsid(0) == os.getpid(), group=os.getpgrp() == os.getpid(), number=os.getpid(),
    bytecode=sys.dont_write_bytecode, encoding=(sys.stdout.encoding, sys.getfilesystemencoding()),
    command=open('/proc/self/cmdline').read().rstrip('\\0').replace('\\0', ' ')[:20], own='hub_config' in sys.modules))
"""


def hear() -> None:
    """Tests may run in the background or behind nohup, where these are ignored, and who is started inherits that."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


def test_a_forked_process_is_as_a_started_one(template: Template) -> None:
    """Environment, path, folder, signals, limits, rights, open files, session, names: each is the same either way."""
    env = {"TZ": "Asia/Amman", "CHM_LANGUAGE": "ar", "PYTHONPATH": str(ROOT)}
    home = template.home("portrait")
    command = ROOM.command([sys.executable, "-c", SELF_PORTRAIT], home, network=True, keep=env)
    with (home / "printed").open("wb") as printed:
        subprocess.run(
            command, env=env, stdout=printed, stderr=printed, stdin=subprocess.DEVNULL, check=True, preexec_fn=hear
        )
    cold = ast.literal_eval((home / "printed").read_text())
    warm = ast.literal_eval(template.run(SELF_PORTRAIT, "portrait", env))
    assert {name: (cold[name], warm[name]) for name in cold if cold[name] != warm[name]} == {}
    assert warm["zone"] != ("UTC", "UTC")


DRAWN = """
import multiprocessing, os, random, secrets, tempfile, uuid
import numpy
from jupyter_client.session import Session
print(os.getpid(), *[repr(x) for x in (random.random(), numpy.random.random(), secrets.token_hex(), uuid.uuid4(),
    uuid.uuid1(), bytes(multiprocessing.current_process().authkey), Session().session, Session().key,
    next(tempfile._get_candidate_names()), numpy.random.default_rng().random(), os.urandom(8))], sep='\\n')
"""


def test_two_never_draw_the_same(template: Template) -> None:
    """Random numbers, identifiers, keys and names of temporary files are each process's own."""
    drawn = [template.run(DRAWN, name).splitlines()[1:] for name in ("one", "two", "three")]
    assert [len(set(each)) for each in drawn] == [11, 11, 11]
    assert not set(drawn[0]) & set(drawn[1]) | set(drawn[1]) & set(drawn[2])


SEARCH = """
import re
# Written so that neither this text nor what is made of it is what is looked for.
SECRET = re.compile(b'hush-of-(the-platfor[m]|amin[a]|bori[s])')
found = set()
for line in open('/proc/self/maps'):
    span, rights, *_ = line.split()
    begin, end = (int(n, 16) for n in span.split('-'))
    if 'r' in rights and not line.rstrip().endswith(('[vvar]', '[vsyscall]', '[vvar_vclock]')):
        with open('/proc/self/mem', 'rb', 0) as memory:
            memory.seek(begin)
            try: content = memory.read(end - begin)
            except OSError: continue
        found |= {name.decode() for name in SECRET.findall(content)}
print(sorted(found))
"""


def test_no_secret_is_inherited(template: Template) -> None:
    """In all of its memory there is neither the starter's secret nor that of a member who was served before."""
    assert template.run(SEARCH, "amina", {"TOKEN": "hush-of-amina"}) == "['amina']\n"
    assert template.run(SEARCH, "boris", {"TOKEN": "hush-of-boris"}) == "['boris']\n"


REHEARSED = """
import os, socket, sys, time
from functools import partial
from pathlib import Path
from widgets.kernels.forking import NotForked, fork, order
print = partial(print, flush=True)

def ask(code):
    return order([sys.executable, '-c', code], {'PYTHONPATH': os.environ['PYTHONPATH']}, '/')

def zygote(code, path):
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        return fork(Path('/run/forks'), {**ask(code), 'forks': 3}, {3: door.fileno()})

def of(path, code, server=0):
    try: return fork(Path(path), ask(code), {1: 1}, server=server)
    except NotForked as reason: return str(reason).rpartition(': ')[2].rpartition('] ')[2]

def begun(path, code, server=0):
    while isinstance(found := of(path, code, server), str) and found == 'Connection refused': time.sleep(0.02)
    return found

first = zygote("import builtins, os, time\\nwhile not os.path.exists('/tmp/go'): time.sleep(0.02)\\n"
    "builtins.kept = 7; builtins.drawn = __import__('random').random()", '/tmp/first')
say = "import os, random; print(kept, drawn, random.random(), os.getppid(), flush=True)"
print(of('/tmp/first', say))
Path('/tmp/go').touch()
print(first.pid, [begun('/tmp/first', say, first.pid).wait(30) for _ in range(2)])
print(of('/tmp/first', say, os.getpid()))
print(begun('/tmp/first', 'raise SystemExit(5)').wait(30))
waits = begun('/tmp/first', "import time\\nwhile True: time.sleep(0.02)")
first.kill(); print(first.wait(30), waits.poll(), of('/tmp/first', say))
waits.kill(); print(waits.wait(30))
thread = "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
print(zygote(thread, '/tmp/thread').wait(30), zygote('raise SystemExit(3)', '/tmp/fails').wait(30))
"""


def test_what_a_forked_process_has_loaded_can_be_forked_on(template: Template) -> None:
    """Once it has run to its end, not before and not if it failed; each has chance of its own and outlives it."""
    lines = [line for line in template.run(REHEARSED, "rehearsed").splitlines() if "ERROR" not in line]
    assert lines[0] == "Connection refused"
    *said, (zygote, codes) = (line.split() if "[" not in line else line.split(" ", 1) for line in lines[1:4])
    assert codes == "[0, 0]" and [line[0] for line in said] == ["7", "7"]
    drawn, own, parents = zip(*(line[1:] for line in said), strict=True)
    assert len({*drawn}) == 1 and len({*own}) == 2 and {*parents} == {zygote}
    assert lines[4:7] == ["another process listens there", "5", "-9 None Connection refused"]
    # Nobody is left who could tell how it ended.
    assert lines[7:] == ["0", "1 3"]


HOSTILE = """
import ctypes, os, socket
def attempt(what, *given):
    try: return what(*given)
    except OSError as error: return error.strerror
print([
    attempt(os.kill, 1, 9), os.path.exists(SOCKET), os.path.exists(HOME), os.listdir('/run'),
    attempt(lambda: open('/proc/1/mem').close()), attempt(lambda: open('/proc/1/environ').read()),
    ctypes.CDLL(None).ptrace(16, 1, 0, 0), attempt(os.kill, OUTSIDE, 0), attempt(os.unlink, '/run/forks'),
    attempt(lambda: open('/run/other', 'w')), os.getppid()])
"""


def test_a_hostile_process_gets_nowhere(template: Template) -> None:
    """Not to the template, its socket or other homes, and not to the first process of her own room."""
    given = {"SOCKET": str(template.socket), "HOME": str(template.home("other")), "OUTSIDE": template.process.pid}
    code = "\n".join(f"{name} = {value!r}" for name, value in given.items()) + HOSTILE
    denied, gone, frozen = "Permission denied", "No such process", "Read-only file system"
    # What PID 1 has no handler for, nobody in its room can send it: the kernel drops it without a word.
    assert ast.literal_eval(template.run(code)) == [
        *(None, False, False, ["forks"], denied, denied, -1, gone, frozen, frozen, 1),
    ]


def knock(path: Path) -> NoReturn:
    """Open a socket as soon as it is there, and end: with 0 if somebody listened."""
    visitor, deadline = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), time.monotonic() + 30
    while time.monotonic() < deadline:
        if (found := visitor.connect_ex(str(path))) != errno.ENOENT:
            os._exit(found)
    os._exit(errno.ENOENT)


def test_its_socket_is_there_once_somebody_listens() -> None:
    """Whoever looks for it all the time is never refused: she would start her server cold."""
    with TemporaryDirectory() as folder:
        for number in range(200):
            path = Path(folder, f"{number}")
            visitor = os.fork()
            if not visitor:
                knock(path)
            with listen(path):
                assert os.waitpid(visitor, 0)[1] == 0


@pytest.mark.skipif(os.getuid() != 0, reason="another user's process can be made by root only")
def test_another_user_is_not_served(template: Template) -> None:
    """Whoever is neither the template's user nor root is hung up on, even with a way to the socket."""
    script = (
        "import os, socket; os.setuid(65534); s = socket.socket(socket.AF_UNIX)\n"
        "try: s.connect('template'); print(s.recv(1))\nexcept OSError as error: print(error.strerror)"
    )

    def answer() -> str:
        command = [sys.executable, "-c", script]
        return subprocess.run(command, cwd=template.socket.parent, capture_output=True, text=True, check=True).stdout

    assert answer() == "Permission denied\n"
    template.socket.chmod(0o666)
    template.socket.parent.chmod(0o711)
    assert answer() == "b''\n"
    template.socket.chmod(0o600)
    template.socket.parent.chmod(0o700)


@pytest.mark.parametrize("said", [b"", b"\xff\xff\xff\xff", b"\0\0\0\x02[]", b'\0\0\0\x05{"a"', b"\x80\x04pickle"])
def test_nonsense_is_not_served(template: Template, said: bytes) -> None:
    """Whatever is no request ends what was forked for it, and the next is served."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(template.socket))
        asking.sendall(said)
        asking.shutdown(socket.SHUT_WR)
        assert b"pid" not in asking.recv(100)
    assert template.run("print('served')") == "served\n"


def test_what_has_no_plan_is_not_run(template: Template, tmp_path: Path) -> None:
    """Outside of a room nothing is run, whoever asks."""
    trace = tmp_path / "trace"
    asked = order([sys.executable, "-c", f"open({str(trace)!r}, 'w')"], {}, "/")
    assert fork(template.socket, asked, patience=PATIENCE).wait(PATIENCE) == 1
    assert not trace.exists()


def test_what_cannot_be_forked_is_refused_at_once(tmp_path: Path) -> None:
    """Another interpreter, a program, a variable that only a start hears, a place where nobody listens."""
    for argv, env in (
        (["/bin/sh", "-c", "true"], {}),
        ([sys.executable, "script.py"], {}),
        ([sys.executable, "-O", "-c", "pass"], {}),
        ([sys.executable, "-c", "pass"], {"PYTHONHASHSEED": "1"}),
    ):
        with pytest.raises(NotForked):
            order(argv, env, "/")
    with pytest.raises(NotForked):
        fork(tmp_path / "nobody", {})


def test_exit_codes_and_signals_pass(template: Template) -> None:
    """The code of the command is told, and a signal to the process that was given reaches it."""
    assert template.start("import sys; sys.exit(5)").wait(PATIENCE) == 5
    assert template.start("raise ValueError('why')").wait(PATIENCE) == 1
    assert "ValueError: why" in (template.folder / "home" / "printed").read_text()
    waiting = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('up', flush=True); time.sleep(60)"
    )
    process = template.start(waiting)
    until(lambda: "up" in (template.folder / "home" / "printed").read_text())
    assert process.poll() is None
    process.terminate()
    assert process.wait(PATIENCE) == 7


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        path = Path(f"/proc/{each}/task/{each}/children")
        found += [int(child) for child in path.read_text().split()] if path.exists() else []
    return found


SLEEPER = "import subprocess, time; subprocess.Popen(['sleep', '300']); print('up', flush=True); time.sleep(300)"


def asleep(template: Template, name: str, guardian: int = 0) -> tuple[int, list[int]]:
    """A room in which something sleeps that has started something that sleeps: its keeper, and all its processes."""
    keeper = template.start(SLEEPER, name, guardian=guardian).pid
    until(lambda: "up" in (template.folder / name / "printed").read_text())
    found = family(keeper)
    assert len(found) == 4
    return keeper, found


def test_a_killed_keeper_leaves_no_orphan(template: Template) -> None:
    """SIGKILL to the one process outside ends all inside."""
    keeper, found = asleep(template, "killed")
    os.kill(keeper, signal.SIGKILL)
    until(lambda: not any(started_at(pid) for pid in found))


def test_a_killed_template_takes_nothing_with_it_and_its_guardian_all(tmp_path: Path) -> None:
    """What was forked goes on when the template is killed, and ends when the process that started that is."""
    script = (
        "import subprocess, sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path; from hub_config.warm import template\n"
        "print(subprocess.Popen(template.command(Path(sys.argv[2])), env=template.surroundings()).pid, flush=True)\n"
        "time.sleep(300)"
    )
    path = tmp_path / "warm" / "template"
    command = [sys.executable, "-c", script, str(ROOT), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as starter:
        assert starter.stdout is not None
        number = int(starter.stdout.readline())
        until(path.exists)
        _, found = asleep(Template(tmp_path, starter), "survivor")
        os.kill(number, signal.SIGKILL)
        until(lambda: not started_at(number))
        time.sleep(0.3)
        assert all(map(started_at, found))
        starter.kill()
    until(lambda: not any(started_at(pid) for pid in found))


def test_it_imports_anew_when_packages_change(tmp_path: Path) -> None:
    """The same process starts anew in place; who asks meanwhile waits and is served, and what runs goes on.

    Packages of its own change: those of the tests are watched by the templates of other tests, too.
    """
    packages = tmp_path / "packages"
    packages.mkdir()
    with running_template(tmp_path, packages=packages) as template:
        keeper, found = asleep(template, "meanwhile")
        (packages / "new").touch()
        until(lambda: "event=template-renewed" in template.log)
        assert template.run("print('served')") == "served\n"
        assert template.log.count(READY) == 2
        assert all(map(started_at, found))
        os.kill(keeper, signal.SIGKILL)


def test_it_refuses_to_be_forked_with_threads(tmp_path: Path) -> None:
    """A module that starts a thread when it is imported keeps the template from serving, and is said."""
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    )
    code = "from hub_config.warm import template\ntemplate.MODULES = ('starts_a_thread',)\ntemplate.main()"
    command = [sys.executable, "-c", code, str(tmp_path / "warm" / "template")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "started 1 threads" in done.stderr


def written(pid: int) -> int:
    """Bytes of memory that only this process has and that it has written to.

    What it has read of a library's file is shared or not as others come and go that use the same library.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) * 1024


def test_five_hundred_forks_leave_nothing(template: Template) -> None:
    """No open file or process more than before the first, and no memory more than after the first fifty."""
    pid, small = template.process.pid, Sandbox()

    def open_files() -> int:
        return len([*Path(f"/proc/{pid}/fd").iterdir()])

    def forks(count: int) -> int:
        for _ in range(count):
            process = template.start("import os; os._exit(0)", room=small)
            assert process.wait(PATIENCE) == 0
        # Who asked knows of the end a moment before the connection is closed.
        until(lambda: family(pid) == [pid] and open_files() <= files)
        return written(pid)

    assert template.start("pass", room=small).wait(PATIENCE) == 0
    until(lambda: family(pid) == [pid])
    files = open_files()
    memory = forks(50)
    assert forks(450) - memory < 1_000_000
