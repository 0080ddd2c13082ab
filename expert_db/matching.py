"""Who fits a learner's need best, and why: a pure function from what is known to a ranking with its reasons.

An expert can be a match when he is free, shares a concept with the need and speaks a language of the learner's. If
nobody who is free speaks one, the others are ranked and the reasons say so. The score is the weighted sum of five
shares between 0 and 1; equal scores are ordered by load and then by member id, so the same facts give the same ranking.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from expert_db.members import LEVELS, Member, Role, Standing
from expert_db.regions import hours_apart, region

WEIGHTS: dict[str, float] = {"concepts": 4.0, "language": 1.0, "nearness": 1.0, "fairness": 1.0, "evidence": 1.0}
ENOUGH_EVIDENCE = 10

# A reason as data: a code of `expert_db.reasons.SENTENCES` and the values its sentence shows.
Reason = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Wanted:
    """What a learner needs; `languages` and `country` are hers, `languages` with the one she prefers first."""

    learner: int
    country: str
    concepts: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Load:
    """Places a mentor has given or keeps for a learner (`held`), and proposals that may become one (`offered`)."""

    held: int = 0
    offered: int = 0

    @property
    def total(self) -> int:
        return self.held + self.offered


@dataclass(frozen=True)
class Evidence:
    """On one concept: questions an expert wrote in the answer topics of, and answers of his that were accepted."""

    answered: int = 0
    accepted: int = 0

    @property
    def points(self) -> int:
        return self.answered + 2 * self.accepted


@dataclass(frozen=True)
class Match:
    """An expert who can be a need's mentor, how well he fits and why."""

    mentor: Member
    score: float
    reasons: list[Reason] = field(default_factory=list)


def rank(
    wanted: Wanted,
    experts: Iterable[Member],
    load: Mapping[int, Load],
    evidence: Mapping[str, Mapping[str, Evidence]] | None = None,
    excluded: Collection[int] = (),
) -> list[Match]:
    """The experts who can be mentors for what is wanted, best first.

    `load` is by member id; `evidence` by member name, then concept; `excluded` are member ids, such as those of the
    mentors who declined.
    """
    able = [e for e in experts if e.id not in excluded and _able(wanted, e, load.get(e.id, Load()))]
    speaking = [e for e in able if set(e.speaks) & set(wanted.languages)]
    known = evidence or {}
    matches = [_match(wanted, e, load.get(e.id, Load()), known.get(e.name, {})) for e in speaking or able]
    return sorted(matches, key=lambda m: (-m.score, load.get(m.mentor.id, Load()).total, m.mentor.id))


def free_places(expert: Member, load: Load) -> int:
    """How many more learners an expert can take now."""
    taking = expert.role == Role.EXPERT and expert.standing == Standing.APPROVED and not expert.paused
    return max(0, expert.capacity - load.held) if taking else 0


def _able(wanted: Wanted, expert: Member, load: Load) -> bool:
    shares = not wanted.concepts or any(concept in expert.expertise for concept in wanted.concepts)
    return shares and expert.id != wanted.learner and free_places(expert, load) > 0


def _match(wanted: Wanted, expert: Member, load: Load, evidence: Mapping[str, Evidence]) -> Match:
    shared = sorted((c for c in wanted.concepts if c in expert.expertise), key=lambda c: (-expert.expertise[c], c))
    shares = {
        "concepts": _concepts(wanted, expert, shared),
        "language": _language(wanted, expert),
        "nearness": _nearness(wanted, expert),
        "fairness": 1 - min(1.0, load.total / expert.capacity),
        "evidence": min(1.0, sum(evidence[c].points for c in shared if c in evidence) / ENOUGH_EVIDENCE),
    }
    score = round(sum(WEIGHTS[name] * share for name, share in shares.items()), 6)
    return Match(expert, score, _reasons(wanted, expert, load, evidence, shared))


def _concepts(wanted: Wanted, expert: Member, shared: list[str]) -> float:
    most = LEVELS[-1] * len(wanted.concepts)
    return sum(expert.expertise[concept] for concept in shared) / most if most else 0.0


def _language(wanted: Wanted, expert: Member) -> float:
    """1 for the language she prefers, a half for her second, a third for her third."""
    places = [place for place, language in enumerate(wanted.languages, 1) if language in expert.speaks]
    return 1 / places[0] if places else 0.0


def _nearness(wanted: Wanted, expert: Member) -> float:
    hours = hours_apart(wanted.country, expert.country)
    neighbours = region(wanted.country) == region(expert.country) != ""
    return 0.5 * neighbours + 0.5 * (0.0 if hours is None else 1 - hours / 12)


def _reasons(
    wanted: Wanted, expert: Member, load: Load, evidence: Mapping[str, Evidence], shared: list[str]
) -> list[Reason]:
    common = [language for language in wanted.languages if language in expert.speaks]
    language: Reason = ("language", {"languages": common}) if common else _no_language(expert)
    reasons = [language]
    reasons += [("concept", {"concept": c, "level": expert.expertise[c]}) for c in shared]
    for concept in (c for c in shared if c in evidence):
        reasons += _evidence(concept, evidence[concept])
    reasons += _near(wanted, expert)
    reasons.append(("room", {"n": free_places(expert, load)}))
    return reasons


def _no_language(expert: Member) -> Reason:
    return ("no-common-language", {"languages": expert.speaks})


def _evidence(concept: str, known: Evidence) -> list[Reason]:
    if known.accepted:
        return [("accepted", {"concept": concept, "n": known.accepted})]
    return [("answered", {"concept": concept, "n": known.answered})] if known.answered else []


def _near(wanted: Wanted, expert: Member) -> list[Reason]:
    reasons: list[Reason] = []
    if wanted.country == expert.country:
        reasons.append(("same-country", {"country": expert.country}))
    elif region(wanted.country) == region(expert.country) != "":
        reasons.append(("same-region", {"region": region(expert.country)}))
    hours = hours_apart(wanted.country, expert.country)
    if hours is not None and wanted.country != expert.country:
        reasons.append(("hours", {"n": round(hours)}) if hours >= 0.5 else ("same-hours", {}))
    return reasons
