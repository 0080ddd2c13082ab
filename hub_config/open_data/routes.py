"""All addresses and panels of the open data service, as `hub_config.wiring` puts them behind the front door."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from hub_config.open_data import tables
from hub_config.open_data.odata import routes as odata
from hub_config.portal.templates import Panel

ROUTERS: Sequence[APIRouter] = (tables.router, odata.router)
PANELS: Mapping[str, Panel] = {}
