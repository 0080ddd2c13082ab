"""The tables written by hand against reference texts: every difference is recorded with its reason."""

from conventions.annexes import annexes, entries
from conventions.compile.compare import PARSED, Difference, differences, plain, reasons
from conventions.pic import annex_iii
from conventions.pops import pops
from tests.conventions.reference import reference


def test_every_difference_has_a_reason() -> None:
    """What was found when last compared is written down, and each line says why it is so."""
    recorded = reasons()
    assert len(recorded) == 38 and all(recorded.values())


def test_what_differs_is_not_called_verified() -> None:
    """A row whose wording differs from the second text, or is not in it, is not verified; all others are."""
    differing = {difference.key for difference in reasons() if difference.reference.startswith("basel_codes")}
    frame = annexes()
    assert not set(frame.loc[frame["verified"] == "yes", "code"]) & differing
    then = entries(on=PARSED)
    same = then[~then["code"].isin(differing) & (then["annex"] != "III") & (then["text_kind"] == "official")]
    assert set(same["verified"]) == {"yes"} and len(same) > 150


def test_what_came_later_names_another_text() -> None:
    """The parse is of May 2017: what was listed after is verified only by a text that its source names."""
    frame = annex_iii()
    later = frame[~(frame["valid_from"] <= "2017-05-10")]
    verified = later[later["verified"] == "yes"]
    assert len(later) == 11 and verified["source"].str.contains("; ").all()
    listed = pops()
    assert ((listed["verified"] == "yes") == listed["source"].str.contains("; ")).all()


def test_the_comparison_is_as_recorded() -> None:
    """Made again against the reference folder, the comparison finds the recorded differences and no other."""
    assert set(differences(reference())) == set(reasons())


def test_a_slip_would_be_found() -> None:
    """The comparison looks at letters and digits: a word more is a difference, case and footnotes are none."""
    assert plain("Lead; lead <sup>1)x</sup> compounds") == plain("LEAD, lead compounds.")
    assert plain("Lead compounds") != plain("Lead and compounds")
    assert Difference("t", "r", "k", "a", "b") not in reasons()
