"""JupyterHub's configuration file. Everything in it comes from `hub_config.settings`; see `hub_config.hub`.

To change what no setting changes, put Python files into `CHM_HOME/jupyterhub_config.d`: they are run last, in the
order of their names, with the same `c`.
"""

from typing import TYPE_CHECKING, Any

from hub_config import hub, settings

if TYPE_CHECKING:

    def get_config() -> Any:
        """Given by JupyterHub to the files it runs."""

    def load_subconfig(name: str) -> None:
        """Given by JupyterHub to the files it runs."""


chosen = settings.read()
hub.configure(get_config(), chosen)

for extra in sorted((chosen.home / "jupyterhub_config.d").glob("*.py")):
    load_subconfig(str(extra))
