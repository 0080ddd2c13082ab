"""The words of the hand-in button and its dialog, in the member's language."""

from typing import Any

from conventions.texts import N_
from courses.learner.client import translate

WORDS = {
    "handIn": N_("Hand in"),
    "handingIn": N_("Saving and handing in…"),
    "handedIn": N_("Handed in"),
    "kept": N_("The platform has stored your file. This is your receipt."),
    "notHandedIn": N_("Not handed in"),
    "save": N_("Save to the desk"),
    "saving": N_("Saving to the desk…"),
    "saved": N_("Saved to the desk"),
    "savedHow": N_("The desk has this state of the notebook. The check there says what is still missing."),
    "notSaved": N_("Not saved to the desk"),
    "attempt": N_("Attempt"),
    "number": N_("Receipt number"),
    "time": N_("Time"),
    "hash": N_("SHA-256 of the file"),
    "open": N_("Open receipt and feedback"),
    "close": N_("Close"),
    "silent": N_("Your server does not answer just now. Your file is safe there; try again in a minute."),
}


def words() -> dict[str, Any]:
    """What the button asks for first."""
    say = translate()
    found = {key: say(text) for key, text in WORDS.items()}
    return {"language": say.language.code, "direction": say.language.direction, "words": found}
