"""The contract with the forum, held to by the embedded one and, where one is configured, by a real Discourse."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from forum_bridge.discourse import Discourse
from forum_bridge.errors import ForumError
from forum_bridge.names import address_of, topic_id_of, user_id_of, username_of
from forum_bridge.shapes import ForumPost, ForumUser
from tests.forum_bridge.forum_process import KEY, SECRET, ForumProcess

SYSTEMS = ["embedded", *(["discourse"] if {"CHM_DISCOURSE_URL", "CHM_DISCOURSE_KEY"} <= os.environ.keys() else [])]
BODY = "How do I tell whether a shipment of used equipment is waste?"


@dataclass(frozen=True)
class System:
    """One forum under test and the words it needs."""

    client: Discourse
    url: str
    key: str
    category: int

    def ask(self, *, external_id: str = "", body: str = "", title: str = "", author: str = "") -> ForumPost:
        """A new topic."""
        unique = uuid4().hex
        made = self.client.create_topic(
            title or f"A question about shipments {unique}",
            body or f"{BODY} {unique}",
            category=self.category,
            external_id=external_id or f"t-{unique}",
            tags=["e-waste"],
            author=author,
        )
        assert isinstance(made, ForumPost)
        return made

    def member(self, name: str) -> ForumUser:
        """A member's account."""
        return self.client.ensure_user(user_id_of(name), username=username_of(name), name=name, email=address_of(name))

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A plain request, not followed anywhere."""
        sent = {"Api-Key": self.key, "Api-Username": "system", **headers}
        return httpx.get(self.url + path, headers=sent, trust_env=False)


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    if request.param == "discourse":
        url, key = os.environ["CHM_DISCOURSE_URL"], os.environ["CHM_DISCOURSE_KEY"]
        client = Discourse(url, key, sso_secret=os.environ.get("CHM_DISCOURSE_SECRET", ""), patience=60)
        yield System(client, url, key, client.category("Contract tests").id)
        client.close()
        return
    with ForumProcess(tmp_path_factory.mktemp("forum")) as forum:
        client = forum.client()
        yield System(client, forum.url, KEY, client.category("Contract tests").id)
        client.close()


def refused(code: str, call: object) -> ForumError:
    """The error that a call ends with, which must have this code."""
    assert callable(call)
    with pytest.raises(ForumError) as caught:
        call()
    assert caught.value.code == code, caught.value
    return caught.value


def test_a_topic_comes_back_as_it_was_written(system: System) -> None:
    """What is written as a topic is read back with its title, text, tags and category."""
    first = system.ask(body=f"{BODY} It has **plastic** parts. {uuid4().hex}")
    topic = system.client.topic(first.topic_id)
    assert first.number == 1
    assert topic.posts[0].raw.startswith(BODY)
    assert "<strong>plastic</strong>" in topic.posts[0].cooked
    assert (topic.tags, topic.category_id, topic.stream) == (("e-waste",), system.category, (first.id,))


def test_external_id_leads_to_the_topic_by_a_redirect(system: System) -> None:
    """The look-up by external id is a 301, and the client arrives with its key."""
    mine = f"Course-{uuid4().hex}".lower()
    first = system.ask(external_id=mine)
    assert system.get(f"/t/external_id/{mine}.json").status_code == 301
    assert system.client.topic_by_external_id(mine).id == first.topic_id
    refused("forum-missing", lambda: system.client.topic_by_external_id(f"no-{mine}"))


def test_external_ids_are_checked(system: System) -> None:
    """An external id that is taken in whatever case, too long or has other characters is refused."""
    mine = uuid4().hex
    system.ask(external_id=mine)
    refused("forum-invalid", lambda: system.ask(external_id=mine.upper()))
    refused("forum-invalid", lambda: system.ask(external_id="a" * 51))
    refused("forum-invalid", lambda: system.ask(external_id="course/e-waste"))


def test_short_texts_are_refused_and_chinese_may_be_shorter(system: System) -> None:
    """A post needs 20 characters, and in a Chinese text eight say enough."""
    refused("forum-invalid", lambda: system.ask(body="Too short"))
    topic = system.ask().topic_id
    if system.url.startswith("http://127.0.0.1"):
        written = system.client.create_post(topic, "废旧电池怎样分类？")
        assert isinstance(written, ForumPost)
    refused("forum-invalid", lambda: system.client.create_post(topic, "怎样分类？"))


def test_an_arabic_title_is_kept_and_must_be_long_enough(system: System) -> None:
    """Arabic has no shorter minimum: 15 characters for a title, and it comes back as it was."""
    title = f"كيف نصنف البطاريات المستعملة {uuid4().hex[:8]}"
    assert system.client.topic(system.ask(title=title).topic_id).title == title
    refused("forum-invalid", lambda: system.ask(title="بطاريات"))


def test_a_title_is_used_once(system: System) -> None:
    """Two topics cannot have the same title, in whatever case."""
    title = f"Who must sign the movement document {uuid4().hex}"
    system.ask(title=title)
    error = refused("forum-invalid", lambda: system.ask(title=title.upper()))
    assert "already been used" in str(error)


def test_the_same_request_gets_the_first_answer(system: System) -> None:
    """Sending the same reply twice within two minutes writes it once."""
    topic = system.ask().topic_id
    text = f"The State of import must consent in writing first. {uuid4().hex}"
    one, two = system.client.create_post(topic, text), system.client.create_post(topic, text)
    assert isinstance(one, ForumPost) and isinstance(two, ForumPost)
    assert one.id == two.id
    assert len(system.client.topic(topic).stream) == 2


def test_a_topic_needs_a_category(system: System) -> None:
    """An uncategorised topic is refused with 422 and the forum's JSON for errors."""
    fields = {"title": f"A topic in no category at all {uuid4().hex}", "raw": BODY}
    headers = {"Api-Key": system.key, "Api-Username": "system"}
    answer = httpx.post(f"{system.url}/posts.json", data=fields, headers=headers, trust_env=False)
    assert answer.status_code == 422
    assert answer.json()["action"] == "create_post" and answer.json()["errors"]


