"""Where what learners handed in runs: a room without a network, forked from the template if that answers."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conventions import logs
from courses.grading.kernel import Isolate, Process, Started
from hub_config.settings import Settings
from hub_config.warm import groups, rooms
from hub_config.warm.sandbox import GRADER_UID, HOME
from widgets.kernels.forking import NotForked, fork, order

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Grouped:
    """A grading kernel's keeper, whose control group is gone when that has been waited for."""

    keeper: Process
    group: str

    @property
    def returncode(self) -> int | None:
        return self.keeper.returncode

    def poll(self) -> int | None:
        return self.keeper.poll()

    def kill(self) -> None:
        self.keeper.kill()

    def wait(self) -> int:
        code = self.keeper.wait()
        groups.remove(self.group)
        return code


def isolation(settings: Settings) -> Isolate:
    """Starts each grading kernel in a room of its own, which ends with the process that asks for it."""
    room = rooms.grader(settings)

    def isolate(argv: list[str], home: Path, environment: Mapping[str, str], given: int) -> Process:
        group = f"grading-{home.name}"
        return Grouped(start(argv, home, environment, given, group), group)

    def start(argv: list[str], home: Path, environment: Mapping[str, str], given: int, group: str) -> Process:
        plan = room.plan(argv, home, uid=GRADER_UID, group=group)
        try:
            asked = {**order(argv, environment, HOME), "plan": plan}
            with Path(os.devnull).open("wb") as nowhere:
                places = {0: given, 1: nowhere.fileno(), 2: nowhere.fileno()}
                return fork(settings.template, asked, places, outlives_asker=False)
        except NotForked as reason:
            logs.tell(log, "grading-cold", reason=str(reason))
            return Started(room.command(argv, home, uid=GRADER_UID, group=group), home, environment, given)

    return isolate if settings.sandbox else Started
