"""The one wiring place: settings become the database, the keys and every package's services. Nothing else does."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter

from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import Database
from hub_config.keys import Keys
from hub_config.portal.hub import Hub
from hub_config.portal.status import Probe, database_probe, http_probe
from hub_config.portal.templates import Panel
from hub_config.settings import Settings, read


class Worker(Protocol):
    """What runs beside the pages as long as the portal does, such as the dispatcher of events."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


@dataclass(frozen=True)
class Part:
    """What one package brings to the front door; its templates are found in `<package>/templates`.

    `services` become attributes of `app.state`; several packages may bring a panel of the same name, and they
    are shown in the order of the parts.
    """

    package: str
    routers: Sequence[APIRouter] = ()
    panels: Mapping[str, Panel] = field(default_factory=dict)
    services: Mapping[str, Any] = field(default_factory=dict)
    workers: Sequence[Worker] = ()


@dataclass(frozen=True)
class Platform:
    """Everything that runs, wired together."""

    settings: Settings
    database: Database
    keys: Keys
    hub: Hub
    parts: Sequence[Part] = ()
    probes: Sequence[Probe] = ()


def wire(settings: Settings, hub: Hub) -> Platform:
    """The platform of these settings, as a service of that Hub."""
    database = Database(settings.database)
    return Platform(
        settings=settings,
        database=database,
        keys=Keys(settings.home / "secrets"),
        hub=hub,
        parts=(),
        probes=(
            http_probe(N_("Sign-in and learners' servers"), f"{hub.api}/"),
            database_probe(N_("Courses' exchange and members' data"), database),
        ),
    )


def from_environment() -> Platform:
    """The platform as the Hub starts it: its address and token are in the environment of a service.

    Raises `hub-missing`, naming the variable, when it was started in another way.
    """
    return wire(read(), Hub(*(_given(name) for name in ("JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN"))))


def _given(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ClearingHouseError(
            "hub-missing", N_("{name} is not set. The Hub starts the portal: use `chm serve`."), name=name
        )
    return value
