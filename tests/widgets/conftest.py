"""The dashboards' real server and a real browser."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conventions.texts import ROOT
from widgets.dashboards import voila_command

BASE = "/services/dashboards/"
SECRET = "a-token-that-no-kernel-may-see"


class Server:
    """One running dashboard server: its address, and its process for those who look at what it started."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    def page(self, query: str = "", name: str = "parties") -> str:
        """The address of a dashboard."""
        return f"{self.url}voila/render/{name}.ipynb?{query}"


@contextmanager
def serving(most_kernels: int = 12) -> Iterator[Server]:
    """The dashboard server on a free port, for so many visitors at once."""
    # The port is put in its place below, where it is known.
    with running(voila_command(0, BASE, most_kernels), BASE) as server:
        yield server


@contextmanager
def running(command: list[str], base: str) -> Iterator[Server]:
    """A command of Voila on a free port, with a secret in its own environment, ended at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"JUPYTERHUB_API_TOKEN": SECRET}
    command = [*(part for part in command if not part.startswith("--port")), f"--port={port}", "--Voila.ip=127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(process, f"http://127.0.0.1:{port}{base}voila/static/favicon.ico")
        yield Server(process, f"http://127.0.0.1:{port}{base}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    """Return as soon as anything but silence comes back."""
    for _ in range(300):
        assert process.poll() is None, "the server ended by itself"
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer within 30 s")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server as the platform starts it, with room for the visitors of all tests."""
    with serving(most_kernels=40) as running:
        yield running
