"""Search: which topic a question is about, by BM25 over the questions people asked before.

Every known question is a document; features (`features.py`) are what is compared. A topic's score is the sum of its
best documents' scores, each next one counting for less, and of how usual the text's features are among all its
questions. A word never seen is read as the known word one letter off, if there is one. Own code and no numbers
library: a question takes about half a millisecond.

A wrong answer costs more than a choice, and a choice more than the right answer: the margins were set for that, on
tests/knowledge/seen.yaml only.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from operator import mul
from typing import NamedTuple

from knowledge.features import OfWord, Said, said
from knowledge.spelling import Vocabulary
from knowledge.topic import Topic

# Weights were chosen on tests/knowledge/seen.yaml; all are on a plateau where ±30 % changes little.
_WEIGHTS = {"s": 4.0, "c": 10.0, "q": 6.0, "g": 1.0}  # by kind of feature
_K1, _B = 1.2, 0.75
_BEST_DOCUMENTS = [0.8**rank for rank in range(8)]
_COMMON = 0.1  # a feature in more than this share of the documents, or of the topics below, only costs time
_COMMON_TO_TOPICS = 0.5
_HOPEFUL = 10  # so many topics are looked at closely
_SPREAD = 3.0  # what a topic's documents are worth together, by a rough guess, when its best is worth 1
_USUAL = 4.0  # what a feature counts for that is usual in a topic, against one found in single questions
_HALF_USUAL = 0.08  # the share of a topic's questions that a feature must be in to count for a half
_GUESSED = 0.8  # how far a word is trusted that was read as another, one letter off
_BY_CONCEPT = 0.8  # how well a word is known that stands for a concept the topic has

_LEAD = 10.0  # a topic is answered when its score is so much above _RIVAL of the next one's
_RIVAL = 0.9
_POSSIBLE = 14.0  # below this score nothing is offered
_OFFERED = 0.6  # a topic is among the choices from this share of the best score on
_MOST_CHOICES = 3
_FOREIGN = 9.0  # a text with less of ours in it is foreign
_HEARD = 6.0  # from this score on it is said which group of foreign questions it belongs to
_LEAST_FOREIGN = 3  # words; fewer say too little to be called foreign
# A text that speaks of these is never foreign for saying too little that we know.
_OURS = frozenset(("ctree", "cregister", "cmapmytree", "creportnet", "caccount", "cseedling"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A topic (or a group of questions no topic answers) and how well a text fits it; 0 is not at all.

    `coverage` is the share of the text's words, the rare ones counting for more, that its questions know (0 to 1).
    """

    id: str
    score: float
    coverage: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One topic that a text is about."""

    topic: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """The topics, one to three, that a text may be about, the likeliest first."""

    topics: tuple[str, ...]
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """A text that isn't for us; `group` is the foreign group it belongs to, None where it is like none of them."""

    group: str | None
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Unwritten:
    """A text for us that no topic answers; `group` is the group of such questions it belongs to."""

    group: str
    score: float


class _Posting(NamedTuple):
    """Where a feature stands: what it weighs, in which documents, and in which topics with how much weight there."""

    weight: float
    documents: Sequence[int]
    topics: Sequence[tuple[int, float]]


