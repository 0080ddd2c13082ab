"""What a member's own server answers under `chm/`: opening, handing in and saving notebooks. All need her sign-in."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.abc.exchange import ExchangeError
from tornado import web

from conventions.texts import N_
from courses.learner import files
from courses.learner.client import Portal, Refused, translate
from courses.learner.exchange import config
from courses.learner.words import words

NAME = r"([A-Za-z0-9][A-Za-z0-9._-]*)"
AUTHORING = "authoring"


class Handler(JupyterHandler):
    """What all share."""

    @property
    def root(self) -> Path:
        """The folder that her file browser shows."""
        return Path(self.settings["server_root_dir"]).expanduser().resolve()

    async def aside(self, work: Callable[[], Any]) -> Any:
        """Do work that waits for the network in a thread, so that her kernels are not kept waiting."""
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def posted_notebook(self) -> Path:
        """The notebook that a request names, which must lie in her folder."""
        body = self.get_json_body() or {}
        path = (self.root / str(body.get("path", "")).lstrip("/")).resolve()
        if path.suffix != ".ipynb" or not path.is_relative_to(self.root) or not path.is_file():
            raise Refused("path-unknown", translate()(N_("There is no such notebook here. Save it, then try again.")))
        return path

    def to_notebook(self, path: Path) -> None:
        """Show a notebook of her folder in Notebook 7."""
        self.redirect(url_path_join(self.base_url, "notebooks", *path.relative_to(self.root).parts))

    def answer(self, **values: Any) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(values, ensure_ascii=False))

    def refuse(self, error: Exception) -> None:
        """Answer a program with the code and the sentence."""
        self.set_status(409)
        self.answer(error={"code": getattr(error, "code", "exchange-failed"), "message": str(error)})

    def refuse_page(self, error: Exception) -> None:
        """Answer a person with the sentence."""
        self.set_status(409)
        language = translate().language
        back = escape(translate()(N_("Back to my learning")))
        self.finish(
            f'<!doctype html><html lang="{language.code}" dir="{language.direction}"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{escape(str(error))}</title>'
            f'<main><h1>{escape(str(error))}</h1><p><a href="/learning">{back}</a></p></main></html>'
        )


def plugin(name: str, root: Path, course: str, item: str, **traits: Any) -> Any:
    """One of nbgrader's exchange actions, by the name that its factory has for it."""
    chosen = config()
    coursedir = CourseDirectory(config=chosen, course_id=course, assignment_id=item)
    factory = ExchangeFactory(config=chosen)
    return getattr(factory, name)(coursedir=coursedir, assignment_dir=str(root), config=chosen, **traits)


class Open(Handler):
    """`chm/open/<course>/<item>`: fetches the notebook unless it is there, and shows it."""

    @web.authenticated
    async def get(self, course: str, item: str) -> None:
        fetch = plugin("FetchAssignment", self.root, course, item, fresh=self.get_argument("fresh", "") == "1")
        try:
            await self.aside(fetch.start)
        except ExchangeError as error:
            self.refuse_page(error)
        else:
            self.to_notebook(fetch.path.resolve())


class HandIn(Handler):
    """`chm/hand-in`: hands in the notebook that is named, and answers with the receipt and where to read it."""

    @web.authenticated
    async def post(self) -> None:
        try:
            path = self.posted_notebook()
            known = files.stamp(path.read_bytes())
            course, item = known.get("course", path.parent.name), known.get("item", path.stem)
            submit = plugin("Submit", self.root, course, item, notebook=str(path))
            await self.aside(submit.start)
        except (ExchangeError, Refused) as error:
            self.refuse(error)
        else:
            self.answer(receipt=submit.receipt, page=page(submit.receipt["id"]))

    @web.authenticated
    async def get(self) -> None:
        """The receipts of an item, the latest first."""
        course, item = self.get_argument("course"), self.get_argument("item")
        listed = plugin("List", self.root, course, item, cached=True)
        try:
            found = await self.aside(listed.start)
        except ExchangeError as error:
            self.refuse(error)
        else:
            self.answer(receipts=[{**each["receipt"], "page": each["path"]} for each in found])


class Author(Handler):
    """`chm/author/<course>/<item>`: opens a source notebook of a course that she writes."""

    @web.authenticated
    async def get(self, course: str, item: str) -> None:
        path = self.root / AUTHORING / course / f"{item}.ipynb"
        try:
            if not path.exists():
                content, tag = await self.aside(partial(Portal.of_environment().source, course, item))
                tag_of(path).parent.mkdir(parents=True, exist_ok=True)
                tag_of(path).write_text(tag, encoding="utf-8")
                files.write_new(path, content)
        except Refused as error:
            self.refuse_page(error)
        else:
            self.to_notebook(path)


class Save(Handler):
    """`chm/author/save`: brings a source notebook back to the desk, unless somebody changed it there meanwhile."""

    @web.authenticated
    async def post(self) -> None:
        try:
            path = self.posted_notebook()
            *_, folder, course, name = path.parts
            if folder != AUTHORING or not tag_of(path).exists():
                raise Refused("not-authoring", translate()(N_("Open the notebook from the author's desk to edit it.")))
            tag = tag_of(path).read_text(encoding="utf-8")
            save = partial(Portal.of_environment().save_source, course, Path(name).stem, path.read_bytes(), tag)
            tag_of(path).write_text(await self.aside(save), encoding="utf-8")
        except Refused as error:
            self.refuse(error)
        else:
            self.answer(saved=True)


class Words(Handler):
    """`chm/words`: the labels of the button, in her language."""

    @web.authenticated
    async def get(self) -> None:
        self.answer(**words())


def page(number: str) -> str:
    """Where the portal shows a submission."""
    return f"/learning/submissions/{number}"


def tag_of(path: Path) -> Path:
    """Where the tag of a source notebook is kept, beside it."""
    return path.with_name(f".{path.stem}.tag")


ROUTES: list[tuple[str, type[Handler]]] = [
    (rf"open/{NAME}/{NAME}", Open),
    ("hand-in", HandIn),
    ("author/save", Save),
    (rf"author/{NAME}/{NAME}", Author),
    ("words", Words),
]
