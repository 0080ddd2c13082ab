"""Markdown to safe HTML, as a forum cooks its posts."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])


def cook(raw: str) -> str:
    """The HTML of a post; tags and attributes that could run something are gone."""
    return nh3.clean(str(_markdown.render(raw)), link_rel="noopener nofollow ugc")


def slug_of(title: str) -> str:
    """The readable part of an address; titles in other scripts than Latin have a plain one."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:80] or "topic"
