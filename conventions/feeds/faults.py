"""What can be wrong with a feed, each with what to do next. Whatever it is, the last good data stays."""

from conventions.errors import ClearingHouseError
from conventions.texts import N_

MESSAGES = {
    "feed-down": N_("The feed {feed} does not answer ({reason}). The last good data stays; try again later."),
    "feed-refused": N_(
        "The feed {feed} refused the request ({reason}). The last good data stays; check the address of the service."
    ),
    "feed-broken": N_("The feed {feed} sent half a document ({reason}). The last good data stays; go on later."),
    "feed-shape": N_(
        "The feed {feed} has another shape than expected ({reason}). The last good data stays; the platform has to be "
        "adapted to the service."
    ),
    "feed-repeats": N_("The feed {feed} repeats its pages ({reason}). The last good data stays; try again later."),
    "feed-incomplete": N_("The feed {feed} is not complete ({reason}). The last good data stays; try again later."),
    "feed-too-large": N_("The feed {feed} sent too much ({reason}). The last good data stays; tell the service."),
    "feed-unreadable": N_(
        "What is stored of the feed {feed} cannot be read ({reason}). Restore it from a backup, or remove the file and "
        "fetch the feed again."
    ),
    "nothing-fetched": N_("Of the feed {feed} nothing new waits ({reason}). Fetch it first."),
}


def fault(code: str, feed: str, reason: object) -> ClearingHouseError:
    """The error of that code for a feed; `reason` is what was seen, for whoever looks into it."""
    return ClearingHouseError(code, MESSAGES[code], status=502, feed=feed, reason=str(reason)[:300])
