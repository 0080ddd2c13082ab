"""JupyterHub's configuration file. Everything in it comes from `hub_config.settings`; see `hub_config.hub`.

To change what no setting changes, put Python files into `CHM_HOME/jupyterhub_config.d`: they are run last, in the
order of their names, with the same `c`.
"""

import runpy
from typing import TYPE_CHECKING, Any

from hub_config import gate, hub, settings

if TYPE_CHECKING:

    def get_config() -> Any:
        """Given by JupyterHub to the file it runs."""


c = get_config()
chosen = settings.read()
gate.wait(chosen.home)
hub.configure(c, chosen)

for extra in sorted((chosen.home / "jupyterhub_config.d").glob("*.py")):
    runpy.run_path(str(extra), init_globals={"c": c})
