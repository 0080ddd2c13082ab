"""The pages of the menu; which role sees which, and in what order, is in `hub_config.roles`."""

from dataclasses import dataclass

from conventions.texts import N_
from expert_db.members import Member
from hub_config.roles import RIGHTS


@dataclass(frozen=True)
class Page:
    """An entry of the menu and the sentence that says what the page is for."""

    path: str
    title: str
    sentence: str


PAGES: dict[str, Page] = {
    "learning": Page("/learning", N_("My learning"), N_("Your courses, tasks, receipts and feedback.")),
    "mentor": Page("/mentor", N_("My mentor"), N_("Ask for a mentor, or go on with yours.")),
    "requests": Page("/requests", N_("Requests for me"), N_("Learners who would like your help, and why you.")),
    "questions": Page("/questions", N_("Questions"), N_("What you asked, and what others ask in your field.")),
    "desk": Page("/desk", N_("Author's desk"), N_("Your courses: translations, checks, releases and grading.")),
    "network": Page("/network", N_("Network"), N_("Members, coverage, needs and the figures on them.")),
    "courses": Page("/courses", N_("Courses"), N_("All courses, with their languages and length.")),
    "dashboards": Page("/dashboards", N_("Dashboards"), N_("Figures on the conventions, with source and date.")),
    "data": Page("/data", N_("Data"), N_("The tables behind the figures, to download and for programs.")),
    "find": Page("/find", N_("Look up"), N_("What the conventions say of a waste, a chemical or a term.")),
}


def menu(member: Member | None) -> list[Page]:
    """The pages of a member's role, or the public ones, in their order."""
    return [PAGES[name] for name in RIGHTS[member.role if member else None].pages]
