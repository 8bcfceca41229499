"""Questions: cutting a text, from one word to a long letter, into the questions and wishes it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.acts import acts, is_question
from knowledge.latvian.text import words
from knowledge.phrases import Line
from knowledge.wishes import wished_flow

_LONGEST_READ = 10_000  # characters

# The end of a sentence: a mark and a space, or a line's end. `20. maijā`, `2020. g. pavasarī`, `u. c.` go on.
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\s*\n\s*|(?:^|\s)(?=\d{1,2}\)\s)")
_GOES_ON = re.compile(r"(?:\d|\b(?:g|gs|plkst|piem|utt|u|c|t|s|nr|tālr|tel|dr|ha|st|pag|nov|kad|apz))\.$", re.IGNORECASE)
_LIST_MARK = re.compile(r"^(?:\d{1,2}[).]|[-–•*])\s+")
# A second question in one sentence: `Kas ir MapMyTree un vai tur vajag kontu?`
_AND_ASKS = re.compile(
    r"(?:,|\s)+(?:un|kā arī|and|и)\s+(?=(?:vai|kā|kur|kad|cik|kas|kāpēc|kādi|kādas|kuri|no kura|kopš|"
    r"how|what|where|when|who|which|do|does|is|are|can|как|где|когда|кто|можно|нужно|сколько|какие)\s)",
    re.IGNORECASE,
)
_LEAST_WORDS = 3
# Words that point back to what was said before.
_POINTING = frozenset(
    "tas ta to tie tos tas tam tiem tur sie sos sis si sadi sadus tadi tadus tads ari it they them those these that "
    "there это они их его они там такие тоже".split()
)
_CLOSING = re.compile(
    r"^(?:ar cieņu|ar cienu|cieņā|jauku dienu|ar sveicieniem|jau iepriekš|best regards|kind regards|regards|с уважением)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A sentence of a text that wants something, `text[start:end]`, and the sentences just before it."""

    text: str
    start: int
    end: int
    before: tuple[str, ...] = ()

    @property
    def points_back(self) -> bool:
        """Whether it can't be understood alone: it is short, or says *tie*, *to*, *tur*."""
        folded = [word.folded for word in words(self.text)]
        return len(folded) <= _LEAST_WORDS or not _POINTING.isdisjoint(folded)


def split_questions(text: str) -> tuple[Piece, ...]:
    """Return the sentences of a text that ask or wish something; all of a text that has none as one piece.

    Greetings, thanks, closings and what a letter tells around its questions are left out, but kept in `before`.
    """
    sentences = [piece for piece in _sentences(text[:_LONGEST_READ]) if not _CLOSING.match(piece.text)]
    wanting = [piece for piece in sentences if _wants(piece.text)]
    if not wanting:
        told = [piece for piece in sentences if not _is_small_talk(piece.text)] or sentences
        return tuple(told) if len(told) < 2 else (_joined(text, told),)
    return tuple(wanting)


def split_in_two(piece: Piece) -> tuple[Piece, ...]:
    """Cut a sentence at its second question, `… un vai …`; the piece itself where there is none."""
    match = _AND_ASKS.search(piece.text)
    if match is None or min(len(words(piece.text[: match.start()])), len(words(piece.text[match.end() :]))) < 2:
        return (piece,)
    first, second = piece.text[: match.start()], piece.text[match.end() :]
    return (
        Piece(text=first, start=piece.start, end=piece.start + match.start(), before=piece.before),
        Piece(text=second, start=piece.start + match.end(), end=piece.end, before=(*piece.before, first)),
    )


def _sentences(text: str) -> Iterator[Piece]:
    """Yield the sentences in order, each knowing the two before it."""
    before: tuple[str, ...] = ()
    for start, end in _spans(text):
        mark = _LIST_MARK.match(text[start:end])
        start += mark.end() if mark else 0
        sentence = text[start:end]
        yield Piece(text=sentence, start=start, end=end, before=before[-2:])
        if not _is_small_talk(sentence):
            before = (*before, sentence)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        goes_on = "\n" not in match[0] and _GOES_ON.search(text[start : match.start()])
        if goes_on and not text[match.end() : match.end() + 1].isupper():
            continue
        if text[start : match.start()].strip():
            yield _trimmed(text, start, match.start())
        start = match.end()
    if text[start:].strip():
        yield _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def _wants(sentence: str) -> bool:
    if is_question(sentence):
        return not _is_small_talk(sentence)
    return wished_flow(sentence) is not None or any(act.kind in {"human", "unsubscribe", "forget_me", "my_trees"} for act in acts(sentence))


def _is_small_talk(sentence: str) -> bool:
    """Whether acts like a greeting or thanks are all there is; `Der?` asks something."""
    found = acts(sentence)
    kinds = {"greeting", "thanks", "farewell", "who", "insult", "unclear"}
    return bool(found) and all(act.kind in kinds and act.rest is None for act in found) and not _leads(sentence, found[0].start)


def _leads(sentence: str, start: int) -> bool:
    """Whether words stand before the first act."""
    return any(token.end <= start and not token.is_mark for token in Line(sentence).tokens)


def _joined(text: str, pieces: list[Piece]) -> Piece:
    return Piece(text=text[pieces[0].start : pieces[-1].end], start=pieces[0].start, end=pieces[-1].end)
