"""Search: which topic a question is about, by BM25 over the questions people asked before.

Every known question is a document; features (`features.py`) are what is compared. A topic's score is the sum of its
best documents' scores, each next one counting for less, and of how usual the text's features are among all its
questions. A word never seen is read as the known word one letter off, if there is one. Own code and no numbers
library: a question takes about half a millisecond.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import mul

from knowledge.features import OfWord, Said, said
from knowledge.spelling import Vocabulary
from knowledge.topic import Topic

# Weights were chosen on tests/knowledge/seen.yaml; all are on a plateau where ±30 % changes little.
_WEIGHTS = {"s": 4.0, "c": 10.0, "q": 6.0, "g": 1.0}  # by kind of feature
_K1, _B = 1.2, 0.75
_BEST_DOCUMENTS = [0.8**rank for rank in range(8)]
_COMMON = 0.1  # a feature in more than this share of the documents, or of the topics below, only costs time
_COMMON_TO_TOPICS = 0.5
_HOPEFUL = 8  # topics whose best document is among so many are ranked
_USUAL = 4.0  # what a feature counts for that is usual in a topic, against one found in single questions
_HALF_USUAL = 0.08  # the share of a topic's questions that a feature must be in to count for a half
_GUESSED = 0.8  # how far a word is trusted that was read as another, one letter off
_BY_CONCEPT = 0.8  # how well a word is known that stands for a concept the topic has


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A topic (or a group of questions no topic answers) and how well a text fits it; 0 is not at all.

    `coverage` is the share of the text's words, the rare ones counting for more, that its questions know (0 to 1).
    """

    id: str
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class _Posting:
    """Where a feature stands: what it weighs, in which documents, and in which topics with how much weight there."""

    weight: float
    documents: Sequence[int]
    topics: Sequence[tuple[int, float]]


class Index:
    """The known questions of topics and of `others`: groups of questions that no topic answers, by any name."""

    def __init__(self, topics: Iterable[Topic], others: Mapping[str, Sequence[str]] | None = None) -> None:
        """Build the index, about 0.1 s for a thousand questions."""
        groups = {topic.id: list(_texts(topic)) for topic in topics}
        self.topics = frozenset(groups)
        groups |= {name: list(texts) for name, texts in (others or {}).items() if texts and name not in groups}
        documents = [said(text) for texts in groups.values() for text in texts]
        self._names = list(groups)
        self._spans = _spans(groups)
        self._norms = _norms(documents)
        self._unseen = _rarity(len(documents), 0)
        self._postings = _postings(documents, self._spans)
        self._told = [
            frozenset(feature for read in documents[first:last] for feature in read.features)
            for first, last in self._spans
        ]
        self._vocabulary = Vocabulary(word.folded for read in documents for word in read.words)

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
        single = list(map(mul, single, self._norms))
        totals = [
            _USUAL * share + sum(map(mul, _BEST_DOCUMENTS, sorted(single[first:last], reverse=True)))
            for (first, last), share in zip(self._spans, usual, strict=True)
        ]
        hopeful = nlargest(_HOPEFUL, range(len(totals)), key=totals.__getitem__)
        found = [
            Candidate(id=self._names[number], score=totals[number] / math.sqrt(mass) * coverage, coverage=coverage)
            for number in hopeful
            if totals[number] and (coverage := self._coverage(self._told[number], read))
        ]
        return sorted(found, key=lambda candidate: candidate.score, reverse=True)

    def _coverage(self, told: frozenset[str], read: Said) -> float:
        """Return the share of the words that a topic knows, rare words counting for more."""
        known, whole = 0.0, 0.0
        for word in read.words:
            posting = self._postings.get(word.stem)
            weight = posting.weight if posting else _WEIGHTS["s"] * self._unseen
            whole += weight
            known += weight * _knows(told, word) * (_GUESSED if word.folded in read.guessed else 1.0)
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
    topic_of = [topic for topic, (first, last) in enumerate(spans) for _ in range(first, last)]
    rarity = [_rarity(len(documents), held) for held in range(len(documents) + 1)]
    rarity_of_topic = [_rarity(len(spans), held) for held in range(len(spans) + 1)]
    postings = {}
    for feature, held in places.items():
        kind = _WEIGHTS[feature[0]]
        counts = Counter(topic_of[number] for number in held)
        rare = kind * rarity_of_topic[len(counts)]
        common = len(counts) > max(3, _COMMON_TO_TOPICS * len(spans))
        postings[feature] = _Posting(
            kind * rarity[len(held)],
            held if len(held) <= max(8, _COMMON * len(documents)) else (),
            () if common else [(topic, rare / (1 + _HALF_USUAL * _length(spans[topic]) / n)) for topic, n in counts.items()],
        )
    return postings


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _knows(told: frozenset[str], word: OfWord) -> float:
    """Return how well a topic knows a word: by its stem, by a concept, or by the most of its letters."""
    if word.stem in told:
        return 1.0
    if not told.isdisjoint(word.concepts):
        return _BY_CONCEPT
    grams = [gram for gram in word.grams if len(gram) > 4]
    alike = sum(gram in told for gram in grams) / len(grams) if grams else 0.0
    return alike if alike > 0.5 else 0.0
