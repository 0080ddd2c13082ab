"""One database for the platform: members, matches, enrolments, submissions, thread links and the event log.

They share it so that what changes and the event that tells of it are written in one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event, inspect, update
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from conventions.texts import N_

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Why a database cannot be used by this version; `hub_config.migrations` finds out.
NEWER = N_(
    "The database {database} was written by a newer version of the platform (its revision {revision} is not known "
    "here). Install that version, or restore a copy from before it."
)
UNKNOWN = N_(
    "The database {database} has tables, but says nothing of the version that made them. Give the platform an empty "
    "database, or restore a copy."
)


class Base(DeclarativeBase):
    """Every table of the platform; the migrations compare the database with its metadata."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


class UTCDateTime(TypeDecorator[datetime]):
    """A time that is always aware and always UTC, in databases that forget the zone too."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value else None


def now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def lock(session: Session, row: Base) -> None:
    """Let no other transaction change `row` until this one ends, and read it as it is now.

    An update that changes nothing takes the row's lock on PostgreSQL and the writer's lock on SQLite, which has no
    `FOR UPDATE`. Check what may be done only after it, or two people can be given the same last place.
    """
    session.flush()
    mapper = inspect(row).mapper
    key, identity = mapper.primary_key[0], mapper.primary_key_from_instance(row)[0]
    same = update(type(row)).where(key == identity).values({key: key})
    session.execute(same, execution_options={"synchronize_session": False})
    session.refresh(row)


class Database:
    """The platform's database behind one URL: SQLite by default, PostgreSQL in production."""

    def __init__(self, url: str) -> None:
        waits = {"timeout": 30} if url.startswith("sqlite") else {}
        # An error is logged with its statement, and not with what people wrote in it.
        self.engine: Engine = create_engine(url, connect_args=waits, hide_parameters=True)
        if url.startswith("sqlite"):
            event.listen(self.engine, "connect", _safe_sqlite)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back whole when it raises."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _safe_sqlite(connection: Any, _record: Any) -> None:
    """Readers do not block the writer, a commit is on disk when it returns, and keys are checked."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
