"""`python -m hub_config.portal`: the portal as a service of the Hub, on the address that the Hub gave it."""

import os
from urllib.parse import urlsplit

import uvicorn

from hub_config.portal.app import create_app
from hub_config.wiring import from_environment


def main() -> None:
    """Serve until the Hub ends the process; only the proxy on this machine can reach it."""
    platform = from_environment()
    port = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port or 80
    uvicorn.run(create_app(platform), host="127.0.0.1", port=port, access_log=False, server_header=False)


if __name__ == "__main__":
    main()
