"""A notebook as a page that can be read without a script: safe HTML, code from left to right."""

from collections.abc import Callable
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from nbformat import NotebookNode
from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, Keyword, Number, String  # type: ignore[import-untyped]

from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES, Language
from conventions.texts import N_, texts
from widgets import questions

COLOURS = ((Comment, "code-comment"), (String, "code-string"), (Keyword, "code-keyword"), (Number, "code-number"))
ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "span": {"class", "lang", "dir"},
    "div": {"lang", "dir"},
    "pre": {"class", "dir"},
    "code": {"class", "dir"},
    "p": {"lang", "dir"},
}
# Longer code that is not an answer is there to be run, not read: a reader without Jupyter can leave it folded.
READ_LINES = 8
ANSWER = N_("Answer")
CLASSES = {"code", *(name for _, name in COLOURS)}


def render(made: NotebookNode, language: Language, reader: Language) -> Markup:
    """The cells of a notebook in `language` as HTML, with the words that fold code in that of the reader."""
    parts = []
    for number, cell in enumerate(made.cells):
        if cell.cell_type == "markdown":
            parts.append(_prose(cell.source, first=number == 0))
        elif cell.cell_type == "code" and cell.source.strip():
            parts.append(_code(cell, reader))
    body = "\n".join(parts)
    return Markup('<div class="prose" lang="{}" dir="{}">{}</div>').format(
        language.code,
        language.direction,
        Markup(body),  # noqa: S704
    )


def _prose(source: str, *, first: bool) -> str:
    parser = MarkdownIt("commonmark", {"html": True, "highlight": _fence}).enable(["table", "strikethrough"])
    tokens = parser.parse(source)
    tokens = _without_title(tokens) if first else tokens
    for token in tokens:
        # The page has the one heading of the first level.
        if token.type.startswith("heading_"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
    return _safe(parser.renderer.render(tokens, parser.options, {}))


def _without_title(tokens: list[Token]) -> list[Token]:
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            return tokens[:place] + tokens[place + 3 :]
    return tokens


def _fence(source: str, _language: str, _attributes: str) -> str:
    return _block(source)


def _code(cell: NotebookNode, reader: Language) -> str:
    if made := ASKED.get(questions.marked(cell.source)):
        try:
            return made(cell.source, reader)
        except ClearingHouseError:
            # The check names it to the author; a reader sees the cell as it is.
            return _block(cell.source)
    lines = len(cell.source.splitlines())
    if lines <= READ_LINES or cell.metadata.get("nbgrader", {}).get("solution"):
        return _block(cell.source)
    words = texts(reader.code).plural("Code to run as it is ({n} line)", "Code to run as it is ({n} lines)", lines)
    summary = f'<summary lang="{reader.code}" dir="{reader.direction}">{escape(words)}</summary>'
    return f"<details>{summary}{_block(cell.source)}</details>"


def _question(source: str, reader: Language) -> str:
    """A question to be answered in the head, with the answer folded."""
    asked = questions.question(source)
    lists = "".join(f"<ol>{''.join(f'<li>{escape(item)}</li>' for item in one)}</ol>" for one in asked.lists)
    words = f"<p><strong>{escape(asked.text)}</strong></p>{lists}"
    if asked.right:
        summary = escape(texts(reader.code)(ANSWER))
        told = f"<p>{escape(asked.told)}</p><p>{escape(asked.reason)}</p>"
        words += f'<details><summary lang="{reader.code}" dir="{reader.direction}">{summary}</summary>{told}</details>'
    return f'<div lang="{asked.language}" dir="{LANGUAGES[asked.language].direction}">{words}</div>'


def _block(source: str) -> str:
    return _safe(f'<pre class="code" dir="ltr"><code>{highlight(source)}</code></pre>')


def highlight(source: str) -> str:
    """Python as HTML with classes for comments, strings, keywords and numbers, which the style sheet may colour."""
    return "".join(_coloured(kind, text) for kind, text in PythonLexer(stripnl=False).get_tokens(source.rstrip("\n")))


def _coloured(kind: object, text: str) -> str:
    name = next((name for family, name in COLOURS if kind in family), "")
    return f'<span class="{name}">{escape(text)}</span>' if name else escape(text)


def _safe(html: str) -> str:
    """`html` with nothing in it that could run, and no class but those of code."""
    return nh3.clean(html, attributes=ATTRIBUTES, attribute_filter=_allowed)


def _allowed(_tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if value in CLASSES else None
    return value


# A notebook's progress has nothing to tell whoever reads a page.
ASKED: dict[str, Callable[[str, Language], str]] = {"question": _question, "steps": lambda _source, _reader: ""}
