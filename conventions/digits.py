"""Digits of every script as ASCII digits: what people type in Arabic, in full width or otherwise."""

import unicodedata


def plain(text: str) -> str:
    """`text` in compatibility form, its decimal digits as 0 to 9: `٥٠-２９` becomes `50-29`."""
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", text)
    )
