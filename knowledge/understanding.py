"""Understanding: what a text asks for (an answer, a flow, an action, a person ...) and how sure that is.

Rules come first, for what a ranker can't tell apart (a wish from a question about it); then the search.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import yaml

from knowledge.acts import is_question
from knowledge.latvian.language import Language, detect
from knowledge.latvian.text import clean, words
from knowledge.latvian.word_list import word_list
from knowledge.questions import Piece, split_in_two, split_questions
from knowledge.search import CERTAIN, TOLD, UNWRITTEN, Answer, Choices, Foreign, Index
from knowledge.topic import Topic, load

Outcome = Literal["answer", "choose", "flow", "action", "handover", "declined", "unsure"]

_OUTSIDE = Path(__file__).with_name("outside.yaml")
_ELSEWHERE = "elsewhere"
_MOST_CHOICES = 3
_FEW_WORDS = 4
_MOST_QUESTIONS = 8  # of one text; a longer list is for a person to read

# Small talk, the weightiest first: `paldies, idiot` is an insult.
_SMALL_TALK = ("insult", "who", "help", "unclear", "thanks", "farewell", "greeting")
_ACTIONS = ("forget_me", "unsubscribe", "my_trees", "language")
_TOPIC_OF_FLOW = {
    "register_trees": "staff-registers-for-me",
    "register_list": "bulk-upload",
    "site_fault": "website-problem",
    "land_offer": "municipality-sites",
    "expert_visit": "municipality-sites",
    "event_invitation": "planting-events",
    "school_challenge": "schools",
    "eu_login": "account-eu-login",
    "reportnet_delivery": "reportnet3-login",
    "certificate": "certificate-thanks",
}
_GOING_ON = frozenset(word_list("un a bet and but а и"))  # how a question begins that goes on from another
_LOUD = frozenset(("insult", "who"))  # heard whatever else the sentence says
_ASIDE = frozenset(("greeting", "thanks", "farewell", "yes", "no", "insult"))
# Of what a sentence alone and with the ones before it is taken for, the first of these is believed.
_TRUST = ("answer", "choose", "unsure", "declined")


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """What a text, or one question of it, asks for.

    `topic` comes with `answer`, `flow` and `handover`; `choices` (topic ids, the likeliest first) with `choose`;
    `flow` and `action` name what to start. `kind` tells more: the kind of small talk where `topic` is `smalltalk`,
    `forestry` or `elsewhere` where `declined`, the id of an unwritten topic where `unsure`, the language wished for
    where `action` is `language`. `more` holds the other questions of the text.
    """

    text: str
    language: Language
    outcome: Outcome
    topic: str | None = None
    choices: tuple[str, ...] = ()
    flow: str | None = None
    action: str | None = None
    kind: str | None = None
    score: float = 0.0
    more: tuple["Understanding", ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether nothing speaks against it: a rule says so, or the search is all but sure."""
        return self.outcome not in {"answer", "choose"} or self.topic == "smalltalk" or self.score >= CERTAIN

    @property
    def cautious(self) -> "Understanding":
        """The same with a choice for every answer that something speaks against, where no other can stand beside it."""
        more = tuple(one.cautious for one in self.more)
        if self.is_certain or len(self.choices) < 2:
            return replace(self, more=more)
        return replace(self, outcome="choose", topic=None, more=more)


def open_index(topics: Sequence[Topic] | None = None) -> Index:
    """Build the index of our topics (those in the tree by default), and of what they must not answer."""
    return Index(load() if topics is None else topics, foreign())


def foreign() -> dict[str, list[str]]:
    """Return the texts that no topic answers, by groups."""
    with _OUTSIDE.open(encoding="utf-8") as file:
        outside = yaml.load(file, Loader=yaml.CSafeLoader)
    return {**outside["foreign"], TOLD: outside["told"], UNWRITTEN: outside["unwritten"]}


def understand(text: str, index: Index, *, rules: bool = True) -> Understanding:
    """Return what a text asks for; of several questions the first, with the others in its `more`.

    Without `rules` only the search speaks, and the text is one question: for content that isn't ours.
    """
    text = clean(text)
    language = detect(text)
    if not rules:
        return _searched(Piece(text=text, start=0, end=len(text), asks=True), index, language)
    pieces = split_questions(text)[:_MOST_QUESTIONS]
    found = _distinct([part for piece in pieces for part in _of_piece(piece, index, language)])
    first, *more = found or [Understanding(text=text, language=language, outcome="unsure")]
    return replace(first, more=tuple(more)) if more else replace(first, text=text)


