"""The packages' services, made from the settings; `hub_config.wiring` puts them behind the front door."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conventions.languages import SOURCE
from conventions.texts import N_, texts
from conventions.vocabulary import label
from courses.exchange.receipts import Signer
from courses.exchange.service import Exchange
from courses.exchange.shelf import FolderShelf
from courses.exchange.store import Store
from courses.grading.kernel import Limits
from courses.grading.notebook_grader import NotebookGrader
from courses.grading.service import Grading
from courses.service import Courses
from expert_db.database import Database
from expert_db.mentorships import Mentorship
from forum_bridge.discourse import Discourse
from forum_bridge.forum import Describe, Forum
from forum_bridge.links import Described, described
from hub_config import ports
from hub_config.keys import Keys
from hub_config.open_data.limits import Most
from hub_config.open_data.service import OpenData, open_data
from hub_config.portal.hub import Hub
from hub_config.settings import Settings
from hub_config.warm import grading as warm


@dataclass(frozen=True)
class Services:
    """What the packages offer each other's handlers and pages, each on `app.state` under its name."""

    courses: Courses
    exchange: Exchange
    grading: Grading
    forum: Forum
    open_data: OpenData


def services(settings: Settings, database: Database, keys: Keys, hub: Hub) -> Services:
    """Every package's service, made from the settings."""
    campus = Courses(database, settings.content, settings.home, hub.owner)
    shelf = FolderShelf(settings.home / "courses", campus.versions_of)
    store = Store(database, settings.home / "submissions", shelf, limit=settings.submission_limit)
    signer = Signer(urlsafe_b64decode(keys["receipt"] + "="))
    limits = Limits(cell_seconds=settings.grading_seconds, memory=settings.server_memory)
    grader = NotebookGrader(settings.home / "courses" / "gradebook", warm.isolation(settings), limits)
    return Services(
        courses=campus,
        exchange=Exchange(database, shelf, store, signer, hub.owner),
        grading=Grading(database, store, shelf, grader, settings.grading_workers),
        forum=Forum(
            database,
            client(settings, keys),
            keys["forum-webhook"],
            describe=describe(campus, database),
            address=settings.address,
        ),
        open_data=open_data(
            settings.address,
            settings.home,
            campus,
            most=Most(a_minute=settings.data_questions),
            seconds=settings.data_seconds,
        ),
    )


def client(settings: Settings, keys: Keys) -> Discourse:
    """The forum's client: of the Discourse site in the settings, else of the embedded forum."""
    # The secret that the forum signs its webhooks with also signs the members' accounts that we make there.
    secret = keys["forum-webhook"]
    if settings.forum_url:
        return Discourse(settings.forum_url, settings.forum_key, sso_secret=secret)
    return Discourse(f"http://127.0.0.1:{ports.read(settings.home)['forum']}", keys["forum"], sso_secret=secret)


def describe(campus: Courses, database: Database) -> Describe:
    """What a subject is called on the forum, and its page here."""

    def about(subject: str, language: str) -> Described:
        match subject.split("/"):
            case ["course", course, *rest]:
                found, path = campus.get(course).course, f"/courses/{course}"
                title = _in(language, found.title)
                if len(rest) == 2:
                    item = found.item(rest[1])
                    path = f"{path}/{item.id}"
                    title = f"{title} · {_in(language, item.title)}"
                return Described(title, path)
            case ["mentorship", number] if number.isdecimal():
                return Described(_of_mentorship(database, number, language), "/mentor")
        return described(subject, language)

    return about


def _of_mentorship(database: Database, number: str, language: str) -> str:
    """Its number, which no other thread has, and what it is about; never the learner's own words."""
    with database.session() as session:
        found = session.get(Mentorship, int(number))
        about = [label(concept, language) for concept in found.need.concepts[:1]] if found else []
    say = texts(language)
    if about:
        return say(N_("Mentorship {number}: {topic}"), number=number, topic=about[0])
    return say(N_("Mentorship {number}"), number=number)


def _in(language: str, by_language: Mapping[Any, str]) -> str:
    return by_language.get(language) or by_language[SOURCE]
