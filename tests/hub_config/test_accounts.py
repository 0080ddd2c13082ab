"""Joining, signing in and passwords, on the pages of a real Hub and in what is kept."""

import html
from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from conventions.texts import texts
from expert_db.countries import countries
from expert_db.database import Database
from expert_db.events import history
from expert_db.members import Member, Role, Standing, check, decide, find
from hub_config.accounts import TRIES
from hub_config.applications import Applicant, applicant, problems
from hub_config.first_accounts import SECRETARIAT, accounts, first_secretariat, open_accounts
from hub_config.migrations import upgrade
from hub_config.passwords import hash_of
from hub_config.settings import Settings
from tests.hub_config.conftest import PASSWORD
from tests.platform import RunningPlatform, at_front_door

FORM = {
    "name": "fatou",
    "password": "green river stones",
    "again": "green river stones",
    "full_name": "Fatou N'Diaye",
    "country": "SN",
    "organisation": "Ministère de l'Environnement",
    "role": "officer",
    "language": "fr",
}
FATOU = Applicant("fatou", "Fatou", "SN", "Ministère", Role.OFFICER, "fr")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home with an empty database."""
    settings = Settings(home=tmp_path)
    upgrade(Database(settings.database))
    return settings


def test_a_good_sign_up_waits_for_approval_then_opens_the_door(hub: RunningPlatform) -> None:
    """The member is waiting, her event is in the log, she is told so at sign-in, and after approval she is in."""
    say, fatou = texts("fr"), hub.browser("fr")
    joined = fatou.fill("/hub/signup", **FORM)
    assert say(
        "Thank you. Your request to join is with the Secretariat. You can sign in here once it is approved."
    ) in (joined.text.replace("&#39;", "'"))
    with hub.database.session() as session:
        member = find(session, "fatou")
        assert (member.full_name, member.country, member.role, member.language, member.standing) == (
            *("Fatou N'Diaye", "SN", "officer", "fr"),
            "waiting",
        )
        assert [event.actor for event in history(session, kind="joined", subject="member/fatou")] == ["fatou"]
    held = fatou.sign_in("fatou", FORM["password"])
    assert held.status_code == 403
    assert "Secrétariat" in held.text
    with hub.database.session() as session:
        decide(session, "fatou", Standing.APPROVED, by="clerk")
    assert at_front_door(fatou.sign_in("fatou", FORM["password"]))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "amina", "The user name {name} is taken. Choose another."),
        (
            "name",
            "Fatou N",
            "A user name has 3 to 32 small Latin letters, digits and hyphens, and begins with a letter",
        ),
        ("name", "x" * 33, "A user name has 3 to 32 small Latin letters, digits and hyphens, and begins with a letter"),
        ("password", "short", "The password needs at least {n} characters."),
        ("password", "password123", "This password is easy to guess. Choose several words, for example."),
        ("password", "I am mariama", "The password must not contain the user name."),
        ("password", "مرور" * 20, "The password is too long: at most {n} Latin letters."),
        ("again", "something else", "The two passwords are not the same. Type the new password twice."),
        ("full_name", "", "This is needed."),
        ("organisation", "x" * 256, "At most {n} letters, on one line."),
        ("country", "ZZ", "Choose one of the list."),
        ("role", "secretariat", "Choose one of the list."),
        ("language", "de", "Choose one of the list."),
    ],
)
def test_a_bad_field_is_named_beside_itself_and_at_the_top(
    hub: RunningPlatform, field: str, value: str, sentence: str
) -> None:
    """The form comes back with what was good, one error at the top and beside the field, and nobody is added."""
    form = {**FORM, "name": "mariama", field: value}
    if field == "password":
        form["again"] = value
    answer = hub.browser().fill("/hub/signup", **form)
    assert answer.status_code == 400
    said = sentence.partition("{")[0] or sentence
    assert answer.text.count(f'id="{field}-error"') == 1
    # At the top and beside the field; the rules of a user name are also its hint, in other words.
    assert answer.text.count(said) == 2
    assert field == "country" or '<option value="SN" selected>' in answer.text
    with hub.database.session() as session, pytest.raises(ClearingHouseError, match="no member named mariama"):
        find(session, "mariama")


@pytest.mark.parametrize(
    ("language", "field", "value", "sentence"),
    [
        ("ar", "name", "amina", "اسم المستخدم amina مستخدم بالفعل."),
        ("fr", "name", "amina", "Le nom d'utilisateur amina est déjà pris."),
        ("ar", "country", "ZZ", "اختاروا من القائمة."),
        ("fr", "country", "ZZ", "Choisissez dans la liste."),
        ("ar", "language", "de", "اختاروا من القائمة."),
        ("fr", "language", "de", "Choisissez dans la liste."),
    ],
)
def test_a_bad_field_is_named_in_her_language(
    hub: RunningPlatform, language: str, field: str, value: str, sentence: str
) -> None:
    """The visitor's language is kept though her form cannot be; nobody is added and nobody is changed."""
    with hub.database.session() as session:
        before = session.query(Member).count()
    answer = hub.browser(language).fill("/hub/signup", **{**FORM, "name": "mariama", field: value})
    text = html.unescape(answer.text)
    assert answer.status_code == 400
    assert f'<html lang="{language}"' in text
    assert text.count(sentence) == 2
    assert 'value="Fatou N\'Diaye"' in text
    with hub.database.session() as session:
        assert session.query(Member).count() == before
        assert find(session, "amina").full_name == "Amina"


