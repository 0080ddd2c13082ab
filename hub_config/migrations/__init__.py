"""Brings the database's tables to what the code needs: Alembic's revisions in `versions/`, run at the start.

After a change of tables, write the revision that makes it, and read what was written:

    python -m hub_config.migrations "what changes" && ruff format hub_config/migrations/versions

To write the initial revision anew, as long as no database in use has it:

    rm hub_config/migrations/versions/*.py; python -m hub_config.migrations initial
    ruff format hub_config/migrations/versions
"""

import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect
from sqlalchemy.exc import DatabaseError

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import NEWER, UNKNOWN, Base, Database

# Every module that defines tables. `tests/hub_config/test_migrations.py` finds one that is missing here.
MODELS = (
    "courses.enrolment",
    "courses.exchange.submissions",
    "courses.grading.grades",
    "courses.release",
    "expert_db.events",
    "expert_db.members",
    "expert_db.mentorships",
    "expert_db.needs",
    "forum_bridge.links",
    "forum_bridge.mirror",
    "forum_bridge.outbox",
    "forum_bridge.webhooks.hooks",
)


FOLDER = Path(__file__).parent


def models() -> MetaData:
    """Every table in the code. They take a second to import, so it is done only when something changes."""
    for module in MODELS:
        import_module(module)
    return Base.metadata


def config(connection: Connection, folder: Path = FOLDER) -> Config:
    """Alembic's configuration for a connection; `env.py` takes the connection from it."""
    made = Config()
    made.set_main_option("script_location", str(folder))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database, folder: Path = FOLDER) -> None:
    """Bring the database to the newest revision, whole or not at all; when it is there, do nothing.

    A copy of a SQLite database with something in it is kept beside it first, as `<file>.before-<revision>`. Raises
    `database-newer` when the database has a revision that the code does not know, `database-unknown` when it has
    tables and no revision, and `database-unusable` when it does not answer or is none.
    """
    with _connected(database) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Rebuilding a table drops it, which must not delete the rows that refer to it. The lock lets a second
            # process that starts now wait until the first one is done.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            _upgrade(connection, folder)
            if is_sqlite:
                _check_keys(connection)
            connection.commit()
        finally:
            connection.rollback()
            if is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _connected(database: Database) -> Connection:
    try:
        return database.engine.connect()
    except DatabaseError as error:
        raise ClearingHouseError(
            "database-unusable",
            N_("The database {database} cannot be used: {reason}. Mend that, or put back a copy."),
            database=database.engine.url.render_as_string(hide_password=True),
            reason=str(error.orig).strip(),
        ) from error


def _upgrade(connection: Connection, folder: Path) -> None:
    settings = config(connection, folder)
    versions = ScriptDirectory.from_config(settings)
    current, newest = MigrationContext.configure(connection).get_current_revision(), versions.get_current_head()
    name = connection.engine.url.render_as_string(hide_password=True)
    if current is None and inspect(connection).get_table_names():
        raise ClearingHouseError("database-unknown", UNKNOWN, database=name)
    if current is not None and current not in {script.revision for script in versions.walk_revisions()}:
        raise ClearingHouseError("database-newer", NEWER, database=name, revision=current)
    if current != newest:
        if current is not None:
            _keep_copy(connection, f"before-{newest}")
        command.upgrade(settings, "head")


def _keep_copy(connection: Connection, suffix: str) -> None:
    file = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not file or file == ":memory:":
        return
    # SQLite's own backup also takes what is still in the write-ahead log.
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(f"{file}.{suffix}")) as copy:
        source.backup(copy)


def _check_keys(connection: Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise RuntimeError(f"the upgrade would break references, so nothing was changed: {broken[:3]}")
