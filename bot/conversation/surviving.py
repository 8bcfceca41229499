"""Surviving: what a person says a year later of how many of their trees still grow."""

from knowledge.acts import acts, is_question
from knowledge.latvian.numbers import find_numbers
from knowledge.latvian.text import words

ALL, UNKNOWN = "all", "unknown"
KEY = "survival"  # of the question, in what a conversation waits for

_ALL = frozenset({"visi", "visas", "all", "все"})
_NONE = frozenset({"neviens", "neviena", "none", "ни"})
_MOST_WORDS = 10  # whoever says more tells of something else as well


def read(text: str) -> int | str | None:
    """Return the number, ALL or UNKNOWN; None for a text that does not say it."""
    folded = [word.folded for word in words(text)]
    if not folded or len(folded) > _MOST_WORDS or is_question(text):
        return None
    if any(word in _ALL for word in folded):
        return ALL
    if any(word in _NONE for word in folded):
        return 0
    numbers = [found.value.exact for found in find_numbers(text) if found.value.exact is not None]
    if numbers:
        return int(min(numbers))  # „aug 48 no 50”
    return UNKNOWN if any(act.kind == "dont_know" for act in acts(text)) else None
