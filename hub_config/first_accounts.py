"""Accounts that are made before anybody can sign in: the first of the Secretariat, and the demo's."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from jupyterhub import orm
from sqlalchemy import select

from expert_db.database import Database
from expert_db.members import Member, Role, Standing, decide
from hub_config.accounts import Accounts
from hub_config.applications import Applicant
from hub_config.passwords import hash_of, random_password
from hub_config.settings import Settings

SECRETARIAT = "secretariat"


@contextmanager
def accounts(settings: Settings) -> Iterator[Accounts]:
    """The Hub's accounts while the Hub does not run."""
    # The Hub's migrations tell of themselves on the console, where only what a newcomer needs is to be seen.
    logging.disable(logging.WARNING)
    session = orm.new_session_factory(settings.hub_database)()
    opened = Accounts(_deprecated_db_session=session, database_url=settings.database)
    try:
        yield opened
    finally:
        logging.disable(logging.NOTSET)
        session.close()
        session.bind.dispose()
        opened.database.close()


def first_secretariat(settings: Settings) -> str | None:
    """A one-time password for the user `secretariat`, to be printed once; None if the Secretariat has an account.

    It must be changed at the first sign-in. As long as it was not, each start makes a new one: it may have been lost.
    """
    with accounts(settings) as opened:
        if any(opened.get_user(name) and not opened.one_time(name) for name in _secretariat(opened.database)):
            return None
        password = random_password()
        _admit(opened, Applicant(SECRETARIAT, "Secretariat", "CH", "Secretariat", Role.SECRETARIAT, "en"))
        opened.set_password(SECRETARIAT, hash_of(password), one_time=True)
        return password


def open_accounts(settings: Settings, password: str, given: Iterable[tuple[Applicant, Standing]]) -> None:
    """Members who share a password, as in the demo; who is there already keeps everything but the password."""
    # Made once for all of them, since it is slow on purpose.
    hashed = hash_of(password)
    with accounts(settings) as opened:
        for applicant, standing in given:
            _admit(opened, applicant, standing)
            opened.set_password(applicant.name, hashed)


def _secretariat(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(Member.name).where(Member.role == Role.SECRETARIAT)))


def _admit(opened: Accounts, applicant: Applicant, standing: Standing = Standing.APPROVED) -> None:
    if not opened.taken(applicant.name):
        opened.join(applicant, hash_of(secrets.token_urlsafe(16)))
    with opened.database.session() as session:
        if standing is not Standing.WAITING:
            decide(session, applicant.name, standing, by="")