def test_long_topics_come_in_pages_of_twenty(system: System) -> None:
    """A topic comes with 20 posts and the ids of all; the client fetches the rest with their Markdown."""
    topic = system.ask().topic_id
    for number in range(24):
        system.client.create_post(topic, f"Reply number {number} with words enough {uuid4().hex}")
    found = system.client.topic(topic)
    assert (len(found.posts), len(found.stream)) == (20, 25)
    posts = list(system.client.all_posts(found))
    assert [post.number for post in posts] == list(range(1, 26))
    assert "Reply number 23" in posts[-1].raw


def test_members_of_six_scripts_write_under_their_own_name(system: System) -> None:
    """A member's account is made once, whatever script her Hub name is in, and her posts are hers."""
    topic = system.ask().topic_id
    for name in ("officer-ar", "ليلى", "王小明", "Ольга", "françoise", "none"):
        account = system.member(name)
        assert system.member(name).id == account.id
        text = f"An answer of a member with her own account {uuid4().hex}"
        post = system.client.create_post(topic, text, author=user_id_of(name))
        assert isinstance(post, ForumPost) and post.username == account.username


def test_an_accepted_answer_is_marked(system: System) -> None:
    """The asker accepts a reply, everyone sees it, and she can take it back."""
    topic = system.ask().topic_id
    reply = system.client.create_post(topic, f"Look at Annex VIII, entry A1181. {uuid4().hex}")
    assert isinstance(reply, ForumPost)
    system.client.accept(reply.id)
    assert [post.accepted for post in system.client.topic(topic).posts] == [False, True]
    system.client.unaccept(reply.id)
    assert not any(post.accepted for post in system.client.topic(topic).posts)


def test_categories_are_made_once_and_lie_two_deep(system: System) -> None:
    """Asking for a category again gives the same one; a third level is refused."""
    name = f"Course {uuid4().hex[:12]}"
    top = system.client.category(name)
    below = system.client.category("Lesson", parent=top.id)
    assert system.client.category(name.upper()).id == top.id
    assert below.parent == top.id
    refused("forum-invalid", lambda: system.client.category("Question", parent=below.id))


def test_tags_can_be_replaced_and_are_limited(system: System) -> None:
    """Tags are replaced as a whole; a tag over 20 characters is refused or cut, never kept whole."""
    topic = system.ask().topic_id
    system.client.set_tags(topic, ["plastic-waste", "consent"])
    assert set(system.client.topic(topic).tags) == {"plastic-waste", "consent"}


