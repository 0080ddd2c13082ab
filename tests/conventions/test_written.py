"""Whatever people write: codes and CAS numbers are read back, and nothing but a refusal comes of the rest."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from conventions import cas, codes
from conventions.errors import ClearingHouseError

SEPARATORS = st.sampled_from(["", " ", "-", "‑", "–", "  ", " - "])
FULL_WIDTH = str.maketrans("0123456789ABYHDR", "０１２３４５６７８９ＡＢＹＨＤＲ")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
SCRIPTS = st.sampled_from([{}, FULL_WIDTH, ARABIC])


@given(
    st.from_regex(r"[1-9][0-9]{3,8}", fullmatch=True),
    SEPARATORS,
    SEPARATORS,
    SCRIPTS,
    st.sampled_from(["", "CAS ", "CAS No. "]),
)
def test_every_cas_number_is_read_however_it_is_written(
    digits: str, first: str, last: str, script: dict[int, int], word: str
) -> None:
    """Any separators, full-width or Arabic digits and the word before give the number with its hyphens."""
    check = cas.check_digit(digits)
    number = f"{digits[:-2]}-{digits[-2:]}-{check}"
    written = f"{digits[:-2]}{first}{digits[-2:]}{last}{check}"
    assert cas.normal(word + written.translate(script)) == number


@given(st.from_regex(r"[1-9][0-9]{3,8}", fullmatch=True), st.integers(1, 9))
def test_every_slip_in_the_check_digit_is_found(digits: str, off: int) -> None:
    """None of the nine other digits passes for the check digit."""
    wrong = (cas.check_digit(digits) + off) % 10
    with contextlib.suppress(ClearingHouseError):
        cas.normal(f"{digits}{wrong}")
        raise AssertionError(digits)


@given(st.sampled_from("ABYHDR"), st.integers(1, 4160), SEPARATORS, SCRIPTS, st.booleans())
def test_every_code_is_read_however_it_is_written(
    letter: str, number: int, separator: str, script: dict[int, int], small: bool
) -> None:
    """Small letters, separators, full-width forms and Arabic digits do not matter."""
    written = f"{letter.lower() if small else letter}{separator}{number}"
    assert codes.normal(written.translate(script)) == f"{letter}{number}"


@given(st.text())
def test_anything_else_is_refused_and_nothing_worse(text: str) -> None:
    """Any text is either a code or a number in its one form, or refused with an error that names it."""
    for normal in (codes.normal, cas.normal):
        try:
            plain = normal(text)
        except ClearingHouseError as refused:
            assert text in refused.values.values()
        else:
            assert normal(plain) == plain
