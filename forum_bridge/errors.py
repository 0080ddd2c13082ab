"""What can go wrong between the platform and its forum, as one table from HTTP status to code and sentence."""

from typing import Any

from conventions.errors import ClearingHouseError
from conventions.texts import N_

MESSAGES: dict[str, tuple[int, str]] = {
    "forum-refused": (403, N_("The forum does not allow this: {reason}.")),
    "forum-missing": (404, N_("The forum has no such topic, post or person, or does not show it.")),
    "forum-conflict": (409, N_("Somebody else changed this on the forum meanwhile. Read it again and repeat.")),
    "forum-invalid": (422, N_("The forum did not take this: {reason}. Change it and send it again.")),
    "forum-busy": (503, N_("The forum has too much to do. It will be tried again in {seconds} seconds.")),
    "forum-down": (503, N_("The forum cannot be reached now. What you wrote is kept and will be sent.")),
    "forum-redirected": (502, N_("The forum sent us to another address, {address}. Check the setting forum_url.")),
    "forum-odd": (502, N_("The forum answered with something unexpected: {reason}.")),
}

CODES: dict[int, str] = {
    400: "forum-invalid",
    403: "forum-refused",
    404: "forum-missing",
    409: "forum-conflict",
    410: "forum-missing",
    422: "forum-invalid",
    429: "forum-busy",
    502: "forum-down",
    503: "forum-down",
    504: "forum-down",
}

# Trying again later can help with these and with no others.
PASSING = {"forum-busy", "forum-down", "forum-odd", "forum-conflict"}


class ForumError(ClearingHouseError):
    """The forum did not do what was asked; `wait` is the number of seconds it asked us to stay away, if it did."""

    def __init__(self, code: str, *, wait: float | None = None, **values: Any) -> None:
        status, message = MESSAGES[code]
        super().__init__(code, message, status=status, **values)
        self.wait = wait

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later."""
        return self.code in PASSING
