"""The platform's own secrets: one file each in `CHM_HOME/secrets`, made on first use, readable by nobody else."""

import os
import secrets
from pathlib import Path


class Keys:
    """Secrets by name: `keys["session"]` is the text in `folder/session`; the same in every process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        path = self._folder / name
        if not path.exists():
            self._make(path)
        return path.read_text(encoding="utf-8").strip()

    def _make(self, path: Path) -> None:
        """Write a new secret beside its place and link it there, so that two processes end up with one."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
