"""Network, for the Secretariat: who asks to join first, then the members, coverage, needs, waits and figures."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Literal

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from conventions.texts import N_
from expert_db import network
from expert_db.concepts import label
from expert_db.members import Member, Role, Standing, decide
from expert_db.pages.posted import posted
from expert_db.participation import counts
from expert_db.people import export_table
from expert_db.regions import REGIONS, region
from expert_db.visit import Visit, here

router = APIRouter()

ROLES = {
    Role.OFFICER: N_("National officer"),
    Role.EXPERT: N_("Expert"),
    Role.CENTRE: N_("Regional centre"),
    Role.SECRETARIAT: N_("Secretariat"),
}
# How the table can be sorted; the members come by name, which stays the order among equals.
SORTS: dict[str, Callable[[Member], str]] = {
    "name": lambda _member: "",
    "country": lambda member: member.country,
    "role": lambda member: member.role,
    "joined": lambda member: member.joined_at.isoformat(),
}
SORT_NAMES = {"name": N_("Name"), "country": N_("Country"), "role": N_("Role"), "joined": N_("Member since")}
MOST_ROWS = 200
# What each figure counts.
FIGURES = {
    "joined": N_("People who asked to join"),
    "approved": N_("People let in"),
    "enrolled": N_("Enrolments in courses"),
    "opened": N_("Lessons and assignments opened"),
    "submitted": N_("Submissions"),
    "graded": N_("Grades given"),
    "feedback_read": N_("Feedback read"),
    "released": N_("Course versions released"),
    "asked": N_("Questions asked"),
    "answered": N_("Posts written in linked topics"),
    "solved": N_("Answers accepted"),
    "needed": N_("Requests for a mentor"),
    "proposed": N_("Mentors proposed"),
    "matched": N_("Learners matched with a mentor"),
    "declined": N_("Requests declined by mentors"),
    "ended": N_("Mentorships ended"),
    "thanked": N_("Mentors thanked"),
}
Decision = Literal["accept", "refuse", "undo"]
DECISIONS: dict[Decision, tuple[Standing, str]] = {
    "accept": (Standing.APPROVED, N_("{name} is let in. You can undo this below.")),
    "refuse": (Standing.REFUSED, N_("{name} is not let in. You can undo this below.")),
    "undo": (Standing.WAITING, N_("The decision on {name} is taken back.")),
}


@router.get("/network")
def show(visit: Visit = Depends(here), role: str = "", group: str = "", sort: str = "name") -> HTMLResponse:
    visit.signed_in(Role.SECRETARIAT)
    with visit.database.session() as session:
        everybody = network.members(session)
        people = [m for m in everybody if role in ("", m.role) and group in ("", region(m.country))]
        happened = counts(session)
        return visit.show(
            "experts/network.html",
            asking=network.members(session, standing=Standing.WAITING),
            decided=network.decisions(session),
            people=sorted(people, key=SORTS.get(sort, SORTS["name"]))[:MOST_ROWS],
            found=len(people),
            total=len(everybody),
            chosen={"role": role, "group": group, "sort": sort if sort in SORTS else "name"},
            roles={key.value: visit.translate(name) for key, name in ROLES.items()},
            regions={key: visit.translate(name) for key, name in REGIONS.items()},
            sorts={key: visit.translate(name) for key, name in SORT_NAMES.items()},
            region=region,
            coverage=network.coverage(session),
            reach=network.reach(session),
            gaps=[(label(gap.concept, visit.language.code), gap) for gap in network.gaps(session)],
            waits=network.waits_by_language(session),
            figures=[(visit.translate(FIGURES[kind]), happened[kind]) for kind in network.INDICATORS],
        )


@router.post("/network/members/{name}/{decision}")
def settle(
    name: str, decision: Decision, visit: Visit = Depends(here), _: FormData = Depends(posted)
) -> RedirectResponse:
    secretariat = visit.signed_in(Role.SECRETARIAT)
    standing, notice = DECISIONS[decision]
    with visit.database.session() as session:
        member = decide(session, name, standing, by=secretariat.name)
    return visit.go("/network", visit.translate(notice, name=member.full_name))


@router.get("/network/members.csv")
def export_members(visit: Visit = Depends(here)) -> Response:
    visit.signed_in(Role.SECRETARIAT)
    with visit.database.session() as session:
        everybody = [member for standing in Standing for member in network.members(session, standing=standing)]
        return _file("members.csv", export_table(everybody))


@router.get("/network/indicators.csv")
def export_indicators(visit: Visit = Depends(here)) -> Response:
    visit.signed_in(Role.SECRETARIAT)
    written = StringIO()
    table = csv.writer(written, lineterminator="\n")
    with visit.database.session() as session:
        happened = counts(session)
        table.writerow(("indicator", "group", "value"))
        table.writerows((kind, "", happened[kind]) for kind in network.INDICATORS)
        for row in network.coverage(session):
            for name in ("members", "countries", "officers", "experts", "places", "looking"):
                table.writerow((name, row.region or "none", getattr(row, name)))
            table.writerow(("median_wait_days", row.region or "none", "" if row.days is None else round(row.days, 1)))
    return _file("indicators.csv", written.getvalue())


def _file(name: str, text: str) -> Response:
    # The mark at the start makes spreadsheets read the names in all scripts.
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)
