"""All addresses and panels of the open data service, as `hub_config.wiring` puts them behind the front door."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from hub_config.open_data import dcat, informea, openapi, schema_org, tables, vocabulary
from hub_config.open_data.odata import routes as odata
from hub_config.portal.templates import Panel

ROUTERS: Sequence[APIRouter] = (
    dcat.router,
    openapi.router,
    tables.router,
    odata.router,
    informea.router,
    vocabulary.router,
)
PANELS: Mapping[str, Panel] = {"linked-data": schema_org.course_panel}
