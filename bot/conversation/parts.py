"""The parts of a text: what it asks, what it tells, and what is left of it beside what it does."""

from knowledge.acts import Act, acts
from knowledge.latvian.text import words
from knowledge.questions import split_questions

_POLITE = frozenset({"ludzu", "please", "пожалуйста", "nu", "tad", "un"})  # beside an act they say nothing


def asked_and_told(text: str) -> tuple[str, str]:
    """Return what a text asks, and what else it says besides greetings and the like."""
    asked = [piece for piece in split_questions(text) if piece.asks and not piece.is_all_acts]
    told, at = [], 0
    for piece in asked:
        told.append(text[at : piece.start].strip())
        at = piece.end
    rest = "\n".join(part for part in [*told, text[at:].strip()] if part)
    return "\n".join(piece.text for piece in asked), rest if content(rest, acts(rest)) else ""


def content(text: str, done: tuple[Act, ...]) -> str:
    """Return what is left of a text without the parts that are acts."""
    rest, at = [], 0
    for act in sorted(done, key=lambda act: act.start):
        rest.append(text[at : max(at, act.start)])
        at = max(at, act.end)
    rest.append(text[at:])
    left = " ".join(rest)
    return left.strip() if any(word.folded not in _POLITE for word in words(left)) else ""
