"""One running Hub for the tests of this folder that need one, with people who have accounts."""

from collections.abc import Iterator

import pytest

from expert_db.database import Database
from expert_db.members import Role, Standing
from hub_config.applications import Applicant
from hub_config.first_accounts import open_accounts
from hub_config.migrations import upgrade
from hub_config.settings import Settings
from tests.platform import RunningPlatform, running_platform

PASSWORD = "five quiet herons"
PEOPLE = {
    "amina": (Role.OFFICER, "ar", Standing.APPROVED),
    "boris": (Role.EXPERT, "ru", Standing.APPROVED),
    "ivan": (Role.EXPERT, "ru", Standing.APPROVED),
    "wei": (Role.OFFICER, "zh", Standing.WAITING),
    "rosa": (Role.CENTRE, "es", Standing.REFUSED),
    "clerk": (Role.SECRETARIAT, "fr", Standing.APPROVED),
}


def applicants() -> list[tuple[Applicant, Standing]]:
    """These people, as they ask to join."""
    return [
        (Applicant(name, name.title(), "JO", "Ministry of Environment", role, language), standing)
        for name, (role, language, standing) in PEOPLE.items()
    ]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform with the people above; all have the same password."""
    home = tmp_path_factory.mktemp("hub")
    settings = Settings(home=home)
    upgrade(Database(settings.database))
    open_accounts(settings, PASSWORD, applicants())
    with running_platform(home) as running:
        yield running
