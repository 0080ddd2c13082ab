"""`ping`: the forum tries whether anybody listens."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session


def handle(_session: Session, _event: str, _data: Mapping[str, Any]) -> None:
    """That it is stored is all that a ping asks for."""
