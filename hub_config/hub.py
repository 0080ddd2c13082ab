"""The Hub's configuration, made from the settings: one function for each of its concerns."""

import base64
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from conventions.errors import ClearingHouseError
from conventions.languages import SOURCE
from conventions.texts import ROOT
from expert_db.database import Database
from expert_db.members import Member, Role, find
from hub_config import hub_log, ports, proxy
from hub_config.accounts import Accounts
from hub_config.hub_pages import template_vars
from hub_config.keys import Keys
from hub_config.programs import DASHBOARDS
from hub_config.roles import RIGHTS
from hub_config.settings import Settings
from hub_config.warm.lab import write_lab_settings
from hub_config.warm.spawner import SandboxedSpawner

Answer = TypeVar("Answer")


PORTAL_SCOPES = ("list:users", "read:users", "read:servers", "read:hub")


def configure(c: Any, settings: Settings) -> None:
    """Apply all settings to the Hub's configuration `c`."""
    at, keys = ports.read(settings.home), Keys(settings.home / "secrets")
    for concern in (_addresses, _state, _logs, _accounts, _servers, _pages, _services, _roles):
        concern(c, settings, at, keys)


def _addresses(c: Any, settings: Settings, at: dict[str, int], keys: Keys) -> None:
    """Only the proxy is public. It sends `/` to the portal and what is the Hub's to the Hub."""
    hub = f"http://127.0.0.1:{at['hub']}"
    c.JupyterHub.bind_url = f"http://{settings.host}:{settings.port}/"
    c.JupyterHub.hub_bind_url = hub
    c.JupyterHub.hub_routespec = "/hub/"
    # Whoever signs in at the Hub itself, as after joining, is signed in at the front door too.
    c.JupyterHub.default_url = "/sign-in"
    if settings.public_url:
        c.JupyterHub.public_url = settings.address + "/"
    # A server that does not run has no route of its own; the Hub says so and offers to start it.
    c.Proxy.extra_routes = {
        "/": f"http://127.0.0.1:{at['portal']}",
        DASHBOARDS: f"http://127.0.0.1:{at['dashboards']}",
        "/user/": hub,
    }
    c.ConfigurableHTTPProxy.command = proxy.command()
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{at['proxy']}"
    c.ConfigurableHTTPProxy.auth_token = keys["proxy"]
    c.ConfigurableHTTPProxy.pid_file = str(settings.home / "proxy.pid")


def _state(c: Any, settings: Settings, _at: dict[str, int], keys: Keys) -> None:
    c.JupyterHub.db_url = settings.hub_database
    c.JupyterHub.cookie_secret = base64.urlsafe_b64decode(keys["hub-cookie"] + "=")
    c.JupyterHub.oauth_require_pkce = True


def _logs(c: Any, _settings: Settings, _at: dict[str, int], _keys: Keys) -> None:
    """What goes well is not said of each request and route."""
    hub_log.begin()
    c.JupyterHub.tornado_settings = {"log_function": hub_log.log_request}
    c.ConfigurableHTTPProxy.log_level = "warn"
    # What a statement was about is people's own, and may be a password's hash.
    c.JupyterHub.db_kwargs = {"hide_parameters": True}


def _accounts(c: Any, settings: Settings, _at: dict[str, int], _keys: Keys) -> None:
    c.JupyterHub.authenticator_class = Accounts
    c.Accounts.database_url = settings.database


def _servers(c: Any, settings: Settings, at: dict[str, int], _keys: Keys) -> None:
    write_lab_settings(settings.home)
    c.JupyterHub.spawner_class = SandboxedSpawner
    c.SandboxedSpawner.settings = settings
    c.SandboxedSpawner.language_of = language_of(Database(settings.database))
    c.SandboxedSpawner.is_author = is_author(Database(settings.database))
    c.SandboxedSpawner.exchange_url = f"http://127.0.0.1:{at['portal']}/api/exchange"
    c.SandboxedSpawner.cmd = [sys.executable, "-m", "courses.learner"]
    c.SandboxedSpawner.default_url = "/lab"
    # A cold start on a small machine, or within half a processor, takes longer than the 30 s that it would have.
    c.SandboxedSpawner.start_timeout = c.SandboxedSpawner.http_timeout = 120
    c.SandboxedSpawner.mem_limit = settings.server_memory
    c.SandboxedSpawner.cpu_limit = settings.server_cpus or None


def language_of(database: Database) -> Callable[[str], str]:
    """Tells a member's language from her user name; English for a name that is no member's."""
    return _asked(database, lambda member: member.language, SOURCE)


def is_author(database: Database) -> Callable[[str], bool]:
    """Tells from a user name whether its member has the author's desk."""
    return _asked(database, lambda member: "desk" in RIGHTS[Role(member.role)].pages, False)


def _asked(database: Database, ask: Callable[[Member], Answer], otherwise: Answer) -> Callable[[str], Answer]:
    def answer(name: str) -> Answer:
        with database.session() as session:
            try:
                return ask(find(session, name))
            except ClearingHouseError:
                return otherwise

    return answer


def _pages(c: Any, settings: Settings, _at: dict[str, int], _keys: Keys) -> None:
    c.JupyterHub.template_paths = [str(ROOT / "hub_config" / "hub_templates")]
    c.JupyterHub.template_vars = template_vars(language_of(Database(settings.database)))


def _services(c: Any, _settings: Settings, _at: dict[str, int], keys: Keys) -> None:
    """The front door signs people in with the Hub, which asks nobody to confirm that."""
    c.JupyterHub.services = [
        {
            "name": "portal",
            "api_token": keys["portal"],
            "oauth_client_id": "service-portal",
            "oauth_redirect_uri": "/oauth_callback",
            "oauth_no_confirm": True,
            "display": False,
        }
    ]


def _roles(c: Any, _settings: Settings, _at: dict[str, int], _keys: Keys) -> None:
    """A member's role is a group on the Hub, which the authenticator keeps; the table of rights gives its scopes."""
    c.JupyterHub.load_roles = [
        {"name": f"member-{role.value}", "groups": [role.value], "scopes": list(rights.scopes)}
        for role, rights in RIGHTS.items()
        if role is not None
    ] + [{"name": "front-door", "services": ["portal"], "scopes": list(PORTAL_SCOPES)}]
