"""Signing in at a real Hub, behind its real proxy, and what must not be possible on the way."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from conventions.texts import ROOT
from expert_db.database import Base, Database
from expert_db.members import Role, Standing
from hub_config import ports, proxy
from hub_config.keys import Keys
from hub_config.portal.hub import Attempt
from hub_config.portal.sign_in import same_site
from hub_config.settings import Settings
from tests.hub_config.portal import join
from tests.ports import free_port
from tests.waiting import PATIENCE, until

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{public}/"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.hub_routespec = "/hub/"
c.JupyterHub.oauth_require_pkce = True
c.JupyterHub.cookie_secret_file = "{home}/cookie"
c.JupyterHub.db_url = "sqlite:///{home}/hub.sqlite"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "open sesame"
c.Authenticator.allow_all = True
c.Proxy.extra_routes = {{"/": "http://127.0.0.1:{portal}"}}
c.ConfigurableHTTPProxy.command = {proxy_command}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.ConfigurableHTTPProxy.pid_file = "{home}/proxy.pid"
c.JupyterHub.services = [dict(
    name="portal",
    api_token="{token}",
    oauth_client_id="service-portal",
    oauth_redirect_uri="/oauth_callback",
    oauth_no_confirm=True,
)]
c.JupyterHub.load_roles = [dict(name="user", scopes=["self", "access:services!service=portal"])]
"""


@dataclass(frozen=True)
class Site:
    """A running Hub with the portal at its front."""

    address: str
    database: Database

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, follow_redirects=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Started once for all tests of this file; ended by its processes."""
    home = tmp_path_factory.mktemp("site")
    database = Database(Settings(home=home).database)
    Base.metadata.create_all(database.engine)
    join(database, "officer", Role.OFFICER, "fr")
    join(database, "newcomer", Role.OFFICER, "es", Standing.WAITING)
    at = {**ports.choose(home), "public": free_port()}
    config = home / "jupyterhub_config.py"
    token = Keys(home / "secrets")["portal"]
    config.write_text(CONFIG.format(home=home, token=token, proxy_command=proxy.command(), **at))
    commands = ["jupyterhub", "-f", str(config)], ["hub_config.portal"]
    with (home / "site.log").open("wb") as log:
        started = [_start(command, home, log) for command in commands]
        try:
            address = f"http://127.0.0.1:{at['public']}"
            _wait(f"{address}/about", started, home / "site.log")
            yield Site(address, database)
        finally:
            for process in started:
                process.terminate()
                process.wait(PATIENCE)
            _end_proxy(home / "proxy.pid")


def _start(command: list[str], home: Path, log: BinaryIO) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "CHM_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", *command], stdout=log, stderr=log, cwd=home, env=environment)


def _end_proxy(noted: Path) -> None:
    """A Hub that fails while it starts leaves its proxy behind; one that ends well has removed the note."""
    if noted.exists():
        with suppress(ProcessLookupError):
            os.kill(int(noted.read_text().split()[0]), signal.SIGTERM)


def _wait(url: str, started: "list[subprocess.Popen[bytes]]", log: Path) -> None:
    def answers() -> bool:
        assert all(process.poll() is None for process in started), log.read_text()[-3000:]
        try:
            return httpx.get(url, timeout=PATIENCE).is_success
        except httpx.TransportError:
            return False

    until(answers)


def sign_in(browser: httpx.Client, name: str, then: str = "/") -> httpx.Response:
    """Follow the portal to the Hub, fill in its form, and come back."""
    form = browser.get("/sign-in", params={"next": then})
    token = re.search(r'name="_xsrf" value="([^"]+)"', form.text)
    assert token, form.text
    action = f"/hub/login?{urlsplit(str(form.url)).query}"
    return browser.post(action, data={"username": name, "password": "open sesame", "_xsrf": token[1]})


def test_round_trip(site: Site) -> None:
    """She signs in at the Hub and lands on the page she came from, by name and in her own language."""
    with site.browser() as browser:
        page = sign_in(browser, "officer", "/dashboards?kind=waste")
        assert (page.url.path, page.url.query) == ("/dashboards", b"kind=waste")
        assert "Amina Haddad" in page.text and '<html lang="fr"' in page.text
        assert not [name for name in browser.cookies if name.startswith("chm_sign_in")]


def test_waiting_member_is_told(site: Site) -> None:
    """Who is not let in yet may sign in, is told where she stands, and is no member to any page."""
    with site.browser() as browser:
        page = sign_in(browser, "newcomer")
        assert page.url.path == "/" and "newcomer" in page.text and "/learning" not in page.text


def test_stranger_is_told(site: Site) -> None:
    """A Hub account without a record in the network is no member either."""
    with site.browser() as browser:
        assert "stranger" in sign_in(browser, "stranger").text


def test_sign_out_ends_both_sessions(site: Site) -> None:
    """After signing out, neither the portal nor the Hub knows her."""
    with site.browser() as browser:
        page = sign_in(browser, "officer")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token
        assert browser.post("/sign-out", data={"csrf": token[1]}).url.path == "/hub/login"
        assert "Amina Haddad" not in browser.get("/").text


def test_signing_out_at_the_hub_is_enough(site: Site) -> None:
    """Signing out in JupyterLab, which only the Hub hears of, ends the portal's session too."""
    with site.browser() as browser:
        sign_in(browser, "officer")
        browser.get("/hub/logout")
        assert "Amina Haddad" not in browser.get("/").text


def test_code_is_of_no_use_elsewhere(site: Site) -> None:
    """A callback address that leaks, or is pushed on somebody, signs no other browser in."""
    with site.browser() as hers, site.browser() as other:
        sign_in(hers, "officer")
        hers.follow_redirects = False
        away = hers.get("/sign-in")
        back = hers.get(away.headers["location"]).headers["location"]
        assert back.startswith("/oauth_callback?")
        refused = other.get(back)
        assert refused.status_code == 403 and "sign-in-stale" in refused.text
        assert hers.get(back).status_code == 303


def test_another_verifier_is_refused(site: Site) -> None:
    """The Hub gives nothing for a code whose verifier is not the one that the sign-in began with (PKCE)."""
    with site.browser() as browser:
        sign_in(browser, "officer")
        browser.follow_redirects = False
        asked = parse_qs(urlsplit(browser.get("/sign-in").headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        mine = browser.get("/sign-in")
        swapped = mine.headers["location"].replace(_challenge(mine), Attempt.begin("/").challenge)
        refused = browser.get(browser.get(swapped).headers["location"])
        assert refused.status_code == 502 and "sign-in-failed" in refused.text


def _challenge(away: httpx.Response) -> str:
    return parse_qs(urlsplit(away.headers["location"]).query)["code_challenge"][0]


def test_challenge_is_that_of_the_standard() -> None:
    """The verifier in appendix B of RFC 7636 gives the challenge that the appendix gives."""
    attempt = Attempt("", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "/")
    assert attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_no_open_redirect(path: str) -> None:
    """A link to the sign-in cannot send anybody to another site."""
    assert same_site(path) == "/"


def test_own_pages_are_kept() -> None:
    """A page of this site is where she goes on, with its query."""
    assert same_site("/courses/e-waste?part=2#task") == "/courses/e-waste?part=2#task"
