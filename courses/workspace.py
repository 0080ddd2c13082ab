"""Where authors work: a copy of a course's source that is saved atomically, with every earlier copy kept."""

import fcntl
import hashlib
import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polib
from nbformat import NotebookNode

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, SOURCE
from conventions.texts import N_
from courses import catalogue, notebook, translation
from courses.catalogue import Course
from expert_db.database import now

LARGEST = 10_000_000


def tag(content: bytes) -> str:
    """What tells one content of a file from another, as an HTTP ETag without its quotes."""
    return hashlib.sha256(content).hexdigest()


class Workspace:
    """The sources of all courses: an author's own copy where she has begun to edit, else the content folder's.

    A save is whole or does not happen, and what was there before is kept under `history`.
    """

    def __init__(self, content: Path, folder: Path) -> None:
        self._content = content
        self._own = folder / "workspace"
        self._history = folder / "history"
        for needed in (self._own, self._history):
            needed.mkdir(parents=True, exist_ok=True)

    def names(self) -> list[str]:
        """Every course there is a source of."""
        places = [place for place in (self._content, self._own) if place.is_dir()]
        return sorted({folder.name for place in places for folder in catalogue.folders(place)})

    def folder(self, course: str) -> Path:
        """Where the source of a course is now, right or wrong; refused with `course-unknown` if there is none."""
        for place in (self._own, self._content):
            if place.is_dir() and place / course in catalogue.folders(place):
                return place / course
        raise ClearingHouseError("course-unknown", N_("There is no course {course}."), status=404, course=course)

    def files(self, course: Course) -> list[str]:
        """The files of a course that an author edits, each whether it is there yet or not."""
        notebooks = [item.file for item in course.items]
        codes = [code for code in LANGUAGES if code != SOURCE]
        return [catalogue.FILE, *notebooks, *(f"locale/{c}/{item.id}.po" for c in codes for item in course.items)]

    def read(self, course: str, file: str) -> bytes:
        """A file as it is; a translation brought up to date with its notebook, so that all its texts are in it."""
        folder = self.folder(course)
        if not self._known(folder, file):
            raise self._unknown(course, file)
        if file.endswith(".po"):
            return self._translation(folder, file, None)
        if not (folder / file).is_file():
            raise self._unknown(course, file)
        return (folder / file).read_bytes()

    def save(self, course: str, file: str, content: bytes, *, by: str, expected: str | None = None) -> bytes:
        """Save a file; what is stored comes back: notebooks without output, translations brought up to date.

        Refused, with the file as it was: what is no notebook, PO or TOML file; `file-changed` if `expected` is
        given and is not the tag of the file as it is now.
        """
        if len(content) > LARGEST:
            raise ClearingHouseError(
                "file-too-large", N_("{file} is larger than {limit} bytes."), status=413, file=file, limit=LARGEST
            )
        with self.alone():
            folder = self.folder(course)
            if not self._known(folder, file):
                raise self._unknown(course, file)
            self._refuse_changed(course, file, expected)
            made = self._made(folder, file, content)
            own = self._claim(course, folder)
            self._keep(course, own / file, file, by)
            _replace(own / file, made)
        return made

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nothing is saved by anyone else meanwhile, whatever process it is in."""
        with (self._own / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def undo(self, course: str, file: str, *, by: str) -> None:
        """Put the former copy of a file in its place; the present one is kept, so an undo can be undone."""
        if not self._known(self.folder(course), file) or not (former := self.former(course, file)):
            raise ClearingHouseError(
                "nothing-to-undo", N_("There is no earlier copy of {file}."), status=409, file=file
            )
        self.save(course, file, former[-1].read_bytes(), by=by)

    def former(self, course: str, file: str) -> list[Path]:
        """The earlier copies of a file, the oldest first."""
        return sorted(path for path in (self._history / course / file).glob("*") if path.is_file())

    def _known(self, folder: Path, file: str) -> bool:
        course, _ = catalogue.parse(folder)
        return file in (self.files(course) if course else [catalogue.FILE])

    def _unknown(self, course: str, file: str) -> ClearingHouseError:
        message = N_("The course {course} has no file {file}. Its files are listed in course.toml.")
        return ClearingHouseError("file-unknown", message, status=404, course=course, file=file)

    def _refuse_changed(self, course: str, file: str, expected: str | None) -> None:
        if expected is not None and expected != tag(self.read(course, file)):
            raise ClearingHouseError(
                "file-changed",
                N_("{file} was changed by someone else meanwhile. Open it again and repeat your change."),
                status=412,
                file=file,
            )

    def _made(self, folder: Path, file: str, content: bytes) -> bytes:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ClearingHouseError("file-not-text", N_("{file} is not text in UTF-8."), file=file) from error
        make: dict[str, Callable[[], bytes]] = {
            ".ipynb": lambda: notebook.dump(without_output(notebook.parse(text, file))).encode(),
            ".po": lambda: self._translation(folder, file, translation.parse(text, file)),
            ".toml": lambda: _description(folder, text),
        }
        return make[Path(file).suffix]()

    def _translation(self, folder: Path, file: str, given: polib.POFile | None) -> bytes:
        _, code, name = Path(file).parts
        item = catalogue.read(folder).item(name.removesuffix(".po"))
        present = given if given is not None else translation.read(folder / file, code)
        return str(translation.update(notebook.read(folder / item.file), present)).encode()

    def _claim(self, course: str, folder: Path) -> Path:
        """The author's own copy of a course, made when she first saves."""
        own = self._own / course
        if folder != own:
            aside = self._own / f".{course}"
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(folder, aside)
            aside.rename(own)
        return own

    def _keep(self, course: str, present: Path, file: str, by: str) -> None:
        if present.is_file():
            kept = self._history / course / file / f"{now():%Y%m%dT%H%M%S.%f}-{tag(by.encode())[:12]}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(present, kept)


def without_output(source: NotebookNode) -> NotebookNode:
    """The notebook without what running it left, which would go stale and make every save a change."""
    for cell in source.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return source


def _description(folder: Path, text: str) -> bytes:
    """A `course.toml` that can be read; what else is wrong with it, the check says."""
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ClearingHouseError(
            "course-bad",
            N_("The course {course} cannot be read. Put this right first: {problems}"),
            course=folder.name,
            problems=str(error),
        ) from error
    return text.encode()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.saving")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
