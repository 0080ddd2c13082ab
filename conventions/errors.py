"""Errors that a person can act on: a stable code, the thing and the value named, what to do next."""

from typing import Any

from conventions.texts import Translate


class ClearingHouseError(Exception):
    """Something a person asked for could not be done, and nothing was changed.

    `code` is stable and is what other programs go by; `status` is the HTTP status; `message` is a catalogue
    text with `{named}` places for `values`. Mark it for extraction where it is written: `N_("…")`.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, **values: Any) -> None:
        super().__init__(message.format(**values))
        self.code = code
        self.message = message
        self.status = status
        self.values = values

    def sentence(self, translate: Translate) -> str:
        """The message in the language of `translate`, with those of its values that have words of their own."""
        return translate(self.message, **{name: _said(value, translate) for name, value in self.values.items()})


def _said(value: Any, translate: Translate) -> Any:
    return value.sentence(translate) if hasattr(value, "sentence") else value
