"""Errors carry a stable code, what they are about, and a sentence in the reader's language."""

import pytest

from conventions.errors import ClearingHouseError
from conventions.texts import N_, texts

UNKNOWN = N_("“{concept}” is not in the vocabulary. Choose a concept from the list.")


def test_an_error_names_code_status_and_thing() -> None:
    """What other programs go by is there, and the message for logs is filled in."""
    error = ClearingHouseError("unknown-concept", UNKNOWN, status=404, concept="y99")
    assert (error.code, error.status, error.values) == ("unknown-concept", 404, {"concept": "y99"})
    assert str(error).startswith("“y99” is not")


def test_a_sentence_in_the_readers_language() -> None:
    """The sentence is translated and the value stands in it."""
    error = ClearingHouseError("unknown-concept", UNKNOWN, concept="y99")
    french = error.sentence(texts("fr"))
    assert "y99" in french and french != error.sentence(texts("en"))


def test_a_bad_request_is_the_default() -> None:
    """An error without a status is the asker's to mend; a place left unfilled is a mistake of the code."""
    assert ClearingHouseError("x", "y").status == 400
    with pytest.raises(KeyError):
        ClearingHouseError("unknown-concept", UNKNOWN)
