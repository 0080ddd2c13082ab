"""The portal as a learner's server sees it: notebooks, submissions and an author's sources, over HTTP."""

import hashlib
import os
import time
from dataclasses import dataclass
from typing import Any

import httpx

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_, Translate

RETRIES = (0.5, 1.0, 2.0)


class Refused(Exception):
    """The portal said no, or nothing: a stable code, and a sentence in the member's language."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def language() -> str:
    """The member's language, as her server was told."""
    code = os.environ.get("CHM_LANGUAGE", SOURCE)
    return code if code in LANGUAGES else SOURCE


def translate() -> Translate:
    """The texts that her server shows, in her language."""
    return Translate(language(), packages=("conventions", "courses"))


@dataclass(frozen=True)
class Portal:
    """`url` is the exchange's, such as `http://127.0.0.1:8081/api/exchange`; `token` never leaves the server."""

    url: str
    token: str
    timeout: float = 60

    @classmethod
    def of_environment(cls) -> "Portal":
        """The portal whose address and token the Hub put into this server's environment."""
        return cls(os.environ.get("CHM_EXCHANGE_URL", ""), os.environ.get("JUPYTERHUB_API_TOKEN", ""))

    def items(self, course: str = "") -> list[dict[str, Any]]:
        """What is released."""
        found: list[dict[str, Any]] = self._ask(
            "GET", "items", params={"course": course, "language": language()}
        ).json()
        return found

    def notebook(self, course: str, item: str) -> bytes:
        """The learner's copy, in her language."""
        return self._ask("GET", f"{course}/{item}", params={"language": language()}).content

    def submissions(self, course: str, item: str = "") -> list[dict[str, Any]]:
        """What she handed in of a course or an item, the latest first."""
        params = {"course": course} | ({"item": item} if item else {})
        found: list[dict[str, Any]] = self._ask("GET", "submissions", params=params).json()
        return found

    def submission(self, number: str) -> dict[str, Any]:
        """One of them, with its grade."""
        found: dict[str, Any] = self._ask("GET", f"submissions/{number}").json()
        return found

    def submit(self, course: str, item: str, content: bytes) -> dict[str, Any]:
        """Hand in a notebook; its receipt.

        The file's hash is the key of the request: sent again, after a lost answer or a second click, the same file
        gets the receipt that it has already.
        """
        digest = hashlib.sha256(content).hexdigest()
        headers = {"X-Content-SHA256": digest, "Idempotency-Key": digest, "Content-Type": "application/x-ipynb+json"}
        place = f"{course}/{item}/submissions"
        receipt: dict[str, Any] = self._ask("POST", place, content=content, headers=headers, retries=RETRIES).json()
        return receipt

    def source(self, course: str, item: str) -> tuple[bytes, str]:
        """An author's source notebook and its tag, which says which state of it this is."""
        answer = self._ask("GET", f"../courses/{course}/source/{item}")
        return answer.content, answer.headers.get("etag", "")

    def save_source(self, course: str, item: str, content: bytes, tag: str) -> str:
        """Save a source notebook unless somebody else did since `tag`; its new tag."""
        headers = {"If-Match": tag, "Content-Type": "application/x-ipynb+json"}
        answer = self._ask("PUT", f"../courses/{course}/source/{item}", content=content, headers=headers)
        return str(answer.headers.get("etag", ""))

    def _ask(self, method: str, path: str, *, retries: tuple[float, ...] = (), **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": language(), **given.pop("headers", {})}
        address = str(httpx.URL(self.url.rstrip("/") + "/").join(path))
        for pause in (*retries, None):
            try:
                answer = httpx.request(method, address, headers=headers, timeout=self.timeout, **given)
            except (httpx.HTTPError, httpx.InvalidURL):
                if pause is None:
                    raise _silent() from None
                time.sleep(pause)
            else:
                return _checked(answer)
        raise _silent()


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        error = answer.json()["error"]
        raise Refused(str(error["code"]), str(error["message"]))
    except (ValueError, KeyError, TypeError):
        raise _silent() from None


def _silent() -> Refused:
    error = ClearingHouseError(
        "portal-silent",
        N_("The platform does not answer just now. Your file is safe here; try again in a minute."),
    )
    return Refused(error.code, error.sentence(translate()))
