"""The words of a text together with what their neighbourhood and their writer's habits tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.latvian.text import Word
from knowledge.places.vocabulary import CLOSE, FILLERS, OTHER_PREPOSITIONS

_CLOSE_KM = 15
_OPENING = ' "„“«('


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a text says in words that nothing else has claimed; `answering` when it answers the question where."""

    text: str
    words: Sequence[Word]
    answering: bool
    capitals: bool  # the writer uses them, so that a missing one says something
    marks: bool  # the writer uses diacritics, so that a missing one says something

    def after(self, index: int) -> Word | None:
        """Return the next word, if nothing but spaces or the point of an abbreviation lies between."""
        if index + 1 >= len(self.words):
            return None
        following = self.words[index + 1]
        return following if self.text[self.words[index].end : following.start].strip(" ") in {"", "."} else None

    def before(self, index: int) -> Word | None:
        """Return the word before, if only spaces or an opening quote lie between."""
        if index <= 0:
            return None
        previous = self.words[index - 1]
        return previous if not self.text[previous.end : self.words[index].start].strip(_OPENING) else None

    def preposition(self, index: int) -> str:
        """Return the word before, folded, or nothing."""
        before = self.before(index)
        return before.folded if before is not None else ""

    def opens(self, index: int) -> bool:
        """Whether the word is the first of a sentence or line, where a capital says nothing."""
        return self.text[: self.words[index].start].rstrip(_OPENING)[-1:] in {"", ".", "!", "?", ":", "\n", ")"}

    def has_capital(self, index: int) -> bool:
        """Whether the word begins with a capital that its writer chose."""
        return self.capitals and self.words[index].text[0].isupper()

    def follows_name(self, index: int) -> bool:
        """Whether a capitalised word stands right before, as a first name before a surname."""
        before = self.before(index)
        return before is not None and before.text[0].isupper() and before.folded not in FILLERS

    def is_close_to(self, index: int) -> bool:
        """Whether `netālu no`, `3 km no` or the like stands before the word."""
        if self.preposition(index) != "no":
            return False
        before = self.preposition(index - 1)
        distance = self.preposition(index - 2) if before == "km" else ""
        return before in CLOSE or (distance.isdigit() and int(distance) <= _CLOSE_KM)

    def is_elsewhere(self, index: int) -> bool:
        """Whether the word is where somebody comes from or goes to: `no Cēsu novada`, not `netālu no`."""
        return self.preposition(index) in OTHER_PREPOSITIONS and not self.is_close_to(index)

    def is_all(self, index: int) -> bool:
        """Whether the text says nothing but this word."""
        return len(self.words) <= 6 and all(
            number == index or word.folded in FILLERS for number, word in enumerate(self.words)
        )


def sentence(text: str, words: Sequence[Word], *, answering: bool) -> Sentence:
    """Return the sentence of a text and its words that are still free to be read."""
    return Sentence(
        text,
        words,
        answering,
        capitals=not text.isupper(),
        marks=any(not word.text.isascii() for word in words),
    )
