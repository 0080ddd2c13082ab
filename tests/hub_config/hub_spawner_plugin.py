"""A plugin for JupyterHub's own tests: where they take its spawner for one machine, they get the platform's.

It is loaded by the pytest that `test_hubs_own_tests` starts; the settings are in the environment, as for any process
of the platform.
"""

from typing import Any

import jupyterhub.spawner
from traitlets import default

from hub_config import settings
from hub_config.warm.spawner import SandboxedSpawner

CHOSEN = settings.read()


class Tried(SandboxedSpawner):
    """The platform's spawner with its settings and nothing else; the Hub's tests bring commands of their own."""

    @default("settings")
    def _settings(self) -> Any:
        return CHOSEN


# Before the Hub's tests are imported, which make their own spawners of this one.
jupyterhub.spawner.SimpleLocalProcessSpawner = Tried
