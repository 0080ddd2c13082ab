"""An author sees what is missing, edits with every copy kept, and releases."""

import html
from pathlib import Path

import pytest

from conventions.errors import ClearingHouseError
from conventions.texts import texts
from courses import notebook
from courses.workspace import tag
from tests.courses import tiny
from tests.courses.front import CSRF, Front

FILE = "locale/fr/classify.po"
API = "/api/courses/tiny/source/classify"


@pytest.fixture
def front(tmp_path: Path) -> Front:
    made = Front(tmp_path)
    tiny.course(made.content)
    return made


def upload(front: Front, file: str, content: bytes, course: str = "tiny") -> str:
    fields = {"csrf": CSRF, "file": file}
    answer = front.browser("centre").post(f"/desk/{course}/files", data=fields, files={"upload": ("x", content)})
    return answer.headers.get("location") or str(answer.json()["error"]["code"])


def as_author(**more: str) -> dict[str, str]:
    return {"Authorization": "Bearer token-centre", **more}


@pytest.mark.parametrize("path", ["/desk", "/desk/tiny", "/desk/tiny/release", f"/desk/tiny/files/{FILE}"])
def test_the_desk_is_for_authors(front: Front, path: str) -> None:
    """Centres and the Secretariat come in; officers and the public do not."""
    found = [front.browser(name).get(path).status_code for name in ("centre", "sec", "amina", "")]
    assert found == [200, 200, 403, 401]


def test_the_desk_shows_translation_and_problems(front: Front) -> None:
    """The matrix has each item in each language; a problem is shown with its path; panels are in place."""
    (front.content / "tiny/locale/fr/old.po").write_text("")
    page = front.browser("centre").get("/desk").text
    for shown in ("50%", "3 missing", "tiny/locale/fr/old.po", "[grading of course/tiny]", "[threads of course/tiny]"):
        assert shown in page


def test_a_broken_course_can_still_be_mended(front: Front) -> None:
    """With a broken course.toml the desk shows the problem, and an upload puts it right."""
    (front.content / "tiny/course.toml").write_text("nonsense")
    assert "This is not TOML" in front.browser("centre").get("/desk/tiny").text
    assert upload(front, "course.toml", tiny.TOML.encode()) == "/desk/tiny"
    assert "The check finds no problem" in front.browser("centre").get("/desk/tiny").text


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
def test_a_broken_course_is_one_of_the_desk_s_rows(front: Front, language: str) -> None:
    """No course.toml, a folder in its place, bytes that are no text, a name no course can have: each is shown."""
    broken = ("empty", "folder", "latin", "No Name")
    for name in broken:
        (front.content / name).mkdir()
    (front.content / "folder/course.toml").mkdir()
    (front.content / "latin/course.toml").write_bytes(b'title = "\xe9"')
    (front.content / "No Name/course.toml").write_text(tiny.TOML)
    browser, say = front.browser("centre", language), texts(language)
    desk = browser.get("/desk")
    assert desk.status_code == 200
    assert say("The check finds no problem") in html.unescape(desk.text)
    missing = say("There is no course.toml. Write one, or remove the folder.")
    for name in broken:
        assert f"{name}/course.toml" in desk.text
        assert browser.get(f"/desk/{name}").status_code == browser.get(f"/desk/{name}/release").status_code == 200
    assert missing in html.unescape(browser.get("/desk/empty").text)


def test_an_empty_folder_becomes_a_course(front: Front) -> None:
    """Its course.toml is uploaded like any other."""
    (front.content / "empty").mkdir()
    assert upload(front, "course.toml", tiny.TOML.encode(), "empty") == "/desk/empty"
    assert "It is tiny, but the folder is empty." in front.browser("centre").get("/desk/empty").text


def test_why_a_course_is_not_released_is_said_in_her_language(front: Front) -> None:
    """The problems in the sentence are translated as the sentence is."""
    (front.content / "tiny/task.ipynb").unlink()
    with pytest.raises(ClearingHouseError) as refused:
        front.courses.release("tiny", by="centre")
    said = refused.value.sentence(texts("fr"))
    assert refused.value.code == "release-problems"
    assert texts("fr")("There is no file {file}.", file="task.ipynb") in said
    assert "There is no file" not in said
    assert "There is no file task.ipynb." in str(refused.value)


def test_a_broken_course_keeps_no_other_from_being_released(front: Front) -> None:
    """What can be released is; of each other one the error says why."""
    (front.content / "empty").mkdir()
    (front.content / "broken").mkdir()
    (front.content / "broken/course.toml").write_text("nonsense")
    refused = front.courses.release_new(by="")
    assert [(error.code, error.values["course"]) for error in refused] == [
        ("release-problems", "broken"),
        ("release-problems", "empty"),
    ]
    assert [released.course.id for released in front.courses.all()] == ["tiny"]


def test_a_translator_gets_all_texts_and_gives_them_back(front: Front) -> None:
    """The PO file for a language that has none lists every text; uploaded filled in, it counts."""
    empty = front.browser("centre").get("/desk/tiny/files/locale/es/task.po").text
    assert 'msgid "Write a function."' in empty
    filled = empty.replace('msgid "Write a function."\nmsgstr ""', 'msgid "Write a function."\nmsgstr "Escriba."')
    assert upload(front, "locale/es/task.po", filled.encode()) == "/desk/tiny"
    released = front.courses.draft("tiny").coverage
    assert released is not None
    assert released.item_share("es", "task") == 0.5


