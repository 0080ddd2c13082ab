"""Accounts on the Hub: passwords here, and who may sign in from one truth, the member's standing in `expert_db`."""

import asyncio
from typing import Any

from jupyterhub import orm
from nativeauthenticator.nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo
from sqlalchemy import Column, String, select
from sqlalchemy.orm import Session
from traitlets import Instance, Unicode, default

from conventions import logs
from conventions.errors import ClearingHouseError
from conventions.texts import N_
from expert_db.database import Database
from expert_db.events import record
from expert_db.members import Member, Standing
from hub_config.applications import Applicant, name_taken
from hub_config.hub_pages import HANDLERS
from hub_config.passwords import matches, nobody

TRIES, WAIT_SECONDS = 10, 600


class OneTimePassword(orm.Base):
    """A name here has a password that somebody else has seen: it must be changed before she can sign in."""

    __tablename__ = "one_time_passwords"
    name = Column(String(128), primary_key=True)


class Accounts(NativeAuthenticator):
    """NativeAuthenticator's passwords, with our sign-up, our pages and the member's standing."""

    database_url = Unicode(help="SQLAlchemy URL of the platform's database, which has the members.").tag(config=True)
    database = Instance(Database)

    @default("database")
    def _open_database(self) -> Database:
        return Database(self.database_url)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever has a password and an approved standing is let in; `authenticate` sees to both.
        self.open_signup = self.allow_all = self.manage_groups = True
        self.allowed_failed_logins, self.seconds_before_next_try = TRIES, WAIT_SECONDS
        self.auth_refresh_age = 60

    def add_new_table(self) -> None:
        super().add_new_table()
        OneTimePassword.__table__.create(self.db.bind, checkfirst=True)

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:  # noqa: ARG002
        """Sign-in, sign-up and password pages. Approval is not here: it is on the portal's network page."""
        return HANDLERS

    async def authenticate(self, handler: Any, data: dict[str, str]) -> dict[str, Any]:  # noqa: ARG002
        """Who signs in, with her role as her group; a `ClearingHouseError` says why she cannot."""
        name = self.normalize_username(data.get("username", ""))
        try:
            await self.verify(name, data.get("password", ""))
            if self.one_time(name):
                raise ClearingHouseError(
                    "password-one-time", N_("This password works once. Choose one of your own now."), status=403
                )
            return {"name": name, "groups": [self.approved(name).role]}
        except ClearingHouseError as error:
            # A name that nobody has may be a password in the wrong field.
            logs.tell(self.log, "sign-in-refused", member=name if self.get_user(name) else None, reason=error.code)
            raise

    async def refresh_user(self, user: Any, handler: Any = None) -> dict[str, Any] | bool:  # noqa: ARG002
        """A change of role counts within a minute, and who is no longer let in is signed out."""
        try:
            return {"name": user.name, "groups": [self.approved(user.name).role]}
        except ClearingHouseError:
            return False

    async def verify(self, name: str, password: str) -> None:
        """Raises `sign-in-wrong`, or `sign-in-wait` after too many tries."""
        if self.is_blocked(name):
            raise ClearingHouseError(
                "sign-in-wait",
                N_("There were too many wrong passwords for this name. Try again in {n} minutes."),
                status=429,
                n=WAIT_SECONDS // 60,
            )
        known = self.get_user(name)
        right = await asyncio.to_thread(matches, password, known.password if known else nobody())
        if not known or not right:
            if known:
                self.add_login_attempt(name)
            raise ClearingHouseError("sign-in-wrong", N_("The user name or the password is wrong."), status=403)
        self.successful_login(name)

    def approved(self, name: str) -> Member:
        """The member, if the Secretariat let her in; otherwise the error says where her request stands."""
        with self.database.session() as session:
            member = _member(session, name)
        if member is None:
            raise ClearingHouseError(
                "sign-up-unfinished",
                N_("Your request to join was not completed. Please fill in the form again with the same user name."),
                status=403,
            )
        if member.standing != Standing.APPROVED:
            code, sentence = HELD[Standing(member.standing)]
            raise ClearingHouseError(code, sentence, status=403)
        return member

    def taken(self, name: str) -> bool:
        """Whether a member has that name. A password alone, of a sign-up that was cut short, does not take it."""
        with self.database.session() as session:
            return _member(session, name) is not None

    def join(self, applicant: Applicant, hashed: bytes) -> None:
        """Keep the password, then the member with the event that tells of her.

        If the process ends between the two, nobody can sign in with that password and the name is still free: the
        same sign-up can be sent again. Raises `name-taken`, and changes nothing, if it is not free.
        """
        if self.taken(applicant.name):
            raise name_taken(applicant.name)
        self.set_password(applicant.name, hashed)
        with self.database.session() as session:
            session.add(applicant.member())
            record(session, "joined", actor=applicant.name, subject=f"member/{applicant.name}")

    def one_time(self, name: str) -> bool:
        """Whether the password of that name must be changed before she can sign in."""
        return self.db.get(OneTimePassword, name) is not None

    def set_password(self, name: str, hashed: bytes, *, one_time: bool = False) -> None:
        """Give an account its password, and make the account if there is none; only the hash is kept."""
        account = self.get_user(name) or UserInfo(username=name, is_authorized=True)
        account.password = hashed
        self.db.add(account)
        flag = self.db.get(OneTimePassword, name)
        if one_time and not flag:
            self.db.add(OneTimePassword(name=name))
        elif flag and not one_time:
            self.db.delete(flag)
        self.db.commit()


HELD: dict[Standing, tuple[str, str]] = {
    Standing.WAITING: (
        "standing-waiting",
        N_("Your request to join is waiting for approval by the Secretariat. You can sign in once it is approved."),
    ),
    Standing.REFUSED: (
        "standing-refused",
        N_("The Secretariat has not let you in. If you think this is a mistake, please write to the Secretariat."),
    ),
}


def _member(session: Session, name: str) -> Member | None:
    return session.scalar(select(Member).where(Member.name == name))
