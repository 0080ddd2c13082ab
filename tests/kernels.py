"""A kernel on a member's own server, spoken to over its websocket as a notebook does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import websocket

from tests.platform import Browser


@contextmanager
def kernel(browser: Browser, name: str) -> Iterator[websocket.WebSocket]:
    """A connection to a new Python kernel on the server of `name`, who is signed in and whose server runs."""
    token = browser.api("POST", f"users/{name}/tokens").json()["token"]
    browser.headers["Authorization"] = f"token {token}"
    started = browser.post(f"/user/{name}/api/kernels", json={"name": "python3"})
    assert started.status_code == 201, started.text
    address = str(browser.base_url.copy_with(scheme="ws")).rstrip("/")
    connection = websocket.create_connection(
        f"{address}/user/{name}/api/kernels/{started.json()['id']}/channels",
        header=[f"Authorization: {browser.headers['Authorization']}"],
        timeout=60,
    )
    yield connection
    connection.close()


def printed(connection: websocket.WebSocket, code: str) -> str:
    """Run code in the kernel; what it printed, or the error it ended with."""
    header = {"msg_id": uuid4().hex, "msg_type": "execute_request", "session": "test", "username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
    request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    connection.send(json.dumps(request))
    said = ""
    while True:
        message = json.loads(connection.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        said += message["content"].get("text", "") + message["content"].get("evalue", "")
        if message["content"].get("execution_state") == "idle":
            return str(said).strip()