class Index:
    """The known questions of topics, and of groups that no topic answers: `unwritten` ones of ours, `foreign` ones."""

    def __init__(
        self,
        topics: Iterable[Topic],
        unwritten: Mapping[str, Sequence[str]] | None = None,
        foreign: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Build the index, about 0.1 s for a thousand questions; a group named like a topic is left out."""
        groups = {topic.id: list(_texts(topic)) for topic in topics}
        self.topics = frozenset(groups)
        self.foreign = frozenset(foreign or ())
        others = {**(unwritten or {}), **(foreign or {})}
        groups |= {name: list(texts) for name, texts in others.items() if texts and name not in groups}
        documents = [said(text) for texts in groups.values() for text in texts]
        self._names = list(groups)
        self._spans = _spans(groups)
        self._norms = _norms(documents)
        self._unseen = _rarity(len(documents), 0)
        self._postings = _postings(documents, self._spans)
        self._told = [
            frozenset(chain.from_iterable(read.features for read in documents[first:last]))
            for first, last in self._spans
        ]
        self._vocabulary = Vocabulary(word.folded for read in documents for word in read.words)

    def find(self, text: str) -> Answer | Choices | Unwritten | Foreign | None:
        """Decide what a text is about; None when that is not sure enough even to offer a choice."""
        ranked = self.rank(text)
        ours = [candidate for candidate in ranked if candidate.id in self.topics] or [_NOBODY]
        theirs = next((candidate for candidate in ranked if candidate.id in self.foreign), _NOBODY)
        unwritten = next((c for c in ranked if c.id not in self.topics and c.id not in self.foreign), _NOBODY)
        best = ours[0].score
        if self._is_foreign(text, max(best, unwritten.score), theirs.score):
            return Foreign(group=theirs.id if theirs.score >= _HEARD else None, score=theirs.score)
        if unwritten.score - _RIVAL * max(best, theirs.score) >= _LEAD:
            return Unwritten(group=unwritten.id, score=unwritten.score)
        if best < _POSSIBLE:
            return None
        rival = max(theirs.score, unwritten.score, *(candidate.score for candidate in ours[1:2]), 0.0)
        if best - _RIVAL * rival >= _LEAD:
            return Answer(topic=ours[0].id, score=best)
        near = [candidate.id for candidate in ours if candidate.score >= _OFFERED * best]
        return Choices(topics=tuple(near[:_MOST_CHOICES]), score=best)

    def _is_foreign(self, text: str, known: float, theirs: float) -> bool:
        if theirs <= known and known - theirs / 2 >= _FOREIGN:
            return False
        read = said(text)
        if len(read.words) < _LEAST_FOREIGN and theirs < _POSSIBLE:
            return False
        return theirs > known or _OURS.isdisjoint(read.features)

    def rank(self, text: str) -> list[Candidate]:
        """Return the topics and groups that a text fits, a few, the best first.

        Scores are divided by the root of how much the text says, so that a letter doesn't outdo a question by its
        length alone.
        """
        read = said(text, respell=self._vocabulary.nearest)
        single, usual, mass = [0.0] * len(self._norms), [0.0] * len(self._names), 1.0
        for feature in read.features:
            posting = self._postings.get(feature)
            if posting is None:
                mass += _WEIGHTS[feature[0]] * self._unseen
                continue
            mass += posting.weight
            for number in posting.documents:
                single[number] += posting.weight
            for number, weight in posting.topics:
                usual[number] += weight
        hopeful = nlargest(
            _HOPEFUL,
            range(len(usual)),
            key=lambda topic: _USUAL * usual[topic] + _SPREAD * max(single[slice(*self._spans[topic])]),
        )
        weighed = [self._weighed(word) for word in read.words]
        found = []
        for topic in hopeful:
            first, last = self._spans[topic]
            best = sorted(map(mul, single[first:last], self._norms[first:last]), reverse=True)
            total = _USUAL * usual[topic] + sum(map(mul, _BEST_DOCUMENTS, best))
            coverage = _coverage(self._told[topic], weighed, read.guessed)
            if total and coverage:
                score = total / math.sqrt(mass) * coverage
                found.append(Candidate(id=self._names[topic], score=score, coverage=coverage))
        return sorted(found, key=lambda candidate: candidate.score, reverse=True)

    def _weighed(self, word: OfWord) -> tuple[float, OfWord]:
        posting = self._postings.get(word.stem)
        return (posting.weight if posting else _WEIGHTS["s"] * self._unseen), word


_NOBODY = Candidate(id="", score=0.0, coverage=0.0)


def _coverage(told: frozenset[str], weighed: Sequence[tuple[float, OfWord]], guessed: frozenset[str]) -> float:
    """Return the share of the words that a topic knows, by their stem or a concept; rare words count for more."""
    known, whole = 0.0, 0.0
    for weight, word in weighed:
        whole += weight
        if word.stem in told:
            known += weight * (_GUESSED if word.folded in guessed else 1.0)
        elif not told.isdisjoint(word.concepts):
            known += weight * _BY_CONCEPT
    return known / whole if whole else 0.0


def _texts(topic: Topic) -> Iterator[str]:
    for asked in topic.questions.values():
        yield from asked
    yield from topic.title.values()
    yield from topic.label.values()
    yield from topic.terms


def _spans(groups: Mapping[str, Sequence[str]]) -> list[tuple[int, int]]:
    """Return where each group's documents begin and end, numbered through."""
    spans, first = [], 0
    for texts in groups.values():
        spans.append((first, first + len(texts)))
        first += len(texts)
    return spans


def _norms(documents: Sequence[Said]) -> list[float]:
    """Return BM25's factor for a feature that stands once in a document of this length."""
    lengths = [len(read.features) for read in documents]
    mean = sum(lengths) / max(1, len(lengths))
    return [(_K1 + 1) / (1 + _K1 * (1 - _B + _B * length / mean)) for length in lengths]


def _rarity(whole: int, held: int) -> float:
    """Return BM25's weight of a feature that `held` of the `whole` documents have."""
    return math.log(1 + (whole - held + 0.5) / (held + 0.5))


def _postings(documents: Sequence[Said], spans: Sequence[tuple[int, int]]) -> dict[str, _Posting]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, read in enumerate(documents):
        for feature in read.features:
            places[feature].append(number)
    counts: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for topic, (first, last) in enumerate(spans):
        for feature, count in Counter(chain.from_iterable(read.features for read in documents[first:last])).items():
            counts[feature].append((topic, count))
    rarity = [_rarity(len(documents), held) for held in range(len(documents) + 1)]
    rarity_of_topic = [_rarity(len(spans), held) for held in range(len(spans) + 1)]
    half = [_HALF_USUAL * (last - first) for first, last in spans]
    most, most_topics = max(8, _COMMON * len(documents)), max(3, _COMMON_TO_TOPICS * len(spans))
    postings = {}
    for feature, held in places.items():
        kind, topics = _WEIGHTS[feature[0]], counts[feature]
        rare = kind * rarity_of_topic[len(topics)]
        postings[feature] = _Posting(
            kind * rarity[len(held)],
            held if len(held) <= most else (),
            [(topic, rare / (1 + half[topic] / n)) for topic, n in topics] if len(topics) <= most_topics else (),
        )
    return postings
