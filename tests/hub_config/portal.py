"""A portal on a database of its own for the tests: real pages, real sessions, people who are already members."""

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from itsdangerous import TimestampSigner
from starlette.testclient import TestClient

from expert_db.database import Base, Database
from expert_db.members import Member, Role, Standing
from hub_config.keys import Keys
from hub_config.portal.app import create_app
from hub_config.portal.hub import Hub
from hub_config.portal.sign_in import digest
from hub_config.portal.status import Probe
from hub_config.settings import Settings
from hub_config.wiring import Part, Platform


def platform(home: Path, parts: Sequence[Part] = (), probes: Sequence[Probe] = (), hub: Hub | None = None) -> Platform:
    """A platform whose state is in `home`, with an empty database."""
    settings = Settings(home=home, public_url="http://testserver")
    database = Database(settings.database)
    Base.metadata.create_all(database.engine)
    hub = hub or Hub("http://127.0.0.1:9/hub/api", "nobody")
    return Platform(settings, database, Keys(home / "secrets"), hub, parts, probes)


def join(database: Database, name: str, role: Role, language: str, standing: Standing = Standing.APPROVED) -> None:
    """Put a member in the database."""
    with database.session() as session:
        session.add(
            Member(
                name=name,
                full_name="Amina Haddad",
                country="JO",
                organisation="Ministry of Environment",
                role=role,
                language=language,
                standing=standing,
            )
        )


def client(running: Platform, name: str = "") -> TestClient:
    """A browser without script; signed in if a name is given, with the cookie that signing in gives."""
    browser = TestClient(create_app(running), follow_redirects=False)
    if name:
        browser.cookies.set("chm_session", session_cookie(running, name))
    return browser


def session_cookie(running: Platform, name: str) -> str:
    """The signed session of a person who came back from the Hub."""
    session = {"name": name, "hub": digest(""), "csrf": "a-token"}
    return TimestampSigner(running.keys["session"]).sign(b64encode(json.dumps(session).encode())).decode()
