"""Members to test with: an officer in Egypt who reads Arabic, and experts of all kinds."""

from typing import Any

from sqlalchemy.orm import Session

from expert_db.database import Database
from expert_db.members import Member, Role, Standing

EWASTE, PLASTIC = "e-waste", "plastic-waste"


def person(name: str, role: Role = Role.OFFICER, **given: Any) -> Member:
    """An approved member; what is not given is that of an officer in Egypt."""
    values: dict[str, Any] = {
        "full_name": name.title(),
        "country": "EG",
        "organisation": "Ministry of Environment",
        "language": "ar",
        "standing": Standing.APPROVED,
        "languages": [],
        "expertise": {},
        "capacity": 0,
        "hours": 0,
        "paused": False,
    }
    return Member(name=name, role=role, **{**values, **given})


def expert(name: str, **given: Any) -> Member:
    """An expert on e-waste who has room for two learners and speaks Arabic and French."""
    values = {"languages": ["ar", "fr"], "language": "fr", "expertise": {EWASTE: 2}, "capacity": 2, "country": "TN"}
    return person(name, Role.EXPERT, **{**values, **given})


def settle(database: Database, *members: Member) -> None:
    """The members are in the network."""
    with database.session() as session:
        session.add_all(members)


def named(session: Session, name: str) -> Member:
    """The member as this session sees her."""
    return session.query(Member).filter_by(name=name).one()
