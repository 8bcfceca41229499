"""Questions: cutting a text, from one word to a long letter, into the questions and wishes it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.acts import Act, hear
from knowledge.latvian.text import words
from knowledge.latvian.word_list import word_list
from knowledge.wishes import told_flow, wished_flow

_LONGEST_READ = 10_000  # characters

# The end of a sentence: a mark and a space, or a line's end. `20. maijā`, `2020. g. pavasarī`, `u. c.` go on.
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\s*\n\s*|(?:^|\s)(?=\d{1,2}\)\s)")
_GOES_ON = re.compile(
    r"(?:\d|\b(?:g|gs|plkst|piem|utt|u|c|t|s|nr|tālr|tel|dr|ha|st|pag|nov|kad|apz))\.$", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^(?:\d{1,2}[).]|[-–•*])\s+")
# A second question in one sentence: `Kas ir MapMyTree un vai tur vajag kontu?`
_AND_ASKS = re.compile(
    r"(?:,|\s)+(?:un|kā arī|and|и)\s+(?=(?:vai|kā|kur|kad|cik|kas|kāpēc|kādi|kādas|kuri|no kura|kopš|"
    r"how|what|where|when|who|which|do|does|is|are|can|как|где|когда|кто|можно|нужно|сколько|какие)\s)",
    re.IGNORECASE,
)
_SMALL_TALK = frozenset(("greeting", "thanks", "farewell", "who", "insult", "unclear"))
_WISHES = frozenset(("human", "unsubscribe", "forget_me", "my_trees"))
# Words that point back to what was said before.
_POINTING = frozenset(
    word_list(
        "tas ta to tie tos tas tam tiem tur sie sos sis si sadi sadus tadi tadus tads it they them those "
        "these that there это они их его они там такие"
    )
)
_CLOSING = re.compile(
    r"^(?:ar cie[nņ]u|cieņā|jauku dienu|ar sveicieniem|jau iepriekš|(?:best |kind )?regards|с уважением)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A sentence of a text, `text[start:end]`, what it does, and up to two sentences just before it.

    `flow` is the flow it wants started, if any; `asks` whether it is a question.
    """

    text: str
    start: int
    end: int
    before: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    asks: bool = False
    flow: str | None = None

    @property
    def points_back(self) -> bool:
        """Whether it speaks of what was said before: *tie*, *to*, *tur*."""
        return not _POINTING.isdisjoint(word.folded for word in words(self.text))

    @property
    def is_small_talk(self) -> bool:
        """Whether greetings, thanks and the like are all there is; `Der?` asks something."""
        return self.is_all_acts and all(act.kind in _SMALL_TALK for act in self.acts)

    @property
    def is_all_acts(self) -> bool:
        """Whether the acts leave no word of it over."""
        left = self.text
        for act in sorted(self.acts, key=lambda act: act.start, reverse=True):
            left = left[: act.start] + left[act.end :]
        return bool(self.acts) and not words(left)

    @property
    def wants(self) -> bool:
        """Whether it asks or wishes something."""
        wishes = self.flow is not None or any(act.kind in _WISHES for act in self.acts)
        return wishes or (self.asks and not self.is_small_talk)


def split_questions(text: str) -> tuple[Piece, ...]:
    """Return the sentences of a text that ask or wish something; all of a text that has none as one piece.

    Greetings, thanks, closings and what a letter tells around its questions are left out, but kept in `before`.
    """
    sentences = [piece for piece in _sentences(text[:_LONGEST_READ]) if not _CLOSING.match(piece.text)]
    wanting = tuple(piece for piece in sentences if piece.wants)
    if wanting:
        return wanting
    told = [piece for piece in sentences if not piece.is_small_talk] or sentences
    if not told:
        return ()
    whole = told[0] if len(told) == 1 else _piece(text, told[0].start, told[-1].end)
    return (replace(whole, flow=whole.flow or told_flow(whole.text)),)


def split_in_two(piece: Piece) -> tuple[Piece, ...]:
    """Cut a sentence at its second question, `… un vai …`; the piece itself where there is none."""
    match = _AND_ASKS.search(piece.text)
    if match is None or min(len(words(piece.text[: match.start()])), len(words(piece.text[match.end() :]))) < 2:
        return (piece,)
    first, second = piece.text[: match.start()], piece.text[match.end() :]
    return (
        Piece(text=first, start=piece.start, end=piece.start + match.start(), before=piece.before, asks=True),
        Piece(text=second, start=piece.start + match.end(), end=piece.end, before=(*piece.before, first), asks=True),
    )


def _sentences(text: str) -> Iterator[Piece]:
    """Yield the sentences in order, each knowing the two before it."""
    before: tuple[str, ...] = ()
    for start, end in _spans(text):
        mark = _LIST_MARK.match(text[start:end])
        piece = _piece(text, start + (mark.end() if mark else 0), end, before[-2:])
        yield piece
        if not piece.is_small_talk:
            before = (*before, piece.text)


def _piece(text: str, start: int, end: int, before: tuple[str, ...] = ()) -> Piece:
    sentence = text[start:end]
    heard = hear(sentence)
    flow = wished_flow(sentence, asks=heard.asks)
    return Piece(text=sentence, start=start, end=end, before=before, acts=heard.acts, asks=heard.asks, flow=flow)


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
