"""How long titles and posts must be: the forum's defaults, so that a form can say it before the forum refuses."""

import re

SHORTEST_POST, SHORTEST_TITLE, SHORTEST_DENSE = 20, 15, 8
LONGEST_POST, LONGEST_TITLE = 32_000, 255
_CHINESE_OR_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def spoken(raw: str) -> str:
    """What counts of a text: comments, such as the outbox's marks, do not."""
    return _COMMENT.sub("", raw).strip()


def least_of(raw: str, usual: int) -> int:
    """The least number of characters: Chinese and Japanese say as much in fewer."""
    text = spoken(raw)
    dense = len(_CHINESE_OR_JAPANESE.findall(text))
    return min(usual, SHORTEST_DENSE) if dense * 2 >= max(len(text), 1) else usual
