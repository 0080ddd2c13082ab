"""Write the next revision: `python -m hub_config.migrations TEXT`."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from expert_db.database import Database
from hub_config.migrations import config, upgrade


def write(message: str) -> None:
    """Compare an empty database at the newest revision with the code, and write what differs as the next revision."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.sqlite'}")
        upgrade(database)
        with database.engine.connect() as connection:
            settings = config(connection)
            number = len(list(ScriptDirectory.from_config(settings).walk_revisions())) + 1
            command.revision(settings, message, autogenerate=True, rev_id=f"{number:04}")
        database.close()


if __name__ == "__main__":
    write(sys.argv[1])
