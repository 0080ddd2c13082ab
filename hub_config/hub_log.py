"""What the Hub's log has of what JupyterHub says."""

import logging
from logging import DEBUG, INFO
from typing import Any

from jupyterhub.metrics import prometheus_log_method

from conventions import logs

log = logging.getLogger(__name__)
# What it warns of at each start, request or end, and is as we mean it: how it begins, and the level that it is worth.
EXPECTED = {
    # The front door has the rest of the addresses, and `/user/` has a route of its own.
    "Using custom route for Hub": DEBUG,
    # The shared session is NativeAuthenticator's.
    r"The shared database session at Authenticator\.db is deprecated": DEBUG,
    # A member need not confirm to the Hub that the portal may know her.
    "Allowing service portal to complete OAuth without confirmation": DEBUG,
    # TLS ends at the operator's own proxy; see the setting `proxies`.
    "Running JupyterHub without SSL": DEBUG,
    # Browsers do not say where a request comes from unless there is TLS; only what reads is let through.
    "Skipping XSRF check for insecure request": DEBUG,
    # The metrics have them.
    r"Found \d+ active users": DEBUG,
    # It is how `chm serve` ends it.
    "Received signal SIGTERM": INFO,
}


def begin() -> None:
    """Have what is expected told no louder than it is worth."""
    for name in ("JupyterHub", "tornado.application"):
        logs.expect(name, EXPECTED)


def log_request(handler: Any) -> None:
    """Count the request; a line only for one that was not answered as asked. JupyterHub's own would have an address."""
    user = getattr(handler, "_jupyterhub_user", None)
    logs.tell_of_request(
        log,
        method=handler.request.method,
        path=handler.request.path,
        status=handler.get_status(),
        member=getattr(user, "name", None),
    )
    prometheus_log_method(handler)
