"""Kinds of question that need no knowledge of trees: a choice, a yes or no, a text, a telephone number."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar

from flows.grammar import Answers, Json, L, NotUnderstood, Option, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.contacts import find_phones
from knowledge.latvian.language import detect
from knowledge.latvian.text import Word, fold, words

_SHORT = 7  # words
_YES_OR_NO = frozenset({"ja", "ne", "yes", "no", "да", "нет", "ok"})  # alone they tell nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """One answer of a choice.

    `words` are folded phrases that mean it when the question is open; `told` those that mean it inside any
    text. A star ends a stem: `skol*`. `alone` are words that mean it when nothing else is said. A text with one of
    `unless` does not mean it, whatever else it says. `shown` is how the review says it, where the button's label does
    not fit there.
    """

    code: str
    label: str  # at most 20 characters
    words: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    shown: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice(Question[str]):
    """One of a few alternatives; the value is its code. Typed labels, synonyms and „2” are read too."""

    alternatives: tuple[Alternative, ...]

    def read(self, said: Said, today: date) -> Reading[str] | None:
        """Read a label, a synonym, or the number of an alternative."""
        text = said.text.strip()
        if not text:
            return None
        if number := re.fullmatch(r"(\d)[.)]?", text):
            index = int(number[1]) - 1
            if 0 <= index < len(self.alternatives):
                return Understood(value=self.alternatives[index].code, spans=((0, len(said.text)),))
        bare = _row(words(text)).strip()
        if alone := next((a for a in self.alternatives if bare in a.alone), None):
            return Understood(value=alone.code, spans=((0, len(said.text)),))
        # Words such as „mēs” answer only when hardly anything else is said.
        short = len(words(text)) <= _SHORT
        known = [(a, (_phrase(a.label), *a.told, *(a.words if short else ()))) for a in self.alternatives]
        meant = self._meant(said.text, known)
        if len(meant) == 1:
            return Understood(value=meant[0][0], spans=(meant[0][1],))
        return NotUnderstood(why=L("Nesapratu „%(given)s”. Izvēlieties, lūdzu, vienu no atbildēm."), given=text)

    def find(self, said: Said, today: date) -> Reading[str] | None:
        """Find what is told beyond doubt, or a button's words of at least two words and nothing else."""
        typed = _row(words(said.text)).strip()
        if " " in typed and (same := next((a for a in self.alternatives if _phrase(a.label) == typed), None)):
            return Understood(value=same.code, spans=((0, len(said.text)),))
        meant = self._meant(said.text, [(a, a.told) for a in self.alternatives])
        return Understood(value=meant[0][0], spans=(meant[0][1],)) if len(meant) == 1 else None

    def show(self, value: str, voice: Voice) -> str:
        """Say the alternative's name."""
        chosen = next((a for a in self.alternatives if a.code == value), None)
        if chosen is None:
            return value
        return voice.text(chosen.shown) if chosen.shown else _within_sentence(voice.text(chosen.label))

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """One button each."""
        return tuple(Option(label=a.label, value=a.code) for a in self.alternatives)

    def decode(self, stored: Json) -> str:
        """Accept only the codes of its alternatives."""
        if not any(a.code == stored for a in self.alternatives):
            raise ValueError(stored)
        return str(stored)

    @staticmethod
    def _meant(text: str, phrases: list[tuple[Alternative, tuple[str, ...]]]) -> list[tuple[str, tuple[int, int]]]:
        """Return the alternatives whose phrase stands in the text; the longest phrase wins over its parts."""
        typed = words(text)
        row = _row(typed)
        hits = [
            (len(phrase.split()), alternative.code, span)
            for alternative, known in phrases
            for phrase in known
            if _opening(phrase) in row and (span := _span_of(_folded(phrase), typed))
        ]
        ruled_out = {a.code for a, _ in phrases if any(_span_of(_folded(one), typed) for one in a.unless)}
        hits = [hit for hit in hits if hit[1] not in ruled_out]
        longest = max((length for length, _, _ in hits), default=0)
        best: dict[str, tuple[int, int]] = {}
        for length, code, span in hits:
            if length == longest:
                best.setdefault(code, span)
        return list(best.items())


