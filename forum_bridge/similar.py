"""Threads that already answer a question, in whatever language they were written.

A thread and a question are compared by the concepts of the vocabulary, which are the same in six languages, and by
their words, or pairs of characters in Chinese. What few threads have weighs more (inverse document frequency), and a
long thread is not better for being long (cosine). Always the same result for the same forum.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log, sqrt

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from conventions.stems import words
from conventions.vocabulary import find
from forum_bridge.links import Link
from forum_bridge.mirror import Post, Topic

CONCEPT_WEIGHT = 3.0
LEAST = 0.12
CANDIDATES = 50
_CHINESE = re.compile(r"[\u3400-\u9fff]+")

Stamp = tuple[str, str, datetime | None, int | None]


@dataclass(frozen=True)
class Similar:
    """A thread and why it is shown: concepts and words that it shares with the question. `score` is 0–1."""

    topic: int
    subject: str
    score: float
    concepts: tuple[str, ...]
    words: tuple[str, ...]


def features(text: str, language: str, concepts: Iterable[str]) -> dict[str, float]:
    """What a text is compared by, with the weight of its kind: concepts as `#key`, words as they are."""
    found = {f"#{key}": CONCEPT_WEIGHT for key in concepts}
    for stems in words(_CHINESE.sub(" ", text), language):
        if len(stems[0]) > 2 or stems[0].isdecimal():
            found[stems[0]] = 1.0
    for run in _CHINESE.findall(text):
        found |= {run[i : i + 2]: 1.0 for i in range(len(run) - 1)}
    return found


class Index:
    """The mirror's threads, ready to be compared; brought up to date with what changed before each search."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamps: dict[int, Stamp] = {}
        self._subjects: dict[int, str] = {}
        self._features: dict[int, dict[str, float]] = {}
        self._threads: dict[str, set[int]] = defaultdict(set)

    def search(
        self, session: Session, text: str, language: str, *, may_read: Callable[[str], bool], limit: int = 5
    ) -> list[Similar]:
        """The threads that answer a question best, of those that the reader may read."""
        wanted = features(text, language, find(text, language))
        with self._lock:
            self._refresh(session)
            rarity = {feature: self._rarity(feature) for feature in wanted}
            readable = [topic for topic in self._candidates(wanted, rarity) if may_read(self._subjects[topic])]
            found = [self._compare(topic, wanted, rarity) for topic in readable[:CANDIDATES]]
        good = sorted((s for s in found if s.score >= LEAST), key=lambda s: (-s.score, s.topic))
        return good[:limit]

    def _candidates(self, wanted: Mapping[str, float], rarity: Mapping[str, float]) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        for feature, weight in wanted.items():
            for topic in self._threads.get(feature, ()):
                scores[topic] += weight * rarity[feature]
        return sorted(scores, key=lambda topic: (-scores[topic], topic))

    def _compare(self, topic: int, wanted: Mapping[str, float], rarity: Mapping[str, float]) -> Similar:
        has = self._features[topic]
        shared = sorted(wanted.keys() & has.keys(), key=lambda f: (-rarity[f] * wanted[f], f))
        dot = sum((wanted[f] * rarity[f]) ** 2 for f in shared)
        ours = sqrt(sum((weight * rarity[f]) ** 2 for f, weight in wanted.items()))
        theirs = sqrt(sum((weight * self._rarity(f)) ** 2 for f, weight in has.items()))
        return Similar(
            topic=topic,
            subject=self._subjects[topic],
            score=dot / (ours * theirs),
            concepts=tuple(f[1:] for f in shared if f.startswith("#")),
            words=tuple(f for f in shared if not f.startswith("#")),
        )

    def _rarity(self, feature: str) -> float:
        return log(1 + (1 + len(self._features)) / (1 + len(self._threads.get(feature, ()))))

    def _refresh(self, session: Session) -> None:
        latest = func.max(Post.updated_at)
        query = select(Topic.id, Topic.subject, Topic.title, latest, Topic.accepted_id)
        query = query.outerjoin(Post, Post.topic_id == Topic.id).where(Topic.deleted.is_(False)).group_by(Topic.id)
        # A subject's general topic is opened by the platform: until somebody writes in it, it answers nothing.
        general = select(Link.topic_id).where(Link.topic_id.is_not(None))
        query = query.having(or_(Topic.id.not_in(general), func.max(Post.number) > 1))
        stamps: dict[int, Stamp] = {row[0]: (row[1], row[2], row[3], row[4]) for row in session.execute(query)}
        for gone in self._stamps.keys() - stamps.keys():
            self._drop(gone)
        for number, stamp in stamps.items():
            if self._stamps.get(number) != stamp:
                topic = session.get_one(Topic, number)
                self._drop(number)
                self._add(topic, _text(session, topic))
        self._stamps = stamps

    def _drop(self, topic: int) -> None:
        for feature in self._features.pop(topic, {}):
            self._threads[feature].discard(topic)

    def _add(self, topic: Topic, text: str) -> None:
        self._features[topic.id] = features(text, topic.language, topic.concepts)
        self._subjects[topic.id] = topic.subject
        for feature in self._features[topic.id]:
            self._threads[feature].add(topic.id)


def _text(session: Session, topic: Topic) -> str:
    """What a thread is about: its title, its first post and its accepted answer."""
    telling = (Post.number == 1) | (Post.id == topic.accepted_id)
    posts = session.scalars(select(Post.raw).where(Post.topic_id == topic.id, telling).order_by(Post.number))
    return "\n".join([topic.title, *posts])
