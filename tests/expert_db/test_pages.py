"""Tests of the pages as the people they are for use them."""

import json

import pytest

from conventions.languages import LANGUAGES
from conventions.vocabulary import concepts
from expert_db.concepts import grouped
from expert_db.database import Database, now
from expert_db.events import Event, history, record
from expert_db.members import Member, Role, Standing
from expert_db.mentorships import Mentorship, State
from expert_db.needs import need
from expert_db.proposals import propose
from tests.expert_db.people import EWASTE, PLASTIC, expert, named, person, settle
from tests.expert_db.site import Person

LESSON = "course/e-waste/lesson/classify"


@pytest.fixture
def network(database: Database) -> Database:
    """A learner, two experts on e-waste and the Secretariat."""
    settle(
        database,
        person("learner", full_name="Layla <Hassan>"),
        expert("mentor", full_name="Karim Trabelsi", expertise={EWASTE: 3}),
        expert("second", full_name="Amel Saidi"),
        person("secretariat", Role.SECRETARIAT, language="en", country="CH"),
    )
    return database


def proposed(database: Database) -> int:
    """The learner asked in a lesson and is shown a proposal; its number."""
    with database.session() as session:
        found = propose(
            session, need(session, named(session, "learner"), LESSON, "Is a cable waste?", concepts=[EWASTE])
        )
        assert found is not None
        return found.id


def state(database: Database, number: int) -> str:
    with database.session() as session:
        return session.get_one(Mentorship, number).state


def test_a_learner_without_a_mentor_is_shown_how_to_ask(network: Database) -> None:
    """Without data no number of days is promised; with data it is the median."""
    learner = Person(network, "learner")
    assert "You have no mentor yet. Ask for one below." in learner.opens("/mentor")
    with network.session() as session:
        record(session, "needed", actor="other", subject=LESSON, need=99, languages=["ar"])
        record(session, "matched", actor="mentor", subject="mentorship/99", need=99)
    assert "most are answered within 1 day." in learner.opens("/mentor")


def test_asking_in_her_own_words_finds_the_concept_and_a_mentor(network: Database) -> None:
    """Her sentence is read with the vocabulary of the language she reads in."""
    page = Person(network, "learner", "fr").presses(
        "/mentor/ask", question="Comment classer des déchets électroniques ?"
    )
    assert "Karim Trabelsi" in page
    with network.session() as session:
        (needed,) = history(session, kind="needed")
        assert needed.data["concepts"] == [EWASTE]
        assert needed.data["languages"] == ["fr", "ar"]


def test_asking_nothing_is_refused(network: Database) -> None:
    """An empty question would tell no mentor anything."""
    assert Person(network, "learner").is_refused("/mentor/ask", question="  ") == "question-empty"


def test_the_proposal_says_why_and_she_accepts_it(network: Database) -> None:
    """From the proposal to the linked thread, each page saying what is so."""
    number = proposed(network)
    learner, mentor = Person(network, "learner"), Person(network, "mentor")
    page = learner.opens("/mentor")
    assert "<bdi>Karim Trabelsi</bdi> can be your mentor" in page
    assert "Works on “electrical and electronic waste” (level 3 of 3)" in page
    assert "Speaks Arabic with you" in page
    assert "Is a cable waste?" not in mentor.opens("/requests"), "he is not asked before she accepts"
    assert "The mentor is asked now" in learner.presses(f"/mentor/{number}/accept")
    request = mentor.opens("/requests")
    assert "Is a cable waste?" in request
    assert "Layla &lt;Hassan&gt;" in request
    assert "You both speak Arabic" in request
    assert "You are matched" in mentor.presses(f"/requests/{number}/accept")
    assert f'data-panel="threads">mentorship/{number}<' in mentor.opens("/requests")
    page = learner.opens("/mentor")
    assert "<bdi>Karim Trabelsi</bdi> is your mentor" in page
    assert f'data-panel="threads">mentorship/{number}<' in page
    assert "has your thanks" in learner.presses(f"/mentor/{number}/end", thank="yes")
    assert state(network, number) == State.ENDED
    assert "Earlier mentors" in learner.opens("/mentor")


def test_she_can_take_another_or_wait_and_look_again(network: Database) -> None:
    """Nothing is final until she accepts."""
    number = proposed(network)
    learner = Person(network, "learner")
    assert "<bdi>Amel Saidi</bdi> can be your mentor" in learner.presses(f"/mentor/{number}/another")
    with network.session() as session:
        second = session.query(Mentorship).filter_by(state=State.PROPOSED).one()
    page = learner.presses(f"/mentor/{second.id}/wait")
    assert "You chose to wait" in page
    assert "<bdi>Amel Saidi</bdi> can be your mentor" in learner.presses(f"/mentor/needs/{second.need_id}/look")
    assert "Your request is withdrawn" in learner.presses(f"/mentor/needs/{second.need_id}/withdraw")
    assert "You have no mentor yet" in learner.opens("/mentor")


