"""Being asked to end, in the worst of moments."""

import subprocess
import sys

from conventions.texts import ROOT
from tests.platform import FOREGROUND

# It interrupts itself as it leaves a fork, which is where Python cannot raise an error.
DURING_A_FORK = """
import os, signal, subprocess
from hub_config.interrupt import Interrupt

interrupt = Interrupt()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.{signal}))
try:
    subprocess.run(["true"], preexec_fn=lambda: None)
    print("raised nothing")
except KeyboardInterrupt:
    print("raised")
print("asked" if interrupt.asked else "lost")
os.kill(os.getpid(), signal.SIGTERM)
os.kill(os.getpid(), signal.SIGINT)
child = subprocess.Popen(["sleep", "60"])
child.terminate()
print("ends its child with", -child.wait(10))
"""


def said(script: str, *before: str) -> list[str]:
    """What a Python of its own prints; it must end well."""
    command = [*before, sys.executable, "-c", script]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_question_during_a_fork_is_remembered() -> None:
    """Python raises nothing then; asked again, it raises nothing either, and its children can be ended as ever."""
    for signal in ("SIGINT", "SIGTERM"):
        script = DURING_A_FORK.format(signal=signal)
        assert said(script, *FOREGROUND) == ["raised nothing", "asked", "ends its child with 15"]


def test_ctrl_c_is_for_the_foreground() -> None:
    """What a script starts with `&` goes on when the script is interrupted."""
    script = "import os, signal; from hub_config.interrupt import Interrupt; i = Interrupt(); "
    script += "os.kill(os.getpid(), signal.SIGINT); print(i.asked)"
    assert said(script, "sh", "-c", "trap '' INT; exec \"$@\"", "sh") == ["False"]
