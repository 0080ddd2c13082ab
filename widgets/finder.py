"""A widget: does this need prior informed consent? A path of questions, each with the article that asks it.

The steps are in our own words after the texts of the Basel Convention (Articles 1, 4, 4A, 6, 11), of the Rotterdam
Convention (Articles 5 to 13) and of the Stockholm Convention (Article 3); nobody has compared them with the texts.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import anywidget
import traitlets

from conventions.annexes import annexes, applies, entry
from conventions.errors import ClearingHouseError
from conventions.languages import LANGUAGES
from conventions.texts import N_
from widgets.asked import Asked
from widgets.chemicals import LISTS, every, found
from widgets.script import script, style

YES, NO = N_("Yes"), N_("No")
BASEL, ROTTERDAM, STOCKHOLM = N_("Basel Convention"), N_("Rotterdam Convention"), N_("Stockholm Convention")


@dataclass(frozen=True)
class Step:
    """A question with its `answers` (text, next step), or without answers an outcome; `article` is where it is from."""

    text: str
    convention: str = ""
    article: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    consent: str = ""


STEPS = {
    "start": Step(
        N_("What do you want to send across a border?"),
        answers=((N_("A waste"), "waste"), (N_("A chemical or pesticide that is not waste"), "chemical")),
    ),
    "waste": Step(
        N_("Where does the waste stand in the annexes? You can look its code up above."),
        BASEL,
        "1",
        (
            (N_("Annex VIII (A codes) or Annex I (Y1–Y45)"), "hazardous"),
            (N_("Annex II (Y46–Y49)"), "party"),
            (N_("Annex IX (B codes)"), "contaminated"),
            (N_("In none of them"), "national"),
        ),
    ),
    "hazardous": Step(
        N_("Does the waste have a hazardous characteristic of Annex III?"),
        BASEL,
        "1 (1) (a)",
        ((N_("Yes, or it was not shown that it has none"), "ban"), (N_("No, that was shown"), "national")),
    ),
    "contaminated": Step(
        N_("Does it contain Annex I material to such an extent that it has a characteristic of Annex III?"),
        BASEL,
        "1 (1) (a)",
        ((YES, "ban"), (NO, "national")),
    ),
    "national": Step(
        N_("Does the State of export, import or transit call it hazardous in its law?"),
        BASEL,
        "1 (1) (b), 3",
        ((YES, "party"), (NO, "free")),
    ),
    "ban": Step(
        N_("Does it go from a State of Annex VII (OECD, EU, Liechtenstein) to a State that is not of Annex VII?"),
        BASEL,
        "4A",
        ((N_("Yes, and the Ban Amendment binds the State of export"), "banned"), (NO, "party")),
    ),
    "party": Step(
        N_("Is the State of import a Party, or is there an agreement with it?"),
        BASEL,
        "4 (5), 11",
        ((YES, "prohibited"), (NO, "no-party")),
    ),
    "prohibited": Step(
        N_("Has the State of import prohibited the import of this waste?"),
        BASEL,
        "4 (1)",
        ((YES, "refused"), (NO, "consent")),
    ),
    "banned": Step(N_("The export is prohibited, with consent or without."), BASEL, "4A", consent="no"),
    "no-party": Step(
        N_("The export is prohibited: no movement from or to a State that is no Party."), BASEL, "4 (5)", consent="no"
    ),
    "refused": Step(
        N_("The export is prohibited: the State of import does not allow it."), BASEL, "4 (1) (b)", consent="no"
    ),
    "consent": Step(
        N_(
            "Prior informed consent is needed: notify the States of import and transit in writing, wait for their "
            "written consent and for the contract of disposal, and send a movement document with the waste."
        ),
        BASEL,
        "6 (1)–(4), 4 (7) (c)",
        consent="yes",
    ),
    "free": Step(
        N_("The Basel Convention asks for no consent. Other law may: ask the competent authority."),
        BASEL,
        "1",
        consent="none",
    ),
    "chemical": Step(
        N_("Does Annex A or B of the Stockholm Convention list it? You can look its name or CAS number up above."),
        STOCKHOLM,
        "3",
        ((YES, "pop-use"), (NO, "listed")),
    ),
    "pop-use": Step(
        N_(
            "Is it sent for environmentally sound disposal, or for a use that is exempted in the State of import? "
            "A State that is no Party has to certify this each year."
        ),
        STOCKHOLM,
        "3 (2) (b)",
        ((YES, "listed"), (NO, "pop-refused")),
    ),
    "pop-refused": Step(N_("The export is not allowed."), STOCKHOLM, "3 (2) (b)", consent="no"),
    "listed": Step(
        N_("Does Annex III of the Rotterdam Convention list it?"),
        ROTTERDAM,
        "5–7",
        ((YES, "response"), (NO, "banned-here")),
    ),
    "response": Step(
        N_("What has the Party of import answered, as the PIC Circular says?"),
        ROTTERDAM,
        "10, 11",
        (
            (N_("It consents, or consents under conditions"), "pic"),
            (N_("It does not consent"), "not-consented"),
            (N_("It has not answered"), "no-response"),
        ),
    ),
    "pic": Step(
        N_("You may export as the response allows, with a label, a safety data sheet and the customs code."),
        ROTTERDAM,
        "11, 13",
        consent="yes",
    ),
    "not-consented": Step(N_("The export is not allowed."), ROTTERDAM, "11 (1) (b)", consent="no"),
    "no-response": Step(
        N_(
            "No export, unless the chemical is registered or was used before in the Party of import, or its designated "
            "national authority has given explicit consent."
        ),
        ROTTERDAM,
        "11 (2)",
        consent="yes",
    ),
    "banned-here": Step(
        N_("Has the exporting Party banned or severely restricted it?"),
        ROTTERDAM,
        "12",
        ((YES, "notice"), (NO, "no-consent")),
    ),
    "notice": Step(
        N_("Not consent, but an export notification before the first export and in each later year."),
        ROTTERDAM,
        "12",
        consent="none",
    ),
    "no-consent": Step(N_("None of the three conventions asks for consent."), consent="none"),
}
# Where a look-up leads: the annex an entry stands in → the step at which its path begins.
FIRST = {
    "I": "hazardous",
    "VIII": "hazardous",
    "II": "party",
    "IX": "contaminated",
    "III": "response",
    "A": "pop-use",
    "B": "pop-use",
}

TEXTS = {
    "title": N_("Does this need prior informed consent?"),
    "find": N_("Look up a code, a name or a CAS number"),
    "hint": "A1181, B3011, 50-29-3",
    "begin": N_("Begin here"),
    "change": N_("Change"),
    "again": N_("Begin again"),
    "where": N_("{convention}, Article {article}"),
    "no": N_("Not allowed"),
    "yes": N_("Consent needed"),
    "none": N_("No consent needed"),
    "caveat": N_(
        "In our own words and unverified; for legal purposes read the articles. Exemptions and national law may differ."
    ),
}
MOST = 8


class Finder(anywidget.AnyWidget):
    """The decision path, and a look-up of codes, names and CAS numbers that leads to the right step of it.

    `path` (step, place of the answer) follows what the reader answers; `find` is what she looks for, `matches` what
    is found: `name`, `where`, `step`; `problem` says what is wrong with a code or number.
    """

    _esm = script("finder")
    _css = style("finder")

    page = traitlets.Dict().tag(sync=True)
    find = traitlets.Unicode().tag(sync=True)
    path: "traitlets.List[list[Any]]" = traitlets.List().tag(sync=True)
    matches: "traitlets.List[dict[str, str]]" = traitlets.List().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)

    def __init__(self, asked: Asked) -> None:
        self.translate = asked.translate
        super().__init__(
            page={
                "language": asked.language,
                "direction": LANGUAGES[asked.language].direction,
                "texts": {key: self.translate(text) for key, text in TEXTS.items()},
                "steps": {key: self._step(step) for key, step in STEPS.items()},
            },
            find=asked.view.get("find", ""),
        )

    def _step(self, step: Step) -> dict[str, Any]:
        t = self.translate
        told = asdict(step) | {"text": t(step.text), "answers": [(t(text), to) for text, to in step.answers]}
        return told | {"convention": t(step.convention) if step.convention else ""}

    @traitlets.observe("find")
    def _found(self, change: dict[str, Any]) -> None:
        wanted = change["new"].strip()[:100]
        self.matches, self.problem = [], ""
        if not wanted:
            return
        self.matches = [*self._entries(wanted), *self._chemicals(wanted)][:MOST]
        if not self.matches and not self.problem:
            self.problem = self.translate(N_("Nothing is found. Answer the questions below."))

    def _entries(self, wanted: str) -> list[dict[str, str]]:
        """The entry with this code, or those that apply today and have these words (English)."""
        try:
            rows = [entry(wanted).to_dict()]
        except ClearingHouseError as problem:
            if problem.code == "not-in-force":
                self.problem = problem.sentence(self.translate)
            frame = annexes()
            frame = frame[applies(frame, date.today()) & frame["text"].str.contains(wanted, case=False, regex=False)]
            rows = frame.to_dict("records") if len(wanted) > 3 else []
        t = self.translate
        return [
            {
                "name": f"{row['code']} – {row['text']}",
                "where": t(N_("Basel Convention, Annex {annex}"), annex=row["annex"]),
                "step": FIRST[row["annex"]],
            }
            for row in rows
            if row["annex"] in FIRST and row["annex"] != "III"
        ]

    def _chemicals(self, wanted: str) -> list[dict[str, str]]:
        """The chemicals listed today with this CAS number or these words."""
        frame, problem = found(every(), wanted, self.page["language"])
        if problem and not self.problem:
            self.problem = problem.sentence(self.translate)
        frame = frame[frame["valid_to"].isna() & frame["annex"].isin(list(FIRST))]
        return [
            {"name": row["chemical"], "where": self.translate(LISTS[row["annex"]]), "step": FIRST[row["annex"]]}
            for row in frame.to_dict("records")
        ]