def test_a_decline_tells_her_why_and_proposes_the_next(network: Database) -> None:
    """She sees the reason beside the next proposal."""
    number = proposed(network)
    learner, mentor = Person(network, "learner"), Person(network, "mentor")
    learner.presses(f"/mentor/{number}/accept")
    fields = {f"reason-{number}": "no-time", f"note-{number}": "Write to Amel."}
    assert "the learner sees why" in mentor.presses(f"/requests/{number}/decline", **fields)
    page = learner.opens("/mentor")
    assert "Karim Trabelsi declined: No time at present." in page
    assert "Write to Amel." in page
    assert "<bdi>Amel Saidi</bdi> can be your mentor" in page


def test_a_mentor_passes_her_on_to_a_colleague_of_the_list(network: Database) -> None:
    """Those who fit are offered, never himself, and she decides."""
    number = proposed(network)
    learner, mentor = Person(network, "learner"), Person(network, "mentor")
    learner.presses(f"/mentor/{number}/accept")
    page = mentor.opens("/requests")
    assert "Amel Saidi, Ministry of Environment" in page
    assert "Karim Trabelsi, Ministry of Environment" not in page
    with network.session() as session:
        colleague = named(session, "second").id
    mentor.presses(f"/requests/{number}/pass", **{f"colleague-{number}": str(colleague)})
    page = learner.opens("/mentor")
    assert "A colleague suggests this mentor" in page
    assert "Karim Trabelsi cannot take you now and suggests a colleague." in page


def test_an_expert_sees_few_requests_best_first(network: Database) -> None:
    """Three at once; how many more wait is said."""
    with network.session() as session:
        mentor = named(session, "mentor")
        mentor.capacity = 9
        for n in range(4):
            learner = person(f"learner{n}")
            session.add(learner)
            asked = need(session, learner, LESSON, f"Question {n}", concepts=[EWASTE])
            session.add(
                Mentorship(
                    need=asked, mentor=mentor, learner=learner, state=State.REQUESTED, score=n, requested_at=now()
                )
            )
    page = Person(network, "mentor").opens("/requests")
    assert [page.find(f"Question {n}") for n in (3, 2, 1)] == sorted(page.find(f"Question {n}") for n in (3, 2, 1))
    assert "Question 0" not in page
    assert "1 more request waits" in page


def test_what_waits_unanswered_in_his_field_is_listed_in_its_language(network: Database) -> None:
    """A question in Arabic is marked up as Arabic, and another field's is not there."""
    with network.session() as session:
        for topic, concept in ((5, EWASTE), (6, PLASTIC)):
            title = f"سؤال {topic}"
            data = {"outbox": topic, "concepts": [concept], "language": "ar", "title": title}
            record(session, "asked", actor="learner", subject=LESSON, **data)
            record(session, "linked", actor="learner", subject=LESSON, outbox=topic, topic=topic)
    page = Person(network, "mentor").opens("/requests")
    assert '<a href="/threads/5" lang="ar" dir="rtl">سؤال 5</a>' in page
    assert "/threads/6" not in page


def test_a_paused_expert_is_not_proposed(network: Database) -> None:
    """One button stops new requests, and one takes them again."""
    mentor = Person(network, "mentor")
    assert "Go on: take new requests" in mentor.presses("/requests/pause", paused="yes")
    number = proposed(network)
    with network.session() as session:
        assert session.get_one(Mentorship, number).mentor.name == "second"
    assert "Pause: take no new requests" in mentor.presses("/requests/pause", paused="")


@pytest.mark.parametrize(
    ("path", "role"), [("/requests", "learner"), ("/network", "mentor"), ("/network/members.csv", "learner")]
)
def test_a_page_of_another_role_is_not_shown(network: Database, path: str, role: str) -> None:
    """Who may not see it is told so; who is not signed in is asked to sign in first."""
    assert Person(network, role).client.get(path).status_code == 403
    assert Person(network).client.get(path).json() == {"code": "sign-in", "path": path}


