"""A learner's own Jupyter server for the tests: real JupyterLab and Notebook with the extension, in a home of hers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conventions.texts import ROOT
from tests.courses.processes import wait_for
from tests.ports import free_port
from tests.waiting import PATIENCE

TOKEN = "learners-own"
BASE = "/user/amina/"


@contextmanager
def learners_server(home: Path, exchange: str, *, language: str) -> Iterator[str]:
    """The address of the server, which speaks to the exchange with the Hub's token."""
    port = free_port()
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.base_url": BASE,
        "IdentityProvider.token": TOKEN,
        "ServerApp.root_dir": home,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "ServerApp.jpserver_extensions": "courses.learner.server=True",
        "LabServerApp.extra_labextensions_path": ROOT / "courses" / "learner" / "labextension",
        "LabApp.news_url": None,
    }
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        **{"HOME": str(home), "PYTHONPATH": str(ROOT), "JUPYTER_RUNTIME_DIR": str(home / ".run")},
        **{"CHM_EXCHANGE_URL": exchange, "JUPYTERHUB_API_TOKEN": "token-amina", "CHM_LANGUAGE": language},
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]
    with (home / ".log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}{BASE}"
        finally:
            process.terminate()
            process.wait(PATIENCE)