def following(understood: Understanding, topic: str | None) -> Understanding:
    """Return what a text asks for after `topic` was answered: `un bērzi?`, which says too little alone, asks on."""
    asked = words(understood.text)
    goes_on = topic is not None and 1 < len(asked) <= _FEW_WORDS and asked[0].folded in _GOING_ON
    if not goes_on or understood.outcome not in {"unsure", "choose"}:
        return understood
    return replace(understood, outcome="answer", topic=topic, choices=(*understood.choices,))


def _of_piece(piece: Piece, index: Index, language: Language) -> Iterator[Understanding]:
    """Yield what a sentence asks for: mostly one thing, two where its halves ask for different ones."""
    if told := _by_rules(piece, language):
        yield told
        return
    asked = replace(piece, text=_without_asides(piece))
    halves = split_in_two(asked)
    answers = [_found(half.text, index, language, asks=True) for half in halves] if len(halves) > 1 else []
    if answers and all(answer.outcome == "answer" for answer in answers):
        yield from answers
        return
    answers = [_searched(half, index, language) for half in halves] if len(halves) > 1 else []
    if answers and all(answer.outcome == "answer" for answer in answers):
        yield from answers
    else:
        yield _searched(asked, index, language)


def _by_rules(piece: Piece, language: Language) -> Understanding | None:
    """Return what the rules see in a sentence: an action, a wish for a person or a flow, small talk."""
    nothing = Understanding(text=piece.text, language=language, outcome="unsure")
    by_kind = {act.kind: act for act in reversed(piece.acts)}
    for action in _ACTIONS:
        if action in by_kind:
            return replace(nothing, outcome="action", action=action, kind=by_kind[action].value)
    if "human" in by_kind:
        return replace(nothing, outcome="handover", topic="contact-human")
    if piece.flow:
        return replace(nothing, outcome="flow", topic=_TOPIC_OF_FLOW[piece.flow], flow=piece.flow)
    for kind in _SMALL_TALK:
        if kind in by_kind and (kind in _LOUD or piece.is_all_acts):
            return replace(nothing, outcome="answer", topic="smalltalk", kind=kind)
    # `jā`, `tālāk`: nothing to search for; `Der?` after a sentence is about that.
    return nothing if piece.is_all_acts and not (piece.asks and piece.before) else None


def _searched(piece: Piece, index: Index, language: Language) -> Understanding:
    """Search a sentence alone, and together with what stands before it where that may tell what it is about."""
    alone = _found(piece.text, index, language, asks=piece.asks)
    if not piece.before or (alone.outcome == "answer" and not _leans(piece)):
        return alone
    longer = [" ".join((*piece.before[-count:], piece.text)) for count in range(1, len(piece.before) + 1)]
    told = min((_found(text, index, language, asks=piece.asks) for text in longer), key=_doubt)
    best = told if _leans(piece) and told.outcome == "answer" else min(alone, told, key=_doubt)
    if piece.points_back and best is alone and alone.topic and told.outcome == "choose":
        # What `they` are is not clear enough to answer differently, and is offered beside the answer.
        best = replace(alone, choices=tuple(dict.fromkeys((alone.topic, *told.choices)))[:_MOST_CHOICES])
    return replace(best, text=piece.text)


def _leans(piece: Piece) -> bool:
    """Whether what stands before a sentence says what it is about: it points back to it, or adds but a few words."""
    adds_little = len(words(piece.text)) <= _FEW_WORDS and not is_question(piece.before[-1])
    return piece.points_back or adds_little


def _doubt(understood: Understanding) -> tuple[int, float]:
    return _TRUST.index(understood.outcome), -understood.score


def _found(text: str, index: Index, language: Language, *, asks: bool) -> Understanding:
    nothing = Understanding(text=text, language=language, outcome="unsure")
    match index.find(text, asks=asks):
        case Answer(topic=topic, choices=choices, score=score):
            return replace(nothing, outcome="answer", topic=topic, choices=choices, score=score)
        case Choices(topics=choices, score=score):
            return replace(nothing, outcome="choose", choices=choices, score=score)
        case Foreign(group=group, score=score):
            return replace(nothing, outcome="declined", kind=group, score=score)
    return nothing


def _without_asides(piece: Piece) -> str:
    """Cut greetings, thanks and a leading yes or no off the beginning of a sentence."""
    start = 0
    for act in piece.acts:
        if act.kind not in _ASIDE or words(piece.text[start : act.start]):
            break
        start = act.end
    left = piece.text[start:].lstrip(" ,.;:!–-")
    return left if words(left) else piece.text


def _distinct(found: Sequence[Understanding]) -> list[Understanding]:
    """Drop repetitions, and what is only small talk beside something real."""
    real = [item for item in found if item.topic != "smalltalk"] or list(found)
    kept: dict[object, Understanding] = {}
    for item in real:
        kept.setdefault((item.outcome, item.topic, item.choices, item.flow, item.action, item.kind), item)
    return list(kept.values())