def test_who_can_join_can_be_a_member() -> None:
    """What the form takes for a country the network's records take too, for the European Union as for a State."""
    for country in {"EU", *countries("en")}:
        form = {**FORM, "country": country}
        assert problems(form, lambda _name: False) == {}
        check(applicant(form).member())


def test_the_sign_up_page_is_in_the_asked_for_language(hub: RunningPlatform) -> None:
    """Text, direction and the names of countries follow `lang`, which the next page remembers."""
    visitor = hub.browser("en")
    page = visitor.get("/hub/signup", params={"lang": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "السنغال" in page
    assert '<html lang="ar" dir="rtl">' in visitor.get("/hub/login").text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("wei", "waiting for approval by the Secretariat"),
        ("rosa", "The Secretariat has not let you in."),
        ("nobody", "The user name or the password is wrong."),
    ],
)
def test_who_is_not_let_in_is_told_why(hub: RunningPlatform, name: str, sentence: str) -> None:
    """The right password opens nothing without an approved standing."""
    visitor = hub.browser()
    answer = visitor.sign_in(name, PASSWORD)
    assert answer.status_code == 403
    assert sentence in answer.text
    assert visitor.get("/hub/home").url.path == "/hub/login"


def test_only_the_right_password_opens_and_guessing_is_slowed(hub: RunningPlatform) -> None:
    """A wrong password is refused; after too many, the right one is, too, for a while."""
    guesser = hub.browser()
    assert at_front_door(hub.browser().sign_in("ivan", PASSWORD))
    answers = [guesser.sign_in("ivan", f"wrong password {n}") for n in range(TRIES)]
    assert {answer.status_code for answer in answers} == {403}
    assert guesser.sign_in("ivan", PASSWORD).status_code == 429


def test_forms_of_other_sites_are_refused(hub: RunningPlatform) -> None:
    """A post without the page's own token changes nothing."""
    visitor = hub.browser()
    assert visitor.post("/hub/signup", data={**FORM, "name": "intruder"}).status_code == 403
    assert visitor.post("/hub/login", data={"username": "amina", "password": PASSWORD}).status_code == 403
    with hub.database.session() as session, pytest.raises(ClearingHouseError):
        find(session, "intruder")


