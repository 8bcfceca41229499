"""Correcting: what a person takes back, by value („ne 300, bet 320”) or by name („mainīt skaitu”)."""

from collections.abc import Iterable
from typing import Any

from bot.conversation import reviewing, running
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import Question
from knowledge.acts import Act
from knowledge.correction import Correction
from knowledge.found import Found
from knowledge.latvian.text import fold, words

# Beginnings of „change”, folded as typed words are.
_CHANGING = (
    *("main", "nomain", "pamain", "izmain", "labo", "izlabo", "salabo", "precize"),
    *(fold("change"), "edit", fold("correct"), "fix", "измен", "помен", "исправ"),
)
_OPENING, _CLOSING = '„“«"', '”“»"'


def correct(talk: Talk, act: Act) -> str:
    """Change what is named or what fits; without a new value, ask the named question again."""
    flow, run = talk.open
    correction = act.correction or Correction()
    wrong = correction.wrong.value if correction.wrong else ""
    right = _quoted(talk.item.said.text, correction.right) if correction.right else ""
    key = named(talk, correction.named.value) if correction.named else ""
    if not key and right and not wrong and _only_names(talk, right):
        # „Labot pienākumu” names the question; its word is no answer to it.
        key, right = named(talk, right), ""
    if right:
        turn = engine.correct(flow, run, talk.today, wrong=wrong, right=right, key=key)
        if turn.notes:
            running.settle(talk, turn)
            running.remember(talk, turn)
            return "corrected"
    other = named(talk, right) if right and not wrong else ""
    if key := key or (other if other in run.answers else ""):
        talk.change(run=engine.reopen(flow, run, key).run)
        running.ask(talk)
        return "reopened"
    if not right and not wrong:
        reviewing.review(talk)
        return "review"
    return ""


def named(talk: Talk, thing: str) -> str:
    """Find the question that a person names: „skaitu”, „vietas veidu”, „tālruņa numuru”."""
    return named_in(engine.applicable(*talk.open), thing)


def named_in(questions: Iterable[Question[Any]], thing: str) -> str:
    """Find the question that is named among these; '' for none."""
    folded = [word.folded for word in words(thing)]
    best, key = (0, -1), ""
    for question in questions:
        hits = [(index, _stem(word, question.things)) for index, word in enumerate(folded)]
        # The more of the words, the better; of equals the one that the last word names.
        score = (sum(stem for _, stem in hits), max((index for index, stem in hits if stem), default=-1))
        if score[0] and score > best:
            best, key = score, question.key
    return key


def says_change(text: str) -> bool:
    """Whether a text begins by saying that something is to be changed."""
    return any(word.folded.startswith(_CHANGING) for word in words(text)[:3])


def _only_names(talk: Talk, text: str) -> bool:
    """Whether a person says that something is to be changed, and no more than its name."""
    things = [question.things for question in engine.applicable(*talk.open)]
    names = all(any(_stem(word.folded, known) for known in things) for word in words(text))
    return names and says_change(talk.item.said.text)


def _quoted(text: str, part: Found[str]) -> str:
    """Return a part of a text with the quotation marks around its beginning and its end."""
    if text[part.start : part.end] != part.value:
        return part.value
    begin = part.start - (part.start > 0 and text[part.start - 1] in _OPENING)
    value, after = text[begin : part.end], text[part.end : part.end + 1]
    opened = sum(map(value.count, "„«")) > sum(map(value.count, "”“»")) or value.count('"') % 2
    return value + after if opened and after and after in _CLOSING else value


def _stem(word: str, things: tuple[str, ...]) -> int:
    return max((len(name) for name in things if word.startswith(fold(name))), default=0)
