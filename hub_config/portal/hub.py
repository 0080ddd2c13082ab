"""The Hub as the portal sees it: where it is, and signing a person in with OAuth, state and PKCE."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from conventions.errors import ClearingHouseError
from conventions.texts import N_

CLIENT = "service-portal"
# The Hub compares it as text and resolves it against the address the browser used, whichever that was.
CALLBACK = "/oauth_callback"
PATIENCE = httpx.Timeout(10)


@dataclass(frozen=True)
class Attempt:
    """One way from a page to the Hub and back: what must come back unchanged, and the proof that it is ours."""

    state: str
    verifier: str
    next: str

    @classmethod
    def begin(cls, next_path: str) -> "Attempt":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(48), next_path)

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, as RFC 7636 (S256) writes it."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


class Hub:
    """`api` is the Hub's API inside the machine (`http://127.0.0.1:8081/hub/api`), `token` the portal's own."""

    def __init__(self, api: str, token: str) -> None:
        self.api = api.rstrip("/")
        self._token = token

    def authorize_url(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in: a path, since Hub and portal are one site."""
        query = {
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "state": attempt.state,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"/hub/api/oauth2/authorize?{urlencode(query)}"

    async def who(self, code: str, attempt: Attempt) -> str:
        """The Hub user name of the person who came back with `code`; `sign-in-failed` if the Hub refuses it."""
        form = {
            "client_id": CLIENT,
            "client_secret": self._token,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": attempt.verifier,
        }
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                granted = await client.post(f"{self.api}/oauth2/token", data=form)
                granted.raise_for_status()
                bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
                answer = await client.get(f"{self.api}/user", headers=bearer)
                answer.raise_for_status()
                return str(answer.json()["name"])
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise ClearingHouseError(
                "sign-in-failed", N_("Signing in did not work this time. Please sign in again."), status=502
            ) from error

    def owner(self, token: str) -> str | None:
        """The Hub user name of whom a token belongs to; None if the Hub knows no such token or it is no person's."""
        answer = httpx.get(f"{self.api}/user", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        if answer.status_code in (401, 403):
            return None
        answer.raise_for_status()
        found = answer.json()
        return str(found["name"]) if found.get("kind") == "user" else None
