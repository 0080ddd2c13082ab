"""What the packages' services are called and know of each other."""

from pathlib import Path

import pytest

from conventions.vocabulary import label
from courses.service import Courses
from expert_db.members import Role, find
from expert_db.mentorships import Mentorship
from expert_db.needs import need
from hub_config.services import describe
from tests.hub_config.portal import join, platform


@pytest.mark.parametrize(
    ("concepts", "language", "title"),
    [
        (["e-waste"], "fr", f"Mentorat 1 : {label('e-waste', 'fr')}"),
        (["e-waste", "pcb"], "en", f"Mentorship 1: {label('e-waste', 'en')}"),
        ([], "ru", "Наставничество 1"),
    ],
)
def test_a_mentorship_is_called_by_what_it_is_about(
    tmp_path: Path, concepts: list[str], language: str, title: str
) -> None:
    """Its number and its topic in the reader's language, and nothing of what the learner wrote."""
    running = platform(tmp_path)
    for name, role in (("amina", Role.OFFICER), ("boris", Role.EXPERT)):
        join(running.database, name, role, "ar")
    with running.database.session() as session:
        amina, boris = find(session, "amina"), find(session, "boris")
        assert amina and boris
        asked = need(session, amina, "course/e-waste", "my inspector took a bribe", concepts=concepts)
        session.add(Mentorship(need=asked, mentor=boris, learner=amina))
    about = describe(Courses(running.database, running.settings.content, tmp_path), running.database)
    assert about("mentorship/1", language).title == title
    assert "2" in about("mentorship/2", language).title
