"""Where what learners handed in runs: a room without a network, forked from the template if that answers."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from conventions import logs
from courses.grading.kernel import Isolate, Process, Started
from hub_config.settings import Settings
from hub_config.warm import rooms
from hub_config.warm.sandbox import GRADER_UID, HOME
from widgets.kernels.forking import NotForked, fork, order

log = logging.getLogger(__name__)


def isolation(settings: Settings) -> Isolate:
    """Starts each grading kernel in a room of its own, which ends with the process that asks for it."""
    room = rooms.grader(settings)

    def isolate(argv: list[str], home: Path, environment: Mapping[str, str], given: int) -> Process:
        plan = room.plan(argv, home, uid=GRADER_UID)
        try:
            asked = {**order(argv, environment, HOME), "plan": plan}
            with Path(os.devnull).open("wb") as nowhere:
                places = {0: given, 1: nowhere.fileno(), 2: nowhere.fileno()}
                return fork(settings.template, asked, places, outlives_asker=False)
        except NotForked as reason:
            logs.tell(log, "grading-cold", reason=str(reason))
            return Started(room.command(argv, home, uid=GRADER_UID), home, environment, given)

    return isolate if settings.sandbox else Started