@pytest.mark.parametrize(
    "path", ["/mentor/ask", "/mentor/1/accept", "/requests/1/accept", "/profile", "/network/members/learner/refuse"]
)
def test_a_form_that_is_not_of_our_pages_is_refused(network: Database, path: str) -> None:
    """Another site cannot act in her name."""
    for name in ("learner", "mentor", "secretariat"):
        assert Person(network, name).is_refused(path, csrf="forged") in ("form-stale", "not-allowed")
    with network.session() as session:
        assert list(history(session)) == []


def test_the_secretariat_lets_people_in_and_can_undo_it(network: Database) -> None:
    """One press each, the decision is listed with who took it, and taking it back brings the request back."""
    settle(network, person("newcomer", full_name="New Comer", standing=Standing.WAITING))
    secretariat = Person(network, "secretariat")
    assert "1 person asks to join" in secretariat.opens("/network")
    page = secretariat.presses("/network/members/newcomer/accept")
    assert "New Comer is let in." in page
    assert "Nobody waits for an answer." in page
    page = secretariat.presses("/network/members/newcomer/undo")
    assert "1 person asks to join" in page
    secretariat.presses("/network/members/newcomer/refuse")
    with network.session() as session:
        assert named(session, "newcomer").standing == Standing.REFUSED
    assert secretariat.client.post("/network/members/newcomer/crown", data={"csrf": "token"}).status_code == 422


def test_the_members_can_be_narrowed_and_sorted_by_links(network: Database) -> None:
    """By role and region, and by any column; an unknown order is by name."""
    secretariat = Person(network, "secretariat")
    experts = secretariat.opens("/network?role=expert")
    assert "2 of 4 members" in experts
    assert '<th scope="row"><bdi>Karim Trabelsi</bdi></th>' in experts
    assert '<th scope="row"><bdi>Secretariat</bdi></th>' not in experts
    assert "3 of 4 members" in secretariat.opens("/network?group=african")
    rows = secretariat.opens("/network?sort=role")
    assert rows.find('row"><bdi>Amel') < rows.find('row"><bdi>Layla') < rows.find('row"><bdi>Secretariat')
    assert "4 of 4 members" in secretariat.opens("/network?sort=nonsense")


def test_coverage_needs_and_waits_are_computed_from_what_happened(network: Database) -> None:
    """Regions with their people, the concept asked for, and no figure where there is no data."""
    with network.session() as session:
        need(session, named(session, "learner"), LESSON, "On plastics", concepts=[PLASTIC])
    page = Person(network, "secretariat").opens("/network")
    assert "plastic waste" in page
    assert "nobody is free" in page
    assert "Nobody was matched yet" in page
    assert "no data" in page
    row = page[page.index('<th scope="row">African States') :]
    assert "<td>3</td><td>2</td>" in row[: row.index("</tr>")]


def test_the_tables_can_be_downloaded_without_formulas(network: Database) -> None:
    """A name that a spreadsheet would run is made harmless; figures have one value a line."""
    settle(network, person("sly", full_name="=HYPERLINK(1)"))
    secretariat = Person(network, "secretariat")
    table = secretariat.opens("/network/members.csv")
    assert "'=HYPERLINK(1)" in table
    assert ",=HYPERLINK" not in table
    figures = secretariat.opens("/network/indicators.csv").splitlines()
    assert "officers,african,2" in figures
    assert "median_wait_days,african," in figures


def test_a_member_changes_her_profile(network: Database) -> None:
    """What she saves is what is shown, and an officer cannot make herself an expert."""
    learner = Person(network, "learner")
    fields = {"full_name": "Layla H.", "organisation": "EEAA", "country": "EG", "language": "fr", "capacity": "9"}
    page = learner.presses("/profile", **fields)
    assert "Your profile is saved." in page
    assert "Layla H." in page
    with network.session() as session:
        member = named(session, "learner")
        assert (member.organisation, member.language, member.capacity) == ("EEAA", "fr", 0)


def test_an_expert_says_what_he_knows_with_levels(network: Database) -> None:
    """A concept is added, another's level changed, one removed; languages can be several."""
    mentor = Person(network, "mentor")
    given = {"full_name": "K", "country": "TN", "language": "fr", "languages": ["ar", "es"], "capacity": 4, "hours": 6}
    mentor.presses("/profile", **given, **{"level-e-waste": "1", "concept": PLASTIC, "level": "3"})
    with network.session() as session:
        member = named(session, "mentor")
        assert member.expertise == {EWASTE: 1, PLASTIC: 3}
        assert (member.languages, member.capacity, member.hours) == (["ar", "es"], 4, 6)
    mentor.presses("/profile", **given, **{"level-e-waste": "0", "level-plastic-waste": "3"})
    with network.session() as session:
        assert named(session, "mentor").expertise == {PLASTIC: 3}