def test_roles_give_their_scopes(hub: RunningPlatform) -> None:
    """The member's role decides what the Hub lets her do."""
    officer, clerk = hub.browser(), hub.browser()
    officer.sign_in("amina", PASSWORD)
    clerk.sign_in("clerk", PASSWORD)
    assert officer.get("/hub/api/users").status_code == 403
    assert clerk.get("/hub/api/users").status_code == 200


def test_the_secretariat_gives_a_password_that_works_once(hub: RunningPlatform) -> None:
    """Clerk makes it, a learner cannot; it opens nothing but the page where a new one is chosen."""
    learner, clerk, back = hub.browser(), hub.browser(), hub.browser()
    learner.sign_in("amina", PASSWORD)
    assert learner.get("/hub/new-password/clerk").status_code == 403
    clerk.sign_in("clerk", PASSWORD)
    made = clerk.fill("/hub/new-password/rosa").text
    password = made.partition("<kbd>")[2].partition("</kbd>")[0]
    with hub.database.session() as session:
        decide(session, "rosa", Standing.APPROVED, by="clerk")
    once = back.sign_in("rosa", password)
    assert (once.status_code, "/hub/change-password" in once.text) == (403, True)
    assert back.get("/hub/home").url.path == "/hub/login"
    form = {"name": "rosa", "password_now": password, "password": password, "again": password}
    assert back.fill("/hub/change-password", **form).status_code == 400
    form |= {"password": "seven blue kettles", "again": "seven blue kettles"}
    assert at_front_door(back.fill("/hub/change-password", **form))
    assert at_front_door(hub.browser().sign_in("rosa", "seven blue kettles"))


def test_who_loses_her_standing_is_signed_out(settings: Settings) -> None:
    """The Hub asks again and again, and a refusal ends what a password began."""
    open_accounts(settings, "green river stones", [(FATOU, Standing.APPROVED)])
    with accounts(settings) as opened:
        assert opened.approved("fatou").role == "officer"
        with opened.database.session() as session:
            decide(session, "fatou", Standing.REFUSED, by="clerk")
        with pytest.raises(ClearingHouseError) as refused:
            opened.approved("fatou")
    assert refused.value.code == "standing-refused"


def test_a_sign_up_that_was_cut_short_can_be_sent_again(settings: Settings) -> None:
    """A password without a member opens nothing and takes no name; the same form then goes through."""
    with accounts(settings) as opened:
        opened.set_password("fatou", hash_of("somebody else's"))
        assert not opened.taken("fatou")
        with pytest.raises(ClearingHouseError) as unfinished:
            opened.approved("fatou")
        assert unfinished.value.code == "sign-up-unfinished"
        opened.join(FATOU, hash_of("green river stones"))
        assert opened.taken("fatou")
        with pytest.raises(ClearingHouseError) as taken:
            opened.join(FATOU, hash_of("an intruder's"))
        assert taken.value.code == "name-taken"
        assert opened.get_user("fatou").is_valid_password("green river stones")


def test_the_first_secretariat_gets_a_password_until_she_has_changed_it(settings: Settings) -> None:
    """Each start makes a new one-time password until it was used; then none, and she is an approved member."""
    lost, given = first_secretariat(settings), first_secretariat(settings)
    assert lost and given and lost != given
    with accounts(settings) as opened:
        assert opened.one_time(SECRETARIAT)
        assert opened.approved(SECRETARIAT).role == "secretariat"
        opened.set_password(SECRETARIAT, hash_of("my own words now"))
    assert first_secretariat(settings) is None


def test_accounts_opened_twice_are_the_same(settings: Settings) -> None:
    """Preparing the demo again adds nobody and breaks nothing."""
    for _ in range(2):
        open_accounts(settings, "green river stones", [(FATOU, Standing.WAITING)])
    with Database(settings.database).session() as session:
        assert len(list(history(session, kind="joined"))) == 1
        assert find(session, "fatou").standing == "waiting"
