"""Tests of the migrations: whole or not at all, with a copy, and never behind the code."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from conventions.errors import ClearingHouseError
from conventions.texts import PACKAGES, ROOT
from expert_db.database import Base, Database
from expert_db.events import history, record
from hub_config import migrations
from hub_config.migrations import MODELS, upgrade

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{last}"


def upgrade() -> None:
    op.create_table("trial", sa.Column("id", sa.Integer(), primary_key=True))
    {more}
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database on disk, not yet upgraded."""
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    yield database
    database.close()


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations as a later version of the platform may have them."""
    copy = tmp_path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, copy)
    return copy


def revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def release(later: Path, database: Database, more: str = "") -> None:
    """A later version adds a table, and does `more`."""
    (later / "versions" / "next.py").write_text(NEXT.format(last=revision(database), more=more))


def test_an_upgraded_database_is_what_the_code_describes(database: Database) -> None:
    """Nothing is missing in the revisions and nothing is in them that the code does not have."""
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_every_module_with_tables_is_named() -> None:
    """A table that the migrations do not know of would be missing in production."""
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            # The Hub, the gradebook and the embedded forum have databases, and bases, of their own.
            if re.search(r"^class \w+\(Base\):", source, re.MULTILINE) and "(DeclarativeBase)" not in source:
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert found == set(MODELS)


def test_upgrading_again_changes_nothing_and_keeps_no_copy(database: Database, tmp_path: Path) -> None:
    """The platform upgrades at each start."""
    upgrade(database)
    with database.session() as session:
        record(session, "joined", actor="officer", subject="member/officer")
    upgrade(database)
    with database.session() as session:
        assert [event.actor for event in history(session)] == ["officer"]
    assert not list(tmp_path.glob("*before*"))


def test_two_processes_that_start_at_once_upgrade_once(database: Database) -> None:
    """The second waits for the first and finds all done."""
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [database] * 3))
    assert revision(database) is not None


def test_a_copy_is_kept_before_a_change(database: Database, tmp_path: Path, later: Path) -> None:
    """What was committed last is in it too, though it is still in the write-ahead log."""
    upgrade(database)
    with database.session() as session:
        record(session, "joined", actor="officer", subject="member/officer")
    release(later, database)
    upgrade(database, later)
    assert revision(database) == "next"
    with closing(sqlite3.connect(tmp_path / "platform.sqlite.before-next")) as copy:
        assert copy.execute("SELECT actor FROM events").fetchall() == [("officer",)]
        assert not copy.execute("SELECT name FROM sqlite_master WHERE name = 'trial'").fetchall()


def test_an_upgrade_that_fails_changes_nothing(database: Database, later: Path) -> None:
    """The table that was already made goes with the rest, and the platform can be started with the old version."""
    upgrade(database)
    before = revision(database)
    release(later, database, more='op.execute("UPDATE nothing SET such = 1")')
    with pytest.raises(Exception, match="nothing"):
        upgrade(database, later)
    assert revision(database) == before
    with database.engine.connect() as connection:
        assert "trial" not in inspect(connection).get_table_names()


def test_an_upgrade_that_breaks_references_changes_nothing(database: Database, later: Path) -> None:
    """Keys are not checked while tables are rebuilt, so they are before it counts; afterwards they are again."""
    upgrade(database)
    release(later, database, more="op.execute(\"INSERT INTO deliveries VALUES (99, 'x', NULL, 1, NULL, '')\")")
    with pytest.raises(RuntimeError, match="break references"):
        upgrade(database, later)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar() == 0
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    """Who went back to an older version is told what to do, and the data are not touched."""
    upgrade(database)
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    with pytest.raises(ClearingHouseError, match="future") as refused:
        upgrade(database)
    assert refused.value.code == "database-newer"
    assert revision(database) == "future"


def test_a_database_with_tables_of_unknown_origin_is_refused(database: Database) -> None:
    """Another program's database is not written into."""
    with database.session() as session:
        session.execute(text("CREATE TABLE something (id INTEGER)"))
    with pytest.raises(ClearingHouseError) as refused:
        upgrade(database)
    assert refused.value.code == "database-unknown"


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file that something else has written over is named, and left for whoever can mend it."""
    file = tmp_path / "platform.sqlite"
    file.write_text("This was a database once, and is not one now.")
    with pytest.raises(ClearingHouseError, match=str(file)) as refused:
        upgrade(Database(f"sqlite:///{file}"))
    assert refused.value.code == "database-unusable"
    assert file.read_text().startswith("This was")
