"""An application that listens for a test: `with listening(app) as address:` on this machine, on a free port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.ports import free_port
from tests.waiting import until

# Seconds for answers under way: a client that leaves one half read must not keep the tests from ending.
GRACE = 2


@contextmanager
def listening(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """It is served by a thread of this process, and it is an error when that does not end with the block."""
    port = port or free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=GRACE)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive())
    assert server.started, "it does not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "it still listens after 30 s"
