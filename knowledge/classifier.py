"""The classifier: which of several groups a text belongs to, learnt from examples by softmax regression.

Own code and no numbers library: learning from 6,000 examples takes some seconds, asking a tenth of a millisecond.
"""

import math
import random
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ROUNDS = 8
_PACE = 5.0  # of the first round; later ones go slower
_TIMES = 3  # so often all is learnt, in another order each time, and the mean taken
_HIDDEN = 0.3  # of an example's features, others in every round: nobody will use just its words
_DIGITS = 3
_LEAST_WORTH = 0.005  # a weight below it decides nothing
_SHARE = 0.05  # a group whose probability is off by less than this learns nothing from an example


class Classifier:
    """Groups learnt from examples; `scores` tells how well features fit each of them."""

    def __init__(self, lesson: Mapping[str, Any]) -> None:
        """Take over what `learn` has returned, of today or read back from JSON."""
        self.groups: list[str] = list(lesson["groups"])
        self._rarity: Mapping[str, float] = lesson["rarity"]
        # Packed into three arrays, all features one after the other: a tenth of what a dict for each of them takes.
        self._fits_of: dict[str, slice] = {}
        self._numbers, self._values = array("H"), array("f")
        for feature, fits in lesson["learnt"].items():
            start = len(self._numbers)
            self._numbers.extend(map(int, fits[0::2]))
            self._values.extend(fits[1::2])
            self._fits_of[feature] = slice(start, len(self._numbers))

    def scores(self, features: Iterable[str]) -> list[float]:
        """Return how well features fit each of the `groups`: the logarithms of odds, but for a constant."""
        fits = [0.0] * len(self.groups)
        for feature, weight in _vector(features, self._rarity):
            if part := self._fits_of.get(feature):
                for group, value in zip(self._numbers[part], self._values[part], strict=True):
                    fits[group] += value * weight
        return fits

    def knows(self, feature: str) -> bool:
        """Whether a feature stood in an example."""
        return feature in self._rarity


def learn(
    examples: Sequence[tuple[str, Sequence[str]]], weights: Mapping[str, float], *, rounds: int = _ROUNDS
) -> dict[str, Any]:
    """Learn from (group, features) examples; `weights` by a feature's first letter. The same every time, and JSON."""
    groups = list(dict.fromkeys(group for group, _ in examples))
    counts = Counter(feature for _, features in examples for feature in features)
    rarity = {
        feature: round(weights[feature[0]] * math.log(1 + len(examples) / count), _DIGITS)
        for feature, count in counts.items()
    }
    number = {group: index for index, group in enumerate(groups)}
    vectors = [(number[group], _vector(features, rarity)) for group, features in examples]
    learnt = _rounded(_learnt(vectors, len(groups), rounds))
    flat = {feature: [part for pair in fits.items() for part in pair] for feature, fits in learnt.items()}
    return {"groups": groups, "rarity": rarity, "learnt": flat}


def probabilities(scores: Sequence[float]) -> list[float]:
    """Turn scores into probabilities."""
    most = max(scores)
    odds = [math.exp(score - most) for score in scores]
    whole = sum(odds)
    return [odd / whole for odd in odds]


_Weights = dict[str, dict[int, float]]


def _vector(features: Iterable[str], rarity: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the known features, rare ones weighing more, together of length one."""
    known = [(feature, rarity[feature]) for feature in features if feature in rarity]
    length = math.sqrt(sum(weight * weight for _, weight in known)) or 1.0
    return [(feature, weight / length) for feature, weight in known]


def _rounded(learnt: _Weights) -> _Weights:
    """Keep what matters, so that it can be written down: three digits, and nothing that comes to zero."""
    short = {
        feature: {group: round(value, _DIGITS) for group, value in fits.items() if abs(value) >= _LEAST_WORTH}
        for feature, fits in learnt.items()
    }
    return {feature: fits for feature, fits in short.items() if fits}


def _learnt(vectors: Sequence[tuple[int, Sequence[tuple[str, float]]]], groups: int, rounds: int) -> _Weights:
    learnt: _Weights = {}
    together: _Weights = {}
    order = list(vectors)
    shuffler = random.Random(0)  # noqa: S311 - a fixed order, not a secret
    for turn in [turn for _ in range(_TIMES) for turn in range(rounds)]:
        if turn == 0:
            learnt = {}
        shuffler.shuffle(order)
        for right, whole in order:
            vector = _some(whole, shuffler)
            likely = probabilities(_fit(learnt, vector, groups))
            likely[right] -= 1
            for group, off in enumerate(likely):
                if not -_SHARE <= off <= _SHARE:
                    step = off * _PACE / (1 + turn)
                    for feature, weight in vector:
                        by_group = learnt.setdefault(feature, {})
                        by_group[group] = by_group.get(group, 0.0) - step * weight
        if turn:
            _add(together, learnt, 1 / (_TIMES * (rounds - 1)))
    return together or learnt


def _some(vector: Sequence[tuple[str, float]], shuffler: random.Random) -> list[tuple[str, float]]:
    """Hide a part of an example; what is left is again of length one."""
    left = [(feature, weight) for feature, weight in vector if shuffler.random() >= _HIDDEN] or list(vector)
    length = math.sqrt(sum(weight * weight for _, weight in left)) or 1.0
    return [(feature, weight / length) for feature, weight in left]


def _add(together: _Weights, learnt: _Weights, share: float) -> None:
    """Add a share of what was learnt: the mean of the rounds, but for the first, is steadier than the last."""
    for feature, by_group in learnt.items():
        mean = together.setdefault(feature, {})
        for group, value in by_group.items():
            mean[group] = mean.get(group, 0.0) + value * share


def _fit(learnt: _Weights, vector: Sequence[tuple[str, float]], groups: int) -> list[float]:
    fits = [0.0] * groups
    for feature, weight in vector:
        for group, value in learnt.get(feature, _NONE).items():
            fits[group] += value * weight
    return fits


_NONE: Mapping[int, float] = {}
