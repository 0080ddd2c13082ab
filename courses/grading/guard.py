"""What runs inside the grading process before anything of the learner's: limits, and a kernel that restores itself.

It is sent to the isolated Python as text, so it imports nothing of the project. A learner's code shares the process
with the tests; before each cell the kernel puts back what tests rely on: built-in functions, modules that tests
import, error reports, input and syntax transformers. What it cannot put back, the canary after each test finds out.
"""

import asyncio
import builtins
import importlib
import json
import math
import os
import resource
import sys
import threading
from pathlib import Path
from typing import Any

SHELL_PARTS = ("custom_exceptions", "CustomTB", "InteractiveTB", "display_pub", "displayhook", "compile")


def limit(memory: int, file_size: int) -> None:
    """Limits that the learner's code cannot raise: memory it writes to, file size, no core dumps."""
    for name, value in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_FSIZE, file_size), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(name)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (allowed, allowed))


def end_with_grader() -> None:
    """End when the grader ends: it holds the other side of this process's input."""
    line = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def wait() -> None:
        os.read(line, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class Original:
    """What the tests rely on, as it was before the learner's code ran."""

    def __init__(self, shell: Any) -> None:
        manager = shell.input_transformer_manager
        self._shell = shell
        self._modules: dict[str, tuple[Any, dict[str, Any]]] = {}
        self._classes = [(cls, dict(vars(cls))) for cls in type(shell).__mro__ if cls is not object]
        self._own = set(vars(shell))
        self._parts = {name: getattr(shell, name) for name in SHELL_PARTS}
        self._lists = [
            (found, list(found))
            for found in (
                shell.ast_transformers,
                shell.input_transformers_post,
                manager.cleanup_transforms,
                manager.line_transforms,
                manager.token_transformers,
                *shell.events.callbacks.values(),
            )
        ]
        for name in ("builtins", "math"):
            self.rely_on(name)

    def rely_on(self, name: str) -> None:
        """Remember a module that tests import; one that is not there the tests will miss by themselves."""
        try:
            module = importlib.import_module(name)
        except ImportError:
            return
        self._modules[name] = (module, dict(vars(module)))

    def restore(self) -> None:
        """Undo what was patched since; the learner's own variables stay."""
        sys.settrace(None)
        for name, (module, before) in self._modules.items():
            sys.modules[name] = module
            _put_back(vars(module), before)
        for cls, known in self._classes:
            for name in [name for name, value in known.items() if vars(cls).get(name) is not value]:
                setattr(cls, name, known[name])
        for name in set(vars(self._shell)) - self._own:
            if hasattr(type(self._shell), name):
                delattr(self._shell, name)
        for name, part in self._parts.items():
            setattr(self._shell, name, part)
        for current, first in self._lists:
            current[:] = first
        self._shell.user_ns["__builtins__"] = builtins


def _put_back(current: dict[str, Any], before: dict[str, Any]) -> None:
    for name, value in before.items():
        if current.get(name) is not value:
            current[name] = value


class Hidden:
    """While a test runs, names of the learner's that hide built-in functions are out of sight."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._taken: dict[str, Any] = {}

    def __enter__(self) -> None:
        for name in [name for name in self._names if name in vars(builtins) and not name.startswith("_")]:
            self._taken[name] = self._names.pop(name)

    def __exit__(self, *_: object) -> None:
        self._names.update({name: value for name, value in self._taken.items() if name not in self._names})


def main(plan: dict[str, Any]) -> None:
    """Run a kernel that listens where `plan["connection"]` says, in the folder it is started in."""
    end_with_grader()
    os.environ.clear()
    home = Path.cwd()
    os.environ.update(plan["environment"], HOME=str(home), IPYTHONDIR=str(home / ".ipython"))
    sys.path[:0] = plan["paths"]
    from ipykernel.ipkernel import IPythonKernel  # noqa: PLC0415
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    for name in plan["preload"]:
        importlib.import_module(name)
    test, rely = f"# test {plan['mark']}\n", f"# rely {plan['mark']}\n"

    class GradingKernel(IPythonKernel):
        """A kernel that restores what tests rely on before it runs a cell."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)  # type: ignore[no-untyped-call]
            shell: Any = self.shell
            run: Any = super().do_execute
            original, names = Original(shell), shell.user_ns

            async def do_execute(code: str, silent: bool, *args: Any, **more: Any) -> Any:
                original.restore()
                if code.startswith(rely):
                    for name in code.removeprefix(rely).split():
                        original.rely_on(name)
                    return await run("", silent, *args, **more)
                if code.startswith(test):
                    with Hidden(names):
                        return await run(code, silent, *args, **more)
                return await run(code, silent, *args, **more)

            self.__dict__["do_execute"] = do_execute

    limit(plan["memory"], plan["file_size"])
    # Loaded now, so that a learner's module of the same name is not what the kernel gets later.
    _ = (asyncio, math)
    IPKernelApp.launch_instance(
        ["-f", plan["connection"], "--HistoryManager.enabled=False"], kernel_class=GradingKernel
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