def test_a_profile_with_a_bad_entry_is_shown_again_and_nothing_is_saved(network: Database) -> None:
    """Every bad entry has its sentence, and what was right stays in the form."""
    answer = Person(network, "mentor").client.post(
        "/profile",
        data={"csrf": "token", "full_name": " ", "organisation": "Kept", "country": "TN", "language": "fr",
              "capacity": "99", "hours": "1", "level-e-waste": "3", "concept": "invented", "level": "2"},
    )  # fmt: skip
    assert answer.status_code == 400
    for sentence in ("Write the full name.", "from 0 to 50.", "Choose concepts of the vocabulary"):
        assert sentence in answer.text
    assert 'value="Kept"' in answer.text
    with network.session() as session:
        assert named(session, "mentor").full_name == "Karim Trabelsi"
        assert session.query(Member).count() == 4


def test_a_number_that_is_none_is_refused(network: Database) -> None:
    """Words in a number's field are named in the error."""
    fields = {"full_name": "K", "country": "TN", "language": "fr", "capacity": "many", "hours": "1"}
    assert Person(network, "mentor").is_refused("/profile", **fields, **{"level-e-waste": "3"}) == "number-bad"


def test_a_member_downloads_all_that_is_kept_about_her(network: Database) -> None:
    """Her profile, her question, the mentorship and her events, and nothing of others."""
    proposed(network)
    data = json.loads(Person(network, "learner").opens("/profile/data.json"))
    assert data["profile"]["full_name"] == "Layla <Hassan>"
    assert data["needs"][0]["question"] == "Is a cable waste?"
    assert data["mentorships"][0]["as"] == "learner"
    assert [event["kind"] for event in data["events"]] == ["needed"]
    assert "Karim" not in json.dumps(data)


def test_the_panels_say_what_waits_for_each(network: Database) -> None:
    """The officer's proposal, the expert's requests, the Secretariat's applicants; nothing to the public."""
    number = proposed(network)
    learner, mentor = Person(network, "learner"), Person(network, "mentor")
    assert "A mentor is proposed to you" in learner.opens("/panel/next?subject=")
    assert "Karim Trabelsi" in learner.opens("/panel/mentor?subject=course/e-waste")
    assert "/ask?subject=course/plastics" in learner.opens("/panel/mentor?subject=course/plastics")
    assert mentor.opens("/panel/next?subject=") == ""
    learner.presses(f"/mentor/{number}/accept")
    assert "1 request waits for you" in mentor.opens("/panel/next?subject=")
    assert "<bdi>Karim Trabelsi</bdi> is asked to be your mentor" in learner.opens(f"/panel/mentor?subject={LESSON}")
    settle(network, person("newcomer", standing=Standing.WAITING))
    assert "1 person asks to join" in Person(network, "secretariat").opens("/panel/next?subject=")
    assert Person(network).opens("/panel/next?subject=") == ""
    assert Person(network).opens("/panel/mentor?subject=course/e-waste") == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "name"),
    [("/mentor", "learner"), ("/requests", "mentor"), ("/network", "secretariat"), ("/profile", "mentor")],
)
def test_every_page_is_shown_in_every_language(network: Database, path: str, name: str, language: str) -> None:
    """In her language and direction, with something in every state of the page."""
    number = proposed(network)
    Person(network, "learner").presses(f"/mentor/{number}/accept")
    with network.session() as session:
        learner = named(session, "learner")
        propose(session, need(session, learner, "course/other", "Other", concepts=[EWASTE]))
        need(session, learner, "course/third", "Third", concepts=[PLASTIC])
        session.add(Event(kind="matched", actor="mentor", subject="mentorship/1", data={"need": 1}))
        session.add(Event(kind="approved", actor="secretariat", subject="member/learner"))
    page = Person(network, name, language).opens(path)
    assert f'lang="{language}" dir="{LANGUAGES[language].direction}"' in page
    english = {"learner": "My mentor", "mentor": "Requests for me", "secretariat": "Network"}[name]
    heading = page[page.index("<h1>") : page.index("</h1>")]
    if path != "/profile":
        assert (english in heading) == (language == "en")


def test_concepts_to_choose_from_are_grouped_and_whole() -> None:
    """Every concept of the vocabulary stands under its scheme, in the reader's language; those he has are left out."""
    groups = dict(grouped("fr", without={EWASTE}))
    assert list(groups)[:2] == ["Produits chimiques", "Déchets"]
    offered = [key for terms in groups.values() for key, _ in terms]
    assert sorted([*offered, EWASTE]) == sorted(concepts())
    assert ("ddt", "DDT") in groups["Produits chimiques"]
