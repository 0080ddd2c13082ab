"""The loop of a fork server, without a template."""

import subprocess
import sys

from conventions.texts import ROOT

EARLY = """
import os, socket
from hub_config.warm.forks import Forks
child = os.fork()
if not child:
    os._exit(7)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
Forks(socket.create_server(("127.0.0.1", 0))).serve(until=child)
"""


def test_a_command_that_ends_at_once_is_noticed() -> None:
    """It has ended before anybody listens for the end of children; its room ends with its code all the same."""
    assert subprocess.run([sys.executable, "-c", EARLY], cwd=ROOT, check=False, timeout=60).returncode == 7
