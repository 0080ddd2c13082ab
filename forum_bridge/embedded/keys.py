"""The embedded forum's key and webhook secret: made once, kept in files that only their owner reads."""

import os
import secrets
from pathlib import Path


def secret_in(home: Path, name: str) -> str:
    """The secret of that name in `home`, made if it is not there; two starting at once agree on one."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()