def test_translations_stand_under_their_language(front: Front) -> None:
    """The course's own files are in sight; those of each translation are folded under their language."""
    own, *folded = front.browser("centre").get("/desk/tiny").text.split("<details>")
    assert "files/classify.ipynb" in own and "files/locale/" not in own
    for code, part in zip(["ar", "zh", "fr", "ru", "es"], folded, strict=True):
        inside = part.partition("</details>")[0]
        assert inside.count(f"files/locale/{code}/") == inside.count("files/locale/") == 2


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("classify.ipynb", b"{", "notebook-bad"),
        ("classify.ipynb", b"[" * 100_000, "notebook-bad"),
        ("classify.ipynb", b"\xff", "file-not-text"),
        (FILE, b'msgid "a"\nnonsense\n', "translation-bad"),
        ("course.toml", b"[", "course-bad"),
        ("course.toml", b"a = " + b"[" * 100_000, "course-bad"),
        ("../course.toml", b"", "file-unknown"),
        ("locale/xx/classify.po", b"", "file-unknown"),
        ("other.ipynb", b"{}", "file-unknown"),
    ],
)
def test_a_bad_file_is_refused_whole(front: Front, file: str, content: bytes, code: str) -> None:
    """What is no notebook, PO or TOML file, or no file of the course, changes nothing."""
    before = {path: path.read_bytes() for path in front.content.rglob("*") if path.is_file()}
    assert upload(front, file, content) == code
    assert front.courses.workspace.folder("tiny") == front.content / "tiny"
    assert before == {path: path.read_bytes() for path in front.content.rglob("*") if path.is_file()}


def test_every_copy_is_kept_and_undo_can_be_undone(front: Front) -> None:
    """A save keeps what was there; undo brings it back, and undo again brings the save back."""
    first = front.courses.workspace.read("tiny", "classify.ipynb")
    made = tiny.lesson()
    made.cells[0].source = "# Changed"
    second = notebook.dump(made).encode()
    upload(front, "classify.ipynb", second)
    for expected in (first, second):
        front.browser("centre").post("/desk/tiny/undo", data={"csrf": CSRF, "file": "classify.ipynb"})
        assert front.courses.workspace.read("tiny", "classify.ipynb") == expected
    assert len(front.courses.workspace.former("tiny", "classify.ipynb")) == 3


def test_the_content_folder_is_never_written_to(front: Front) -> None:
    """Authors work on a copy; what the platform came with stays as it was."""
    before = (front.content / "tiny/course.toml").read_text()
    upload(front, "course.toml", tiny.TOML.replace("1.0.0", "2.0.0").encode())
    assert (front.content / "tiny/course.toml").read_text() == before
    assert front.courses.draft("tiny").course is not None
    assert "2.0.0" in front.browser("centre").get("/desk/tiny/release").text


def test_release_from_the_desk(front: Front) -> None:
    """The page says what changes, the button releases, and the same version is then not offered again."""
    centre = front.browser("centre")
    assert "new" in centre.get("/desk/tiny/release").text
    assert centre.post("/desk/tiny/release", data={"csrf": CSRF}).headers["location"] == "/desk/tiny"
    assert front.courses.get("tiny").course.version == "1.0.0"
    assert "is out already" in centre.get("/desk/tiny/release").text
    upload(front, "course.toml", tiny.TOML.replace("1.0.0", "1.1.0").encode())
    made = tiny.lesson()
    made.cells[0].source = made.cells[0].source.replace("Two", "Three")
    upload(front, "classify.ipynb", notebook.dump(made).encode())
    page = centre.get("/desk/tiny/release").text
    assert "changed" in page
    assert "Release version 1.1.0" in page


def test_jupyterlab_opens_and_saves_a_source(front: Front) -> None:
    """An author's server gets the notebook with its tag and saves by it; output is not kept."""
    browser = front.browser()
    opened = browser.get(API, headers=as_author())
    made = opened.json()
    made["cells"][1]["execution_count"] = 7
    made["cells"][0]["source"] = "# New"
    saved = browser.put(API, json=made, headers=as_author(**{"If-Match": opened.headers["etag"]}))
    assert saved.json()["cells"][1]["execution_count"] is None
    assert saved.headers["etag"] == f'"{tag(saved.content)}"'
    assert browser.get(API, headers=as_author()).content == saved.content


def test_two_authors_do_not_overwrite_each_other(front: Front) -> None:
    """The second save by an old tag is refused with 412, one without a tag with 428; the first stays."""
    browser = front.browser()
    opened = browser.get(API, headers=as_author())
    mine = {**opened.json(), "metadata": {**opened.json()["metadata"], "title": "mine"}}
    tagged = as_author(**{"If-Match": opened.headers["etag"]})
    stored = browser.put(API, json=mine, headers=tagged)
    assert stored.status_code == 200
    assert browser.put(API, json=opened.json(), headers=tagged).status_code == 412
    assert browser.put(API, json=opened.json(), headers=as_author()).status_code == 428
    assert browser.get(API, headers=as_author()).content == stored.content


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("nonsense", 401), ("token-amina", 403), ("token-centre", 200)]
)
def test_sources_are_for_authors_alone(front: Front, token: str, status: int) -> None:
    """No token, an unknown one or a learner's gets no solutions."""
    answer = front.browser().get("/api/courses/tiny/source/task", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    assert ("HIDDEN" in answer.text) == (status == 200)