@dataclass(frozen=True, kw_only=True)
class YesNo(Question[bool]):
    """Yes or no. `yes` and `no` are the labels when plain „Jā” and „Nē” would not tell enough."""

    yes: str = L("Jā")
    no: str = L("Nē")
    yes_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()

    _YES: ClassVar = ("ja", "jaa", "protams", "piekritu", "atlauju", "der", "labi", "yes", "ok", "da", "да")
    _NO: ClassVar = ("ne", "nee", "nepiekritu", "neatlauju", "nevajag", "negribu", "no", "нет")

    def read(self, said: Said, today: date) -> Reading[bool] | None:
        """Read the first word that means yes or no; „nē, mums nav meža” is a no."""
        typed = words(said.text)
        if not typed:
            return None
        for meaning, known in (
            (False, (*self.no_words, _phrase(self.no))),
            (True, (*self.yes_words, _phrase(self.yes))),
        ):
            for phrase in known:
                if span := _span_of(_folded(phrase), typed):
                    return Understood(value=meaning, spans=(span,))
        first = typed[0]
        if first.folded == "no" and len(typed) > 1 and detect(said.text) != "en":
            # „No Rīgas”: in Latvian it means „from”.
            return NotUnderstood(why=L("Nesapratu „%(given)s”. Vai tas ir jā vai nē?"), given=said.text)
        if first.folded in self._NO or first.folded in self._YES:
            return Understood(value=first.folded in self._YES, spans=((first.start, first.end),))
        return NotUnderstood(why=L("Nesapratu „%(given)s”. Vai tas ir jā vai nē?"), given=said.text)

    def show(self, value: bool, voice: Voice) -> str:  # noqa: FBT001
        """Say it as the button does."""
        return _within_sentence(voice.text(self.yes if value else self.no))

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Both answers as buttons."""
        return (Option(label=self.yes, value=True), Option(label=self.no, value=False))

    def decode(self, stored: Json) -> bool:
        """Accept only true and false."""
        if not isinstance(stored, bool):
            raise TypeError(stored)
        return stored


@dataclass(frozen=True, kw_only=True)
class Text(Question[str]):
    """A few words in the person's own spelling."""

    shortest: int = 2  # characters
    longest: int = 1000

    free_text: ClassVar[bool] = True
    any_words: ClassVar[bool] = True

    def read(self, said: Said, today: date) -> Reading[str] | None:
        """Take the text as it is, within its lengths."""
        text = said.text.strip()
        if len(text) < self.shortest or all(word.folded in _YES_OR_NO for word in words(text)):
            return NotUnderstood(why=L("Uzrakstiet, lūdzu, dažos vārdos."), given=text) if text else None
        if len(text) > self.longest:
            return NotUnderstood(why=L("Tas ir par garu. Uzrakstiet, lūdzu, īsāk."), given=text[:60] + "…")
        return Understood(value=text, spans=((0, len(said.text)),))

    def show(self, value: str, voice: Voice) -> str:
        """Repeat it."""
        return value

    def decode(self, stored: Json) -> str:
        """Accept only text."""
        if not isinstance(stored, str):
            raise TypeError(stored)
        return stored


@dataclass(frozen=True, kw_only=True)
class Phone(Question[str]):
    """A telephone number, as E.164."""

    def read(self, said: Said, today: date) -> Reading[str] | None:
        """Read a shared contact card or a typed number."""
        found = find_phones(said.card.phone if said.card else said.text)
        if found:
            spans = () if said.card else ((found[0].start, found[0].end),)
            return Understood(value=found[0].value, spans=spans)
        return NotUnderstood(why=L("Nesapratu tālruņa numuru „%(given)s”."), given=said.text) if said.text else None

    def show(self, value: str, voice: Voice) -> str:
        """Group the digits as they are written in Latvia."""
        return show_phone(value)

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Let the phone tell its own number."""
        return (Option(label=L("📱 Mans numurs"), value=None, request="contact"),)

    def decode(self, stored: Json) -> str:
        """Accept only text."""
        if not isinstance(stored, str):
            raise TypeError(stored)
        return stored


def show_phone(number: str) -> str:
    """Group the digits of an E.164 number: +371 26 123 456 -> 26 123 456 within Latvia."""
    if number.startswith("+371") and len(number) == 12:
        return f"{number[4:6]} {number[6:9]} {number[9:]}"
    return number


def _within_sentence(label: str) -> str:
    """Turn a button's words into words of a sentence: „Lauks vai pļava” -> „lauks vai pļava”."""
    return label[:1].lower() + label[1:]


def _row(typed: list[Word]) -> str:
    return f" {' '.join(word.folded for word in typed)} "


@cache
def _opening(phrase: str) -> str:
    """Return what a row of words must hold for a phrase to stand in it: a quick look before the exact one."""
    return f" {_folded(phrase)} ".partition("*")[0]


@cache
def _folded(phrase: str) -> str:
    """Fold a phrase as typed words are, stars kept: „school” is typed „scol” to a reader of Latvian."""
    return " ".join(fold(part.removesuffix("*")) + "*" * part.endswith("*") for part in phrase.split())


@cache  # of the few labels and phrases that flows declare
def _phrase(label: str) -> str:
    return " ".join(word.folded for word in words(label))


def _span_of(phrase: str, typed: list[Word]) -> tuple[int, int] | None:
    """Find a folded phrase among words; `skol*` matches any word that begins so."""
    parts = phrase.split()
    for at in range(len(typed) - len(parts) + 1):
        window = typed[at : at + len(parts)]
        if all(_matches(part, word.folded) for part, word in zip(parts, window, strict=True)):
            return (window[0].start, window[-1].end)
    return None


def _matches(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part
