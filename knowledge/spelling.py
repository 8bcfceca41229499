"""Spelling: the known word that a mistyped one is one letter away from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from knowledge.latvian.stemming import stem

_LEAST_LETTERS = 4  # a shorter word is one letter from too many others
_SHORT = 5  # up to so many letters only a usual word with the same first letter is meant
_USUAL = 3


class Vocabulary:
    """The words of some texts, folded; found by what is left of a word, or its stem, when one letter is taken out."""

    def __init__(self, words: Iterable[str]) -> None:
        """Count the words and note what is left of each."""
        counts = Counter(word for word in words if word.isalpha())
        self._meant: dict[str, str] = {}
        for word, _ in counts.most_common():
            self._meant.setdefault(stem(word), word)
        self._meant |= {word: word for word in counts}
        stems: Counter[str] = Counter()
        for word, count in counts.items():
            stems[stem(word)] += count
        self._usual = {word: stems[stem(word)] for word in counts}
        self._without: defaultdict[str, list[str]] = defaultdict(list)
        for known in self._meant:
            if len(known) >= _LEAST_LETTERS:
                for left in _shortened(known):
                    self._without[left].append(known)

    def nearest(self, word: str) -> str:
        """Return the most usual known word that differs by one letter (missing, added, wrong or swapped), or itself.

        A known stem counts as known. Words with the same first letter are preferred: people seldom miss that one.
        """
        if stem(word) in self._meant or word in self._meant or len(word) < _LEAST_LETTERS or not word.isalpha():
            return word
        found = {self._meant[known] for form in {word, stem(word)} for known in self._one_off(form)}
        if len(word) <= _SHORT:
            found = {known for known in found if known[0] == word[0] and self._usual[known] >= _USUAL}
        return max(found, key=lambda known: (known[0] == word[0], self._usual[known], known), default=word)

    def _one_off(self, form: str) -> Iterator[str]:
        yield from self._without.get(form, ())
        for left in _shortened(form):
            if left in self._meant and len(left) >= _LEAST_LETTERS:
                yield left
            yield from (known for known in self._without.get(left, ()) if _is_one_off(form, known))


def _shortened(word: str) -> Iterator[str]:
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _is_one_off(word: str, known: str) -> bool:
    """Tell one wrong or two swapped letters from one missing here and another there."""
    if len(word) != len(known):
        return False
    differ = [at for at in range(len(word)) if word[at] != known[at]]
    if len(differ) == 2:
        first, second = differ
        return second == first + 1 and word[first] == known[second] and word[second] == known[first]
    return len(differ) == 1
