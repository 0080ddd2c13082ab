"""Who may read and ask where."""

import pytest

from conventions.errors import ClearingHouseError
from expert_db.members import find
from forum_bridge.rights import asked_about, may_read
from tests.forum_bridge.small_portal import Bridge

COURSE = "course/e-waste"
PAIR = "mentorship/7"


@pytest.fixture
def platform(quiet: Bridge) -> Bridge:
    quiet.happened("released", actor="secretary", subject=COURSE)
    quiet.happened("enrolled", actor="officer-fr", subject=COURSE)
    quiet.happened("matched", actor="expert-en", subject=PAIR, mentor="expert-en", learner="officer-ar")
    return quiet


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("officer-fr", {"forum", COURSE, f"{COURSE}/lesson/one"}),
        ("officer-ar", {"forum", PAIR}),
        ("officer-zh", {"forum"}),
        ("expert-en", {"forum", COURSE, f"{COURSE}/lesson/one", PAIR}),
        ("secretary", {"forum", COURSE, f"{COURSE}/lesson/one", PAIR, ""}),
    ],
)
def test_each_member_reads_what_the_table_says(platform: Bridge, name: str, readable: set[str]) -> None:
    """Courses are for who takes or teaches them, mentorships for their two, the rest for the Secretariat."""
    with platform.database.session() as session:
        member = find(session, name)
        subjects = ("forum", COURSE, f"{COURSE}/lesson/one", PAIR, "")
        assert {subject for subject in subjects if may_read(session, member, subject)} == readable
        assert not any(may_read(session, None, subject) for subject in subjects)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "course/",
        "course/none",
        "course/e-waste/../x",
        "member/secretary",
        "forum/x",
        "course/e-waste/lesson",
        "x" * 400,
    ],
)
def test_only_what_exists_can_be_asked_about(platform: Bridge, subject: str) -> None:
    """A subject that is malformed or was never released is refused, so nobody can open categories at will."""
    with platform.database.session() as session, pytest.raises(ClearingHouseError) as caught:
        asked_about(session, find(session, "secretary"), subject)
    assert caught.value.code == "subject-unknown"
