"""What there is to translate in a notebook: paragraphs, headings, list items, tables and comments in code.

A cell is cut into pieces that together are exactly its source. Only a piece's `text` can be translated; the marks
around it (`## `, `- `, `# `, indentation) and all else, code above all, exist once.
"""

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbformat import NotebookNode

from courses.notebook import MARKERS, REGIONS, grading, has_region, is_test

Kind = Literal["markdown", "comment"]

LETTERS = re.compile(r"[^\W\d_]")
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
HEADING = re.compile(r" {0,3}#{1,6}[ \t]+")
BULLET = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
QUOTE = re.compile(r" {0,3}> ?")
COMMENT = re.compile(r"#+[ \t]*")
# Comments that speak to a tool, not to the learner.
TOOLING = ("#!", "# %%", "# noqa", "# type:", "# fmt:", "#|")


@dataclass(frozen=True)
class Piece:
    """A stretch of a cell's source: `first + text + last`, with `rest` before each further line of the text.

    A piece without `text` stays as it is. Without `rest` the text has to stay on one line.
    """

    first: str
    text: str = ""
    rest: str | None = ""
    last: str = ""

    def source(self, text: str | None = None) -> str:
        """The piece with its own text or, in its place, a translation of it."""
        lines = (self.text if text is None else text).split("\n")
        if self.rest is None:
            return self.first + " ".join(lines) + self.last
        follow = [f"{self.rest}{line}".rstrip() if not line else self.rest + line for line in lines[1:]]
        return "\n".join([self.first + lines[0], *follow]) + self.last


@dataclass(frozen=True)
class Unit:
    """One text for a translator: the cell it stands in, the English, and whether it is prose or a comment."""

    cell: str
    text: str
    kind: Kind


def units(notebook: NotebookNode) -> list[Unit]:
    """Every text of a notebook that can be translated, once a cell, in reading order."""
    found = (
        Unit(str(cell.id), piece.text, kind_of(cell)) for cell in notebook.cells for piece in pieces(cell) if piece.text
    )
    return list(dict.fromkeys(found))


def kind_of(cell: NotebookNode) -> Kind:
    """What the texts of a cell are."""
    return "comment" if cell.cell_type == "code" else "markdown"


def pieces(cell: NotebookNode) -> list[Piece]:
    """A cell cut into pieces; tests, solutions and whatever else the learner does not see are left whole."""
    if cell.cell_type not in CUTTERS or is_test(cell) or _is_replaced(cell):
        return [Piece(cell.source)]
    return list(_cut(cell.cell_type, cell.source))


# The same cells are cut for five languages, and again each time an author looks at her desk.
@lru_cache(maxsize=4096)
def _cut(cell_type: str, source: str) -> tuple[Piece, ...]:
    return tuple(_outside_regions(source, CUTTERS[cell_type]))


def _is_replaced(cell: NotebookNode) -> bool:
    """Whether nbgrader puts a stub in the place of the whole cell."""
    return bool(grading(cell).get("solution")) and not has_region(cell, "SOLUTION")


def _outside_regions(source: str, cut: Callable[[str], Iterator[Piece]]) -> Iterator[Piece]:
    """Cut `source`, except what nbgrader takes out. Code is cut whole, since a part of it may not be code."""
    if not any(marker in source for marker in MARKERS):
        yield from cut(source)
        return
    hidden = _hidden_lines(source)
    line = 0
    for piece in cut(source):
        own = piece.source()
        after = line + own.count("\n")
        yield Piece(own) if hidden.intersection(range(line, after + (not own.endswith("\n")))) else piece
        line = after


def _hidden_lines(source: str) -> set[int]:
    hidden: set[int] = set()
    inside = False
    for number, line in enumerate(source.split("\n")):
        begins = any(f"BEGIN {region}" in line for region in REGIONS)
        ends = any(f"END {region}" in line for region in REGIONS)
        inside = inside or begins
        if inside or ends:
            hidden.add(number)
        inside = inside and not ends
    return hidden


# --- prose ---------------------------------------------------------------------------------------------------


