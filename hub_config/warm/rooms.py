"""The rooms of the platform: who runs in which sandbox, and what of the project each of them shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from conventions import logs
from conventions.languages import LANGUAGES
from conventions.texts import ROOT
from hub_config.settings import Settings
from hub_config.warm import lodger
from hub_config.warm.sandbox import DASHBOARDS_UID, Sandbox

Isolate = Callable[[list[str], Path], list[str]]

# What runs in a learner's or the public's kernel may know the ground floor only; see the contracts in pyproject.toml.
SHARED = ("conventions", "widgets")
LEARNER = (*SHARED, "courses/__init__.py", "courses/learner", "courses/locale")


def learner(settings: Settings, memory: int = 0, cpus: float = 0) -> Sandbox:
    """The room of a member's own Jupyter server; `memory` (bytes) and `cpus` are hers, if not everybody's."""
    made = [lab_settings(settings.home, code, author=author) for author in (False, True) for code in LANGUAGES]
    return _room(settings, LEARNER, made, memory=memory, cpus=cpus)


def grader(settings: Settings) -> Sandbox:
    """The room of one submission."""
    return _room(settings, LEARNER)


def dashboards(settings: Settings) -> Isolate:
    """Runs the public's dashboards: it listens, so it has the network, and shows no course."""
    # Its visitors share it, each with a kernel of her own, and all processors that nobody else needs.
    together = settings.server_memory + settings.dashboard_kernels * VISITOR_BYTES
    room = replace(_room(settings, SHARED), room_bytes=together, cpus=0)

    def isolate(argv: list[str], home: Path) -> list[str]:
        plan = room.plan(argv, home, network=True, uid=DASHBOARDS_UID, keep=KEPT, group="dashboards")
        return lodger.command(settings.template, plan)

    return _isolate(settings, isolate)


KEPT = ("PYTHONPATH", "PYTHONHASHSEED", "CHM_LANGUAGE", logs.VARIABLE)
# Twice what the kernel of the largest dashboard takes for itself.
VISITOR_BYTES = 100_000_000


def lab_settings(home: Path, language: str, *, author: bool) -> Path:
    """The folder that tells JupyterLab and Notebook which language to speak to begin with, and what to leave out."""
    return home / "lab" / ("authors" if author else "learners") / language


def _room(
    settings: Settings, names: Sequence[str], extra: Sequence[Path] = (), *, memory: int = 0, cpus: float = 0
) -> Sandbox:
    shown, most = [ROOT / name for name in names], memory or settings.server_memory
    return Sandbox([*shown, *extra], memory_bytes=most, room_bytes=most, cpus=cpus or settings.server_cpus)


def _isolate(settings: Settings, isolate: Isolate) -> Isolate:
    return isolate if settings.sandbox else lambda argv, _home: argv
