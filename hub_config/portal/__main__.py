"""`python -m hub_config.portal`: the portal, on the port that `chm serve` chose for it."""

import uvicorn

from conventions import logs
from hub_config import ports
from hub_config.portal.app import create_app
from hub_config.wiring import from_home

# Seconds for answers under way when the portal ends: who reads one slowly or not at all does not hold it up.
PATIENCE = 15


def main() -> None:
    """Serve until SIGTERM; only the proxy on this machine can reach it."""
    logs.begin()
    platform = from_home()
    port = ports.read(platform.settings.home)["portal"]
    uvicorn.run(
        create_app(platform),
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )


if __name__ == "__main__":
    main()
