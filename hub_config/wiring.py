"""The one wiring place: settings become the database, the keys and every package's services. Nothing else does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter

import courses.authoring
import courses.desk
import courses.exchange.api
import courses.exchange.pages
import courses.grading.pages
import courses.pages
import courses.panels
import expert_db.pages
import expert_db.panels
import forum_bridge.pages
import forum_bridge.panels
import forum_bridge.webhooks.route
import hub_config.open_data.routes
from conventions.texts import N_
from courses.teaching import Teaching
from expert_db.clock import Clock
from expert_db.database import Database
from expert_db.dispatch import Dispatcher
from hub_config import gate, ports
from hub_config.flows import FLOWS
from hub_config.keys import Keys
from hub_config.portal.hub import Hub
from hub_config.portal.status import Probe, database_probe, http_probe
from hub_config.portal.templates import Panel
from hub_config.programs import DASHBOARDS
from hub_config.services import Services, services
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
    database, keys = Database(settings.database), Keys(settings.home / "secrets")
    made = services(settings, database, keys, hub)
    return Platform(
        settings=settings,
        database=database,
        keys=keys,
        hub=hub,
        parts=parts(made, Dispatcher(database, FLOWS, made)),
        probes=(
            http_probe(N_("Sign-in and learners' servers"), f"{hub.api}/"),
            database_probe(N_("Courses' exchange and members' data"), database),
            http_probe(N_("The forum"), f"{made.forum.client.url}/srv/status"),
            http_probe(N_("Dashboards"), f"http://127.0.0.1:{ports.read(settings.home)['dashboards']}{DASHBOARDS}"),
        ),
    )


def parts(made: Services, dispatcher: Dispatcher[Services]) -> Sequence[Part]:
    """What each package brings to the front door. Workers start in this order and stop in the other."""
    return (
        Part(
            "courses",
            routers=(
                courses.exchange.api.router,
                courses.exchange.pages.router,
                # Before the desk, whose pages are of any course's name.
                courses.grading.pages.router,
                courses.authoring.router,
                courses.desk.router,
                courses.pages.router,
            ),
            panels=courses.panels.PANELS,
            services={
                "courses": made.courses,
                "teaching": Teaching(made.courses),
                "exchange": made.exchange,
                "grading": made.grading,
            },
            workers=(made.exchange, made.grading),
        ),
        Part(
            "expert_db",
            routers=(expert_db.pages.router,),
            panels=expert_db.panels.PANELS,
            workers=(Clock(made.courses.database),),
        ),
        Part(
            "forum_bridge",
            routers=(forum_bridge.webhooks.route.router, forum_bridge.pages.router),
            panels=forum_bridge.panels.PANELS,
            services={"forum": made.forum},
            workers=(made.forum, dispatcher),
        ),
        Part(
            "hub_config/open_data",
            routers=hub_config.open_data.routes.ROUTERS,
            panels=hub_config.open_data.routes.PANELS,
            services={"open_data": made.open_data},
        ),
    )


def from_home() -> Platform:
    """The platform of the settings that this process was given, as soon as its state is ready; see `hub_config.gate`.

    Raises `not-running` if `chm serve` has never run there.
    """
    settings = read()
    at = ports.read(settings.home)
    gate.wait(settings.home)
    return wire(settings, Hub(f"http://127.0.0.1:{at['hub']}/hub/api", Keys(settings.home / "secrets")["portal"]))
