"""The demo: people of every role, and enough that has happened between them to look around.

It is made of the same steps that people take on the pages, so it holds nothing that the platform could not come to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from conventions.languages import LANGUAGES
from courses import enrolment
from expert_db import needs, steps
from expert_db.database import Database
from expert_db.events import Event
from expert_db.members import Member, Role, Standing, find
from expert_db.proposals import propose
from forum_bridge.asking import Draft, ask
from hub_config.applications import Applicant
from hub_config.first_accounts import open_accounts
from hub_config.keys import Keys
from hub_config.settings import Settings

COURSE = "e-waste"


@dataclass(frozen=True)
class Person:
    """Somebody of the demo: her account, and what an expert says of himself."""

    applicant: Applicant
    description: str
    standing: Standing = Standing.APPROVED
    languages: tuple[str, ...] = ()
    expertise: dict[str, int] = field(default_factory=dict)
    capacity: int = 0


def _person(  # noqa: PLR0917 - the table reads best as one line a person
    name: str, full_name: str, country: str, organisation: str, role: Role, language: str, about: str, **more: object
) -> Person:
    return Person(Applicant(name, full_name, country, organisation, role, language), about, **more)  # type: ignore[arg-type]


PEOPLE: tuple[Person, ...] = (
    _person(
        "officer-ar", "أمينة منصوري", "MA", "وزارة البيئة", Role.OFFICER, "ar", "officer, Arabic: asks for a mentor"
    ),
    _person("officer-zh", "李 明", "CN", "生态环境部", Role.OFFICER, "zh", "officer, Chinese"),
    _person(
        "officer-en",
        "Grace Achieng",
        "KE",
        "Environment authority",
        Role.OFFICER,
        "en",
        "officer, English: asked a question",
    ),
    _person(
        "officer-fr",
        "Awa Diallo",
        "SN",
        "Ministère de l'environnement",
        Role.OFFICER,
        "fr",
        "officer, French: has a mentor",
    ),
    _person("officer-ru", "Айгуль Омарова", "KZ", "Министерство экологии", Role.OFFICER, "ru", "officer, Russian"),
    _person("officer-es", "Lucía Fernández", "PE", "Ministerio del Ambiente", Role.OFFICER, "es", "officer, Spanish"),
    _person(
        *("expert-1", "Nadia Ben Salah", "TN", "Waste agency", Role.EXPERT, "fr", "expert: has a mentee"),
        languages=("fr", "ar", "en"),
        expertise={"e-waste": 3, "prior-informed-consent": 3, "notification-document": 2},
        capacity=3,
    ),
    _person(
        *("expert-2", "James Okoro", "NG", "University", Role.EXPERT, "en", "expert"),
        languages=("en",),
        expertise={"e-waste": 2, "hazardous-waste": 3, "illegal-traffic": 2},
        capacity=2,
    ),
    _person(
        *("expert-3", "Elena Petrova", "BG", "Customs laboratory", Role.EXPERT, "ru", "expert"),
        languages=("ru", "en", "es"),
        expertise={"transboundary-movement": 3, "persistent-organic-pollutant": 2, "notification-document": 3},
        capacity=2,
    ),
    _person(
        "centre-1", "Centre team", "SN", "Regional centre", Role.CENTRE, "en", "regional centre: the author's desk"
    ),
    _person("secretariat", "Secretariat", "CH", "Secretariat", Role.SECRETARIAT, "en", "Secretariat: the network"),
    _person(
        *("officer-new", "Tomás Silva", "MZ", "Ministry", Role.OFFICER, "en", "waits to be let in by the Secretariat"),
        standing=Standing.WAITING,
    ),
)

# Who asked what: member, item, title, text, whether she wants a mentor too.
QUESTIONS: tuple[tuple[str, str, str, str, bool], ...] = (
    (
        *("officer-en", "lesson/classify", "Are tested used laptops for repair waste?"),
        "A shipment of used laptops has test reports for most items. Does the convention treat those without a report "
        "as electrical and electronic waste, and who decides?",
        False,
    ),
    (
        *("officer-fr", "lesson/consent", "Consentement pour des cartes de circuits imprimés"),
        "Nous exportons des cartes de circuits imprimés pour valorisation. Le consentement préalable en connaissance "
        "de cause s'applique-t-il aussi quand l'État de transit n'a pas répondu ?",
        True,
    ),
    (
        *("officer-ar", "lesson/notification", "وثيقة الإخطار: من يوقّع الخانة المتعلقة بدولة العبور؟"),
        "وصلتنا وثيقة الإخطار لنفايات كهربائية وإلكترونية من دون توقيع السلطة المختصة في دولة "
        "العبور. هل نقبلها أم نعيدها؟",
        True,
    ),
)


def prepare(settings: Settings) -> list[tuple[str, str, str]]:
    """Have the demo in the platform's home; `(name, password, what she is for)` of everybody in it.

    Who and what is there from an earlier start stays as it is. One password, kept in the home, opens all accounts.
    """
    password = Keys(settings.home / "secrets")["demo"][:12]
    open_accounts(settings, password, [(person.applicant, person.standing) for person in PEOPLE])
    database = Database(settings.database)
    with database.session() as session:
        if session.scalar(select(Event.position).where(Event.kind == "asked").limit(1)) is None:
            _live(session)
    database.close()
    return [(person.applicant.name, password, person.description) for person in PEOPLE]


def _live(session: Session) -> None:
    """What has happened between the demo's people, from their profiles to a mentorship."""
    for person in PEOPLE:
        member = find(session, person.applicant.name)
        member.languages = list(person.languages) or [member.language]
        member.expertise, member.capacity = dict(person.expertise), person.capacity
    for language in LANGUAGES:
        enrolment.enrol(session, f"officer-{language}", COURSE)
    for asked in _questions(session):
        _mentor(session, *asked)


def _questions(session: Session) -> Iterator[tuple[Member, Draft]]:
    for name, item, title, text, wants_mentor in QUESTIONS:
        member = find(session, name)
        draft = Draft(f"course/{COURSE}/{item}", title, text, wants_mentor=False)
        ask(session, member, draft)
        if wants_mentor:
            yield member, draft


def _mentor(session: Session, learner: Member, draft: Draft) -> None:
    """A mentor is proposed to each who wants one; the French-speaking officer and hers have found each other."""
    concepts = ["e-waste", "prior-informed-consent", "notification-document"]
    needed = needs.need(session, learner, draft.subject, draft.title, concepts=concepts, language=learner.language)
    proposed = propose(session, needed)
    if proposed and learner.name == "officer-fr" and steps.choose(session, proposed.id, learner):
        steps.accept(session, proposed.id, proposed.mentor)
