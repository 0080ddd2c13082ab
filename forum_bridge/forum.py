"""The forum as the platform's other parts see it: one object that starts, stops, links and asks."""

from collections.abc import Callable
from typing import Protocol

from fastapi import Request
from sqlalchemy.orm import Session

from conventions.languages import SOURCE
from conventions.texts import texts
from expert_db.database import Database
from forum_bridge.discourse import Discourse
from forum_bridge.links import Described, Link, described, link
from forum_bridge.sender import Sender
from forum_bridge.similar import Index

Describe = Callable[[str, str], Described]


class Forum:
    """The bridge between the platform's database and one forum.

    `describe(subject, language)` gives a subject's title and page; `address` is the platform's own, for links
    that people follow from the forum. `webhook_secret` is what the forum signs with; empty, it hears nothing.
    """

    def __init__(
        self,
        database: Database,
        client: Discourse,
        webhook_secret: str,
        *,
        describe: Describe = described,
        address: str = "",
    ) -> None:
        self.database, self.client, self.webhook_secret = database, client, webhook_secret
        self.describe, self.address = describe, address
        self.sender, self.index = Sender(database, client), Index()

    def start(self) -> None:
        """Begin to send what waits in the outbox."""
        self.sender.start()

    def stop(self) -> None:
        """Stop sending; what waits is sent after the next start."""
        self.sender.stop()
        self.client.close()

    def wake(self) -> None:
        """Look into the outbox at once."""
        self.sender.wake()

    def link(self, session: Session, subject: str, *, language: str = SOURCE, people: tuple[str, ...] = ()) -> Link:
        """The subject's link, with its topic on the way if it is new."""
        about = self.describe(subject, language)
        return link(session, subject, about, texts(language), address=self.address, people=people)


class HasForum(Protocol):
    """The platform, as far as this package's handlers know it."""

    @property
    def forum(self) -> Forum: ...


def forum_of(request: Request) -> Forum:
    """The forum that the portal was wired with, at `app.state.forum`."""
    forum: Forum = request.app.state.forum
    return forum
