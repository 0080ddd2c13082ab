"""The entity sets of InforMEA's service, namespace `informea`, and what of each is kept."""

from dataclasses import dataclass

from conventions.errors import ClearingHouseError
from conventions.texts import N_

# What InforMEA calls the three conventions.
TREATIES = ("basel", "rotterdam", "stockholm")

UNKNOWN = N_("“{name}” is not a feed of InforMEA. Choose from {names}.")


@dataclass(frozen=True)
class EntitySet:
    """One set: `fields` as they are, `texts` as lists of (language, value), `lists` of what belongs to an entity.

    An entity without one of `required` shows that the feed has changed its shape.
    """

    name: str
    required: tuple[str, ...]
    fields: tuple[str, ...]
    texts: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    @property
    def filter(self) -> str:
        """What of the set is asked for: the service has the feeds of many more conventions."""
        return " or ".join(f"treaty eq '{name}'" for name in TREATIES) if "treaty" in self.required else ""

    @property
    def expanded(self) -> tuple[str, ...]:
        """What the service is asked to send along with each entity."""
        return self.texts + self.lists


# Of contacts, names, addresses and numbers of persons are not kept: only who is designated where, and as what.
SETS = {
    each.name: each
    for each in (
        EntitySet(
            "Decisions",
            ("id", "number", "treaty"),
            ("link", "status", "type", "published", "updated", "meetingId", "meetingTitle", "meetingUrl"),
            ("title", "longTitle", "summary", "content"),
            ("keywords", "files"),
        ),
        EntitySet(
            "Meetings",
            ("id", "treaty"),
            ("url", "start", "end", "kind", "type", "access", "status", "location", "city", "country", "updated"),
            ("title", "description"),
        ),
        EntitySet(
            "Contacts",
            ("id", "country"),
            ("type", "institution", "department", "primary", "updated"),
            lists=("treaties",),
        ),
        EntitySet(
            "CountryReports", ("id", "country", "treaty"), ("url", "submission", "updated"), ("title",), ("files",)
        ),
        EntitySet(
            "NationalPlans",
            ("id", "country", "treaty"),
            ("type", "url", "submission", "updated"),
            ("title",),
            ("files",),
        ),
        EntitySet("Sites", ("id", "country"), ("type", "treaty", "url", "latitude", "longitude", "updated"), ("name",)),
        EntitySet("Treaties", ("id",), ("url", "titleEnglish", "officialNameEnglish"), ("title", "description")),
        EntitySet(
            "Documents",
            ("id",),
            ("published", "updated", "treaty", "country", "thumbnailUrl"),
            ("title",),
            ("authors", "files", "keywords", "treaties", "types"),
        ),
    )
}


def entity_set(name: str) -> EntitySet:
    """The set of that name, capitals or not. Raises `unknown-feed`."""
    found = next((each for each in SETS.values() if each.name.casefold() == name.strip().casefold()), None)
    if found is None:
        raise ClearingHouseError("unknown-feed", UNKNOWN, status=404, name=name, names=", ".join(SETS))
    return found
