"""Spelling: the known word that a mistyped one is one letter away from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from knowledge.latvian.stemming import stem

_LEAST_LETTERS = 4  # a shorter word is one letter from too many others
_LEAST_TYPED = 3  # of a word of four letters when one was left out
_SHORT = 5  # up to so many letters only a usual word with the same first letter is meant
_USUAL = 3
_LEAST_BEGINNING = 6


class Vocabulary:
    """The words of some texts, folded; found by what is left of a word, or its stem, when one letter is taken out."""

    def __init__(self, words: Iterable[str], beginnings: Iterable[str] = ()) -> None:
        """Count the words and note what is left of each; `beginnings` of words are looked for where no word fits."""
        counts = Counter(word for word in words if word.isalpha())
        self._meant: dict[str, str] = {}
        for word, _ in counts.most_common():
            self._meant.setdefault(stem(word), word)
        self._meant |= {word: word for word in counts}
        stems: Counter[str] = Counter()
        for word, count in counts.items():
            stems[stem(word)] += count
        self._usual = {word: stems[stem(word)] for word in counts}
        self._without = _by_what_is_left(known for known in self._meant if len(known) >= _LEAST_LETTERS)
        self._beginnings = frozenset(word for word in beginnings if len(word) >= _LEAST_BEGINNING and word.isalpha())
        self._begun = _by_what_is_left(self._beginnings)

    def nearest(self, word: str) -> str:
        """Return the most usual known word that differs by one letter (missing, added, wrong or swapped), or itself.

        A known stem counts as known. Words with the same first letter are preferred: people seldom miss that one.
        """
        if stem(word) in self._meant or word in self._meant or len(word) < _LEAST_TYPED or not word.isalpha():
            return word
        for form in dict.fromkeys((word, stem(word))):
            found = {self._meant[known] for known in self._one_off(form)}
            if len(word) <= _SHORT:
                found = {known for known in found if known[0] == word[0] and self._usual[known] >= _USUAL}
            if found:
                return max(found, key=lambda known: (known[0] == word[0], self._usual[known], known))
        return self._begun_like(word) or word

    def _begun_like(self, word: str) -> str:
        """Return the longest known beginning that the word begins with, but for one letter within it."""
        for length in range(len(word), _LEAST_BEGINNING - 2, -1):
            start = word[:length]
            for left in (start, *_shortened(start)):
                for known in (*self._begun.get(left, "").split(), *((left,) if left in self._beginnings else ())):
                    if known[:2] == word[:2] and (abs(len(known) - length) == 1 or _is_one_off(start, known)):
                        return str(known)
        return ""

    def _one_off(self, form: str) -> Iterator[str]:
        yield from self._without.get(form, "").split()
        for left in _shortened(form):
            if left in self._meant and len(left) >= _LEAST_LETTERS:
                yield left
            yield from (known for known in self._without.get(left, "").split() if _is_one_off(form, known))


def _by_what_is_left(words: Iterable[str]) -> Mapping[str, str]:
    """Note words by what is left of each; several in one string, for a hundred thousand lists take ten megabytes."""
    found: dict[str, str] = {}
    for word in words:
        for left in _shortened(word):
            found[left] = f"{found[left]} {word}" if left in found else word
    return found


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
