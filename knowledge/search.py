"""Search: which topic a question is about, learnt from the questions people asked before.

A topic's questions, its names and terms are its examples; questions that are not for us are examples of another
group. A word never seen is read as the known word one letter off, if there is one. Scores are probabilities; the bounds
below were set on tests/knowledge/seen.yaml and unseen-40.yaml, the weights by leaving a fifth of the questions out.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge import classifier, learnt
from knowledge.classifier import Classifier, probabilities
from knowledge.features import Said, beginnings, said
from knowledge.spelling import Vocabulary
from knowledge.topic import Topic

# By kind of feature (see features.py). On a plateau: half or double changes less than a point.
_WEIGHTS = {"c": 4.5, "q": 3.5, "s": 2.0, "p": 2.5, "b": 2.5, "w": 2.0, "g": 1.0}
_ROUNDS_OF_FEW = 25
_FEW = 1000  # examples, up to which learning may take its time

_SURE = 0.6  # from this share of the probability of all topics on, the likeliest is answered
_OFFERED = 0.03  # a topic with less is not among the choices
_BESIDE = 0.08  # nor is one with less offered beside an answer
_MOST_CHOICES = 3
# How much likelier than what is not for us a text must be (as a logarithm), less so when it names what we speak of.
_OURS = 1.9
_FOR_A_CONCEPT = 0.6
_TOLD_SURELY = 0.95  # from here on even a question mark doesn't make a question of it: „un bērzi?”
_LEAST_FOREIGN = 4  # words; fewer say too little to be sure that they are not for us
_LEAST = 1e-12  # no probability is less, so that its logarithm can be taken
_NOT_OURS = frozenset(("elsewhere", "timber"))  # concepts of synonyms.yaml

# Groups of texts that are for us, and that no topic answers: what asks nothing, and what nobody has written about.
TOLD = "told"
UNWRITTEN = "unwritten"
CERTAIN = 0.85  # from this share on nothing else is offered beside an answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A topic, or a group of questions that are not for us, and the probability that a text belongs to it."""

    id: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The topic that a text is about; `choices` has it first and then others it may be about, if any may."""

    topic: str
    choices: tuple[str, ...]
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """The topics, one to three, that a text may be about, the likeliest first."""

    topics: tuple[str, ...]
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """A text that isn't for us; `group` is the group of such questions it is most like."""

    group: str
    score: float


class Index:
    """The known questions of topics, and of `foreign` groups that no topic answers."""

    def __init__(
        self,
        topics: Iterable[Topic],
        foreign: Mapping[str, Sequence[str]] | None = None,
        *,
        concepts: bool = True,
    ) -> None:
        """Learn the questions, or recall what they teach; without `concepts`, of topics that aren't ours."""
        known = tuple(topics)
        groups = groups_of(known, foreign or {})
        self.topics = frozenset(topic.id for topic in known)
        self.foreign = frozenset(groups) - self.topics
        self._concepts = concepts
        lesson = learnt.recall(groups) if concepts else None
        if lesson is None:
            lesson = learn(groups, concepts=concepts)
        self._classifier = Classifier(lesson)
        self._nearest = Vocabulary(Counter(lesson["words"]).elements(), beginnings() if concepts else ()).nearest

    def find(self, text: str, *, asks: bool = True) -> Answer | Choices | Foreign | None:
        """Decide what a text is about; None when it says too little even to offer a choice.

        `asks`: whether it is a question; what isn't may be about a topic (`parole neder`), or tell of one's trees.
        """
        read = self._read(text)
        if not any(self._classifier.knows(feature) for word in read.words for feature in word.features[:1]):
            return None
        ranked = self._ranked(read)
        if ranked[0].id == UNWRITTEN or (ranked[0].id == TOLD and (not asks or ranked[0].score >= _TOLD_SURELY)):
            return None
        ours = [candidate for candidate in ranked if candidate.id in self.topics]
        theirs = next((candidate for candidate in ranked if candidate.id in self.foreign - {TOLD, UNWRITTEN}), None)
        if theirs and not self._is_ours(read, ours[0], theirs):
            too_little = ours[0].score > theirs.score and len(read.words) < _LEAST_FOREIGN
            if not too_little:
                return Foreign(group=theirs.id, score=theirs.score)
            if ours[0].score < CERTAIN * sum(candidate.score for candidate in ours):
                return None
        whole = sum(candidate.score for candidate in ours)
        likely = [(candidate.id, candidate.score / whole) for candidate in ours]
        topic, score = likely[0]
        near = likely[:_MOST_CHOICES]
        if score >= _SURE or not self.foreign:
            beside = [name for name, share in near[1:] if share >= _BESIDE and score < CERTAIN]
            return Answer(topic=topic, choices=(topic, *beside), score=score)
        return Choices(topics=tuple(name for name, share in near if share >= _OFFERED), score=score)

    def _is_ours(self, read: Said, best: Candidate, theirs: Candidate) -> bool:
        named = {concept for word in read.words for concept in word.concepts} - _NOT_OURS
        return math.log(best.score / theirs.score) + _FOR_A_CONCEPT * len(named) >= _OURS

    def rank(self, text: str) -> list[Candidate]:
        """Return the topics and groups by how likely a text is about each."""
        return self._ranked(self._read(text))

    def _ranked(self, read: Said) -> list[Candidate]:
        likely = probabilities(self._classifier.scores(read.features))
        found = [
            Candidate(id=group, score=max(p, _LEAST)) for group, p in zip(self._classifier.groups, likely, strict=True)
        ]
        return sorted(found, key=lambda candidate: candidate.score, reverse=True)

    def _read(self, text: str) -> Said:
        return said(text, respell=self._nearest, concepts=self._concepts)


def groups_of(topics: Iterable[Topic], foreign: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the texts of every topic and of every group that is not for us."""
    by_id = {topic.id: list(_texts(topic)) for topic in topics}
    return {group: list(texts) for group, texts in foreign.items()} | by_id


def learn(groups: Mapping[str, Sequence[str]], *, concepts: bool = True) -> dict[str, Any]:
    """Learn what belongs to which group, a second or two for three thousand texts; what comes of it fits into JSON."""
    read = [(group, said(text, concepts=concepts)) for group, texts in sorted(groups.items()) for text in texts]
    examples = [(group, tuple(example.features)) for group, example in read]
    rounds = {"rounds": _ROUNDS_OF_FEW} if len(read) <= _FEW else {}
    lesson = classifier.learn(examples, _WEIGHTS, **rounds)
    counted = Counter(word.folded for _, example in read for word in example.words)
    return {**lesson, "words": dict(sorted(counted.items()))}


def _texts(topic: Topic) -> Iterator[str]:
    for asked in topic.questions.values():
        yield from asked
    yield from topic.title.values()
    yield from topic.label.values()
    yield from topic.terms
