"""Which lessons teach a concept."""

from pathlib import Path

from conventions.texts import ROOT
from courses.service import Courses
from courses.teaching import Teaching
from expert_db.database import Base, Database


def test_the_lessons_that_speak_of_a_concept_are_found(tmp_path: Path) -> None:
    """Of the released course, in its order, in the reader's language; assignments give nothing away."""
    database = Database(f"sqlite:///{tmp_path / 'p.sqlite'}")
    Base.metadata.create_all(database.engine)
    courses = Courses(database, ROOT / "courses" / "content", tmp_path)
    teaching = Teaching(courses)
    assert teaching.lessons("prior-informed-consent") == []
    assert courses.release_new(by="centre") == []
    found = teaching.lessons("prior-informed-consent")
    assert "consent" in [lesson.item for lesson in found]
    assert "task" not in [lesson.item for lesson in found]
    (lesson,) = [lesson for lesson in found if lesson.item == "consent"]
    assert lesson.path == "/courses/e-waste/consent"
    assert lesson.shown("fr").startswith("Décider")
    assert lesson.shown("xx") == lesson.shown("en")
    assert teaching.lessons("dicofol") == []
