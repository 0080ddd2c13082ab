"""What the flows make of an event when a part is away: nothing is refused, and nothing is lost."""

import html
from pathlib import Path

import pytest

import courses.pages
import forum_bridge.pages
import forum_bridge.panels
from conventions.texts import texts
from courses.service import Courses
from expert_db.dispatch import Dispatcher
from expert_db.members import Role
from forum_bridge.forum import Forum
from forum_bridge.handlers import on_released
from hub_config.flows import FLOWS
from hub_config.wiring import Part
from tests.courses import tiny
from tests.forum_bridge.forum_process import SECRET, ForumProcess
from tests.forum_bridge.small_portal import Platform
from tests.hub_config import portal
from tests.waiting import until

WAITING = "The thread is being opened in the forum."


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_course_released_while_the_forum_is_down_is_linked_when_it_is_back(tmp_path: Path, language: str) -> None:
    """The release goes through, its page says that the thread is to come, and the link appears by itself."""
    (tmp_path / "content").mkdir()
    tiny.course(tmp_path / "content")
    database = portal.platform(tmp_path).database
    portal.join(database, "clerk", Role.SECRETARIAT, language)
    campus = Courses(database, tmp_path / "content", tmp_path)
    process = ForumProcess(tmp_path / "forum")
    forum = Forum(database, process.client(), SECRET, address="http://testserver")
    assert FLOWS["released"] == [on_released]
    dispatcher = Dispatcher(database, {"released": [on_released]}, Platform(forum))
    parts = [
        Part("courses", routers=[courses.pages.router], services={"courses": campus}),
        Part(
            "forum_bridge",
            routers=[forum_bridge.pages.router],
            panels=forum_bridge.panels.PANELS,
            services={"forum": forum},
            workers=[forum, dispatcher],
        ),
    ]
    process.start()
    process.stop()
    try:
        with portal.client(portal.platform(tmp_path, parts), "clerk") as clerk:

            def page() -> str:
                return html.unescape(clerk.get("/courses/tiny").text)

            assert campus.release("tiny", by="clerk").version == "1.0.0"
            until(lambda: texts(language)(WAITING) in page())
            assert 'href="/threads/' not in page()
            process.start()
            until(lambda: 'href="/threads/' in page())
            assert texts(language)(WAITING) not in page()
    finally:
        process.stop()
        database.close()
