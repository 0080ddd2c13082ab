"""Runs a service in a room forked from the template, so that its kernels are forked, too; cold if no template answers.

`python -m hub_config.warm.lodger <template> <plan>` stands for the service: signals pass on to it, its end and exit
code are this one's, and a SIGKILL to this one ends it.
"""

import json
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from conventions import logs
from hub_config.warm.enter import FORWARDED, REFUSED, environment
from hub_config.warm.room import HOME
from hub_config.warm.sandbox import ENTER
from widgets.kernels.forking import Forked, NotForked, fork, order

log = logging.getLogger("hub_config.warm.lodger")
# Both are started at the same time, and a template takes some seconds.
PATIENCE = 30.0
Plan = dict[str, Any]


def command(template: Path, plan: Plan, patience: float = PATIENCE) -> list[str]:
    """What runs the command of a plan (see `Sandbox.plan`), and waits so many seconds for the template."""
    return [sys.executable, "-P", "-m", "hub_config.warm.lodger", str(template), json.dumps(plan), str(patience)]


def forked(template: Path, plan: Plan, patience: float) -> Forked:
    """The keeper of the service's room; NotForked if no template answers within `patience` seconds."""
    deadline = time.monotonic() + patience
    # Only what the room may know: what is sent stays in the memory that its kernels are forked from.
    env = environment(plan, os.environ)
    asked = {**order(plan["argv"], env, HOME), "plan": {**plan, "forks": True}}
    while True:
        try:
            return fork(template, asked, {1: 1, 2: 2}, outlives_asker=False)
        except NotForked:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def main() -> NoReturn:
    """Run the service until it ends."""
    logs.begin()
    template, plan = Path(sys.argv[1]), json.loads(sys.argv[2])
    try:
        room = forked(template, plan, float(sys.argv[3]))
    except NotForked as reason:
        logs.tell(log, "service-cold", service=Path(plan["home"]).name, reason=str(reason))
        cold = {**plan, "forks": False}
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", ENTER, json.dumps(cold)])  # noqa: S606
    for number in FORWARDED:
        signal.signal(number, lambda received, _frame: room.send_signal(received))
    code = room.wait()
    sys.exit(code if code >= 0 else REFUSED)


if __name__ == "__main__":
    main()