def test_a_private_category_hides_its_topics(system: System) -> None:
    """A topic in a category of a group is 404 for others and can be read by the group."""
    inside, outside = system.member(f"in-{uuid4().hex[:8]}"), system.member(f"out-{uuid4().hex[:8]}")
    group = f"pair-{uuid4().hex[:8]}"
    system.client.group(group, [inside.username])
    system.client.group(group, [inside.username])
    category = system.client.category(group, permissions={group: 1})
    post = system.client.create_topic(
        f"A talk between two people {group}", f"{BODY} {group}", category=category.id, external_id=group
    )
    assert isinstance(post, ForumPost)
    assert system.client.topic(post.topic_id, author=inside.external_id).id == post.topic_id
    refused("forum-missing", lambda: system.client.topic(post.topic_id, author=outside.external_id))


def test_a_wrong_key_is_forbidden(system: System) -> None:
    """A bad key and a user that does not exist are both 403."""
    assert system.get("/about.json", **{"Api-Key": "wrong"}).status_code == 403
    assert system.get("/about.json", **{"Api-Username": "nobody-at-all"}).status_code == 403


def test_search_and_similar_find_a_topic(system: System) -> None:
    """The forum's own search finds a topic by a rare word; nothing similar is a bare list."""
    rare = f"zyx{uuid4().hex[:9]}"
    topic = system.ask(title=f"The container with the number {rare}").topic_id
    if system.url.startswith("http://127.0.0.1"):  # a real site indexes later
        assert [found.id for found in system.client.search(rare)] == [topic]
        assert topic in [found.id for found in system.client.similar(f"the container {rare}", BODY)]
    assert system.client.search("zz") == []
    assert system.client.similar(f"qqqq{uuid4().hex}", uuid4().hex) == []


def test_an_edit_raises_the_version(system: System) -> None:
    """A post that was edited has a higher version and the new text."""
    first = system.ask()
    system.client.edit_post(first.id, "The text after it was corrected by its author.")
    now = system.client.posts(first.topic_id, [first.id])[0]
    assert now.version > first.version or now.updated_at > first.updated_at
    assert now.raw.startswith("The text after")


def test_the_forum_tells_its_version(system: System) -> None:
    """The version is there, and asking again does not ask the forum again."""
    assert system.client.about()["about"]["version"]
    assert system.client.about() is system.client.about()


def test_names_for_topics_are_stable_short_and_all_different() -> None:
    """Subjects that look alike have different ids of at most 50 plain characters, always the same."""
    subjects = ["course/a-b", "course/a/b", "Course/a-b", "course/" + "x" * 200, "mentorship/7", "course/电子"]
    ids = [topic_id_of(subject) for subject in subjects]
    assert len(set(ids)) == len(subjects)
    assert all(len(i) <= 50 and set(i) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-") for i in ids)
    assert topic_id_of("mentorship/7") == "mentorship-7-" + topic_id_of("mentorship/7")[-12:]


def test_no_member_is_called_what_the_forum_takes_for_nobody() -> None:
    """Reserved words become other ids, and every id leads back to its member."""
    from forum_bridge.names import member_of  # noqa: PLC0415

    for name in ("null", "NIL", "officer-ar", "王小明", "a b/c"):
        assert user_id_of(name).lower() not in {"none", "nil", "blank", "null"}
        assert user_id_of(name).isascii()
        assert member_of(user_id_of(name)) == name


@pytest.mark.parametrize("option", ["--per-minute", "--per-ten-seconds"])
def test_too_many_requests_are_put_off(option: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Over the limit, in JSON or in plain text, the client says how long to stay away."""
    with ForumProcess(tmp_path_factory.mktemp("forum"), options=(option, "2")) as forum:
        client = forum.client()
        client.about()
        client.site()
        error = refused("forum-busy", lambda: client.topic(1))
        assert error.wait is not None and 1 <= error.wait <= 60
        assert error.passing
        client.close()


def test_the_client_waits_briefly_by_itself(tmp_path_factory: pytest.TempPathFactory) -> None:
    """When the forum asks for a wait within the client's patience, it waits that long and repeats once."""
    waited: list[float] = []
    with ForumProcess(tmp_path_factory.mktemp("forum"), options=("--per-ten-seconds", "1")) as forum:
        client = Discourse(forum.url, KEY, sso_secret=SECRET, patience=10, sleep=waited.append)
        client.about()
        refused("forum-busy", client.site)
        client.close()
    assert len(waited) == 1 and 1 <= waited[0] <= 10.25
