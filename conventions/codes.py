"""Codes of the annexes to the Basel Convention, however people write them: `a 1181`, `Y-49`, `Ｙ４９`."""

import re

from conventions.digits import plain
from conventions.errors import ClearingHouseError
from conventions.texts import N_

UNKNOWN = N_(
    "“{entry}” is not a code of the annexes of the Basel Convention. Codes look like A1181, B3011, Y31, H6.1, D10, R4."
)

_SHAPE = re.compile(r"([ABYHDR])(\d{1,4})(?:\.(\d))?")
# Letters of other scripts that look like those of the codes.
_LOOK_ALIKE = str.maketrans({"А": "A", "В": "B", "Н": "H", "У": "Y", "Υ": "Y", "Α": "A", "Β": "B", "Η": "H"})


def normal(code: str) -> str:
    """The code as the annexes write it: capitals, no spaces or hyphens, no leading zeros. Raises `unknown-code`.

    Only its shape is looked at; whether there is such an entry, `conventions.annexes.entry` says.
    """
    written = plain(code).upper().translate(_LOOK_ALIKE)
    match = _SHAPE.fullmatch(re.sub(r"[\s\-_–—‐‑]", "", written))
    if match is None:
        raise unknown(code)
    letter, number, part = match.groups()
    return f"{letter}{int(number)}" + (f".{part}" if part else "")


def unknown(code: str) -> ClearingHouseError:
    """The error for a code that there is not."""
    return ClearingHouseError("unknown-code", UNKNOWN, status=404, entry=code)