@cache
def parser() -> MarkdownIt:
    """The Markdown that JupyterLab understands: CommonMark with tables."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _prose(source: str) -> Iterator[Piece]:
    # Only \n ends a line of Markdown here, as it does for the parser once it has normalised its input.
    if re.search(r"[\r\0]", source):
        yield Piece(source)
        return
    lines = source.split("\n")
    lines = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    done = 0
    for start, end, cut in _blocks(parser().parse(source)):
        if start > done:
            yield Piece("".join(lines[done:start]))
        yield cut("".join(lines[start:end]))
        done = end
    if done < len(lines):
        yield Piece("".join(lines[done:]))


def _blocks(tokens: list[Token]) -> Iterator[tuple[int, int, Callable[[str], Piece]]]:
    """The first and last line of each block that holds text, and how to cut it."""
    for token in tokens:
        wanted = CUTS.get((token.type, token.level))
        if wanted and token.map:
            yield token.map[0], token.map[1], wanted


def _whole(block: str) -> Piece:
    """All of a block, without the white space around it."""
    text = block.strip()
    if not LETTERS.search(text) or (text.startswith("$$") and text.endswith("$$")):
        return Piece(block)
    start = block.index(text)
    return _exact(Piece(block[:start], text, "", block[start + len(text) :]), block)


def _marked(mark: re.Pattern[str], indent: Callable[[str], str], block: str) -> Piece:
    """A block that begins with a mark; its further lines begin with `indent(mark)`."""
    found = mark.match(block)
    if not found:
        return _whole(block)
    body = block[found.end() :]
    text = body.rstrip()
    if not LETTERS.search(text):
        return Piece(block)
    rest = indent(found.group())
    stripped = "\n".join(_without(rest, line) for line in text.split("\n"))
    return _exact(Piece(found.group(), stripped, rest, body[len(text) :]), block)


def _without(prefix: str, line: str) -> str:
    return line.removeprefix(prefix) if line.startswith(prefix) else line.removeprefix(prefix.rstrip())


def _exact(piece: Piece, block: str) -> Piece:
    """`piece` if it is the block to the letter; else the block with its text in one lump, or left alone."""
    if piece.source() == block:
        return piece
    body = block[len(piece.first) :]
    text = body.rstrip()
    lump = Piece(piece.first, text, "", body[len(text) :])
    return lump if lump.source() == block else Piece(block)


def _heading(block: str) -> Piece:
    if HEADING.match(block):
        return _marked(HEADING, lambda _mark: "", block)
    # A heading underlined with === or ---: the line below it stays.
    text, _, underline = block.rstrip("\n").rpartition("\n")
    return _exact(Piece("", text, "", block[len(text) :]), block) if underline else Piece(block)


def _html(block: str) -> Piece:
    return _whole(block) if LETTERS.search(TAG.sub("", block)) else Piece(block)


def _item(block: str) -> Piece:
    return _marked(BULLET, lambda mark: " " * len(mark), block)


def _quote(block: str) -> Piece:
    return _marked(QUOTE, lambda mark: mark, block)


CUTS: dict[tuple[str, int], Callable[[str], Piece]] = {
    ("heading_open", 0): _heading,
    ("paragraph_open", 0): _whole,
    ("table_open", 0): _whole,
    ("html_block", 0): _html,
    ("blockquote_open", 0): _quote,
    ("list_item_open", 1): _item,
}


# --- comments ------------------------------------------------------------------------------------------------


def _code(source: str) -> Iterator[Piece]:
    """The comments of a cell and the code between them; a cell that is no Python has none."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source, newline="").readline))
    except (tokenize.TokenError, SyntaxError):
        yield Piece(source)
        return
    if source.lstrip().startswith(("%", "!")) or re.search(r"[\r\f\0]", source):
        yield Piece(source)
        return
    starts = _line_starts(source)
    done = 0
    for first, text, rest, begin, end in _comments(tokens, starts):
        yield from ([Piece(source[done:begin])] if begin > done else [])
        yield Piece(first, text, rest)
        done = end
    yield from ([Piece(source[done:])] if done < len(source) else [])


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


Comment = tuple[str, str, str | None, int, int]


def _comments(tokens: list[tokenize.TokenInfo], starts: list[int]) -> Iterator[Comment]:
    """Comments as mark, text, mark of further lines, first and last place; lines of one comment are joined."""
    run: list[tokenize.TokenInfo] = []
    for token in tokens:
        if token.type != tokenize.COMMENT or not _is_prose(token.string):
            continue
        if run and not _goes_on(run[-1], token):
            yield _joined(run, starts)
            run = []
        run.append(token)
    if run:
        yield _joined(run, starts)


def _is_prose(comment: str) -> bool:
    told = any(marker in comment for marker in MARKERS) or comment.startswith(TOOLING)
    return not told and bool(LETTERS.search(comment))


def _mark(token: tokenize.TokenInfo) -> str:
    found = COMMENT.match(token.string)
    return found.group() if found else "#"


def _alone(token: tokenize.TokenInfo) -> bool:
    return not token.line[: token.start[1]].strip()


def _goes_on(before: tokenize.TokenInfo, token: tokenize.TokenInfo) -> bool:
    below = token.start == (before.start[0] + 1, before.start[1])
    return below and _alone(before) and _alone(token) and _mark(before) == _mark(token)


def _joined(run: list[tokenize.TokenInfo], starts: list[int]) -> Comment:
    begin = starts[run[0].start[0] - 1] + run[0].start[1]
    end = starts[run[-1].end[0] - 1] + run[-1].end[1]
    mark = _mark(run[0])
    rest = run[0].line[: run[0].start[1]] + mark if _alone(run[0]) else None
    return mark, "\n".join(token.string.removeprefix(mark) for token in run), rest, begin, end


CUTTERS: dict[str, Callable[[str], Iterator[Piece]]] = {"markdown": _prose, "code": _code}
