"""`python -m forum_bridge.embedded --port N --home DIR`: the forum as a process of its own, on 127.0.0.1 only."""

import argparse
import os
from pathlib import Path

import uvicorn

from conventions import logs
from forum_bridge.embedded.app import create_app
from forum_bridge.embedded.keys import secret_in
from forum_bridge.embedded.limits import Limits


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m forum_bridge.embedded", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the port on 127.0.0.1")
    parser.add_argument("--home", type=Path, required=True, help="the folder of forum.sqlite and of the two secrets")
    parser.add_argument("--webhook", default="", help="the address that webhooks are sent to")
    parser.add_argument("--per-minute", type=int, default=0, help="requests a minute for all keys; 0: no limit")
    parser.add_argument("--per-ten-seconds", type=int, default=0, help="the same for ten seconds")
    given = parser.parse_args()
    logs.begin()
    key = os.environ.get("CHM_FORUM_KEY") or secret_in(given.home, "forum.key")
    secret = os.environ.get("CHM_FORUM_SECRET") or secret_in(given.home, "forum.secret")
    limits = Limits(given.per_minute, given.per_ten_seconds)
    app = create_app(given.home, key=key, secret=secret, webhook=given.webhook, limits=limits)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_config=None, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
