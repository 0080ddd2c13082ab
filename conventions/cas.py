"""CAS Registry Numbers, however people write them, with their check digit.

The last digit is the sum of the others, each times its place counted from the right, modulo ten.
"""

import re

from conventions.digits import plain
from conventions.errors import ClearingHouseError
from conventions.texts import N_

SHAPE = N_("“{cas}” is not a CAS number. It has two to seven digits, two digits and a check digit: 50-29-3.")
CHECK = N_("“{cas}” is not a CAS number: its last digit should be {digit}. Compare it with the label.")

_HYPHENS = re.compile(r"[\s\-_–—‐‑−]+")
_WORDS = re.compile(r"^\s*CAS(\s*-?\s*(RN|No|Number|№))?\s*[.:]?", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{2,7}[0-9]{2}[0-9]")


def normal(cas: str) -> str:
    """The number with its hyphens (`50-29-3`), from `50293`, `CAS 50‑29‑3` `５０-２９-３` or `٥٠-٢٩-٣`.

    Raises `cas-shape`, `cas-check-digit`.
    """
    digits = _HYPHENS.sub("", _WORDS.sub("", plain(cas)))
    if not _DIGITS.fullmatch(digits):
        raise ClearingHouseError("cas-shape", SHAPE, cas=cas)
    if check_digit(digits[:-1]) != int(digits[-1]):
        raise ClearingHouseError("cas-check-digit", CHECK, cas=cas, digit=check_digit(digits[:-1]))
    return f"{digits[:-3]}-{digits[-3:-1]}-{digits[-1]}"


def check_digit(digits: str) -> int:
    """The check digit that belongs behind the other digits of a number."""
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 10
