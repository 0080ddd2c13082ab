"""Brings the platform's database up to date with the code."""

from expert_db.database import Base, Database


def upgrade(database: Database) -> None:
    """Make what is missing in the database."""
    Base.metadata.create_all(database.engine)
