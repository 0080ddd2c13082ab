"""One table: what each role may do on the Hub and which pages it is shown first."""

from dataclasses import dataclass

from expert_db.members import Role


@dataclass(frozen=True)
class Rights:
    """Scopes on the Hub, and the portal's pages in the order of the menu (names of `portal.menu.PAGES`)."""

    scopes: tuple[str, ...]
    pages: tuple[str, ...]


# Her own server, and signing in to the portal, which is a service of the Hub.
OWN_SERVER = ("self", "access:services!service=portal")

RIGHTS: dict[Role | None, Rights] = {
    None: Rights((), ("courses", "dashboards", "data", "find")),
    Role.OFFICER: Rights(OWN_SERVER, ("learning", "mentor", "questions", "courses", "dashboards", "data", "find")),
    Role.EXPERT: Rights(OWN_SERVER, ("requests", "questions", "learning", "courses", "dashboards", "data", "find")),
    Role.CENTRE: Rights(OWN_SERVER, ("desk", "questions", "learning", "courses", "dashboards", "data", "find")),
    Role.SECRETARIAT: Rights(
        (*OWN_SERVER, "admin-ui", "list:users", "read:users:activity", "list:services"),
        ("network", "desk", "questions", "courses", "dashboards", "data", "find"),
    ),
}
