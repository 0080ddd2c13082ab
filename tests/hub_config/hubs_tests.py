"""A plugin for JupyterHub's own tests: where they take its spawner for one machine, they get the platform's.

`test_hubs_tests` loads it into a pytest of its own, which finds those tests in the installed package. The platform's
settings are in the environment, as for any of its processes.
"""

from collections.abc import Sequence

import jupyterhub.spawner
import pytest
from traitlets import default

from hub_config import settings
from hub_config.settings import Settings
from hub_config.warm.spawner import SandboxedSpawner

CHOSEN = settings.read()
# Tests that cannot hold here, with why; one that passes all the same is an error.
CANNOT_HOLD = {
    "test_popen_kwargs": "It puts another Popen into JupyterHub's module. Ours is not started from there, and the "
    "command that it looks for is in the sandbox's plan; `test_hubs_tests` shows that the options arrive.",
}
# And what cannot in a sandbox; these are run without one.
NOT_INSIDE = {
    "test_shell_cmd": "Its shell reads a file of the machine's /tmp, which is not in the room.",
}


class Tried(SandboxedSpawner):
    """The platform's spawner with its settings and nothing else; the Hub's tests bring commands of their own."""

    @default("settings")
    def _settings(self) -> Settings:
        return CHOSEN

    @default("http_timeout")
    def _patience(self) -> int:
        """`jupyterhub-singleuser` starts cold; how fast that is must not decide."""
        return 200


# Before the Hub's tests are imported, which make their own spawners of this one.
jupyterhub.spawner.SimpleLocalProcessSpawner = Tried


def pytest_collection_modifyitems(items: Sequence[pytest.Function]) -> None:
    """Mark what cannot hold, once it is sure that all the rest is about our spawner."""
    from jupyterhub.tests.mocking import MockSpawner  # noqa: PLC0415 (not before it is ours)

    assert issubclass(MockSpawner, Tried)
    reasons = CANNOT_HOLD | (NOT_INSIDE if CHOSEN.sandbox else {})
    for item in items:
        if reason := reasons.get(item.originalname):
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
