"""A real SQLite database with all tables, and people to put into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from expert_db import mentorships
from expert_db.database import Base, Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database on disk, as the platform has it."""
    assert mentorships.Mentorship.__table__ in Base.metadata.sorted_tables
    database = Database(f"sqlite:///{tmp_path / 'platform.sqlite'}")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()
