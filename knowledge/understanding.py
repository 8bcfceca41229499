"""Understanding: what a text asks for (an answer, a flow, an action, a person ...) and how sure that is.

Rules come first, for what a ranker can't tell apart (a wish from a question); then the search. A wrong answer costs
more than a choice, and a choice more than the right answer: the margins below were set for that, on
tests/knowledge/seen.yaml only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import yaml

from knowledge.features import said
from knowledge.latvian.language import Language, detect
from knowledge.latvian.text import clean, words
from knowledge.questions import Piece, split_in_two, split_questions
from knowledge.search import Candidate, Index
from knowledge.topic import Topic, load

Outcome = Literal["answer", "choose", "flow", "action", "handover", "declined", "unsure"]

_OUTSIDE = Path(__file__).with_name("outside.yaml")
_FORESTRY, _ELSEWHERE = "forestry", "elsewhere"

_LEAD = 12.0  # a topic is answered when its score is so much above _RIVAL of the next one's
_RIVAL = 0.8
_POSSIBLE = 14.0  # below this score nothing is offered
_FOREIGN = 9.0  # a question with less of ours in it is declined
_HEARD = 6.0  # from this score on it is said which kind of question was declined
_OFFERED = 0.6  # a topic is among the choices from this share of the best score on
_MOST_CHOICES = 3
_LEAST_DECLINED = 3  # words; fewer say too little to be called off-topic

# A text that speaks of these is never declined for saying too little that we know.
_OURS = frozenset(("ctree", "cregister", "cmapmytree", "creportnet", "caccount", "cseedling"))

# Small talk, the weightiest first: `paldies, idiot` is an insult.
_SMALL_TALK = ("insult", "who", "help", "unclear", "thanks", "farewell", "greeting")
_ACTIONS = ("forget_me", "unsubscribe", "my_trees", "language")
_LOUD = frozenset(("insult", "who"))  # heard whatever else the sentence says
_ASIDE = frozenset(("greeting", "thanks", "farewell", "yes", "no", "insult"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Understanding:
    """What a text, or one question of it, asks for.

    `topic` comes with `answer`, `flow` and `handover`; `choices` (topic ids, the best first) with `choose`; `flow`
    and `action` name what to start. `kind` tells more: the kind of small talk where `topic` is `smalltalk`,
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


def open_index(topics: Sequence[Topic] | None = None) -> Index:
    """Build the index of our topics (those in the tree by default), and of what they must not answer."""
    with _OUTSIDE.open(encoding="utf-8") as file:
        outside = yaml.load(file, Loader=yaml.CSafeLoader)
    others = {_FORESTRY: outside["forestry"], _ELSEWHERE: outside["elsewhere"], **outside["unwritten"]}
    return Index(load() if topics is None else topics, others)


def understand(text: str, index: Index, *, rules: bool = True) -> Understanding:
    """Return what a text asks for; of several questions the first, with the others in its `more`.

    Without `rules` only the search speaks: for content that isn't ours.
    """
    text = clean(text)
    language = detect(text)
    pieces = split_questions(text) if rules else (Piece(text=text, start=0, end=len(text)),)
    found = [part for piece in pieces for part in _of_piece(piece, index, language, rules=rules)]
    first, *more = _distinct(found) or [Understanding(text=text, language=language, outcome="unsure")]
    return replace(first, more=tuple(more)) if more else replace(first, text=text)


def _of_piece(piece: Piece, index: Index, language: Language, *, rules: bool) -> Iterator[Understanding]:
    """Yield what a sentence asks for: mostly one thing, two where its halves ask for different ones."""
    nothing = Understanding(text=piece.text, language=language, outcome="unsure")
    told = _by_rules(piece, nothing) if rules else None
    if told:
        yield told
        return
    asked = _without_asides(piece) if rules else piece.text
    halves = [_searched(half, index, nothing) for half in split_in_two(replace(piece, text=asked))] if rules else []
    if len(halves) > 1 and all(half.outcome == "answer" for half in halves):
        yield from halves
    else:
        yield _searched(replace(piece, text=asked), index, nothing)


def _by_rules(piece: Piece, nothing: Understanding) -> Understanding | None:
    """Return what the rules see in a sentence: an action, a wish for a person or a flow, small talk."""
    by_kind = {act.kind: act for act in reversed(piece.acts)}
    for action in _ACTIONS:
        if action in by_kind:
            return replace(nothing, outcome="action", action=action, kind=by_kind[action].value)
    if "human" in by_kind:
        return replace(nothing, outcome="handover", topic="contact-human")
    if piece.flow:
        return replace(nothing, outcome="flow", topic="staff-registers-for-me", flow=piece.flow)
    for kind in _SMALL_TALK:
        if kind in by_kind and (kind in _LOUD or piece.is_all_acts):
            return replace(nothing, outcome="answer", topic="smalltalk", kind=kind)
    return None


def _searched(piece: Piece, index: Index, nothing: Understanding) -> Understanding:
    """Search a sentence alone, and with what stands before it if that makes the better sense."""
    alone = _decided(index, piece.text, nothing)
    if not piece.before or (alone.outcome == "answer" and not piece.points_back):
        return alone
    tries = [alone]
    for count in range(1, len(piece.before) + 1):
        tries.append(_decided(index, " ".join((*piece.before[-count:], piece.text)), nothing))
    best = min(tries, key=lambda tried: (_TRUST.index(tried.outcome), -tried.score))
    return replace(best, text=piece.text)


_TRUST = ("answer", "choose", "unsure", "declined")


def _decided(index: Index, text: str, nothing: Understanding) -> Understanding:
    """Rank the topics and decide: answer, offer a choice, say that we are not sure, or decline."""
    ranked = index.rank(text)
    nothing = replace(nothing, text=text)
    topics = [candidate for candidate in ranked if candidate.id in index.topics]
    outside = [candidate for candidate in ranked if candidate.id in {_FORESTRY, _ELSEWHERE}]
    unwritten = [candidate for candidate in ranked if candidate not in topics and candidate not in outside]
    ours, theirs, pending = (_best(group) for group in (topics, outside, unwritten))
    known = max(ours.score, pending.score)
    if theirs.score > known or known - theirs.score / 2 < _FOREIGN:
        short = len(words(text)) < _LEAST_DECLINED and theirs.score < _POSSIBLE
        if short or (theirs.score <= known and not _OURS.isdisjoint(said(text).features)):
            return nothing
        kind = theirs.id if theirs.score >= _HEARD else _ELSEWHERE
        return replace(nothing, outcome="declined", kind=kind, score=theirs.score)
    rival = max(theirs.score, *(candidate.score for candidate in topics[1:2]), 0.0)
    if pending.score - _RIVAL * max(ours.score, theirs.score) >= _LEAD:
        return replace(nothing, kind=pending.id, score=pending.score)
    if ours.score < _POSSIBLE:
        return nothing
    if ours.score - _RIVAL * max(rival, pending.score) >= _LEAD:
        return replace(nothing, outcome="answer", topic=ours.id, score=ours.score)
    offered = [candidate.id for candidate in topics if candidate.score >= _OFFERED * ours.score]
    return replace(nothing, outcome="choose", choices=tuple(offered[:_MOST_CHOICES]), score=ours.score)


def _best(candidates: Sequence[Candidate]) -> Candidate:
    return candidates[0] if candidates else Candidate(id="", score=0.0, coverage=0.0)


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
