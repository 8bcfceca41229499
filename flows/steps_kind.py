"""The question how far: steps in somebody else's system, taken one at a time, each with what helps when it fails."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flows.grammar import Answers, Call, Json, L, NotUnderstood, Option, Partly, Question, Reading, Understood, Voice
from flows.said import Said
from knowledge.latvian.text import fold, words

_SHORT = 6  # words: longer texts tell more than that a step is done
_ALL = "*"

# What a step has come to. `again` is a failed step whose repair was tried; a stuck one is with a person, and `waits`
# for that person when the others are gone on with.
_KNOWN = ("failed", "again", "stuck", "skipped", "waits", "done")
_SETTLED = ("skipped", "waits", "done")


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


_DONE = _folded(
    "izdarīju izdarīts izdarīta gatavs gatava gatavi sanāca izdevās ir ok okay okej labi jā done yes ready worked"
    " готово сделал сделала сделано да получилось"
)
_ON = _folded("tālāk nākamais nākamo next дальше далее")
_PAST = _folded("izlaist izlaid izlaižam garām skip пропустить")
_NOT_YET = _folded("varbūt rīt drīz būs vēl kad maybe tomorrow soon when if not")
_EVERYTHING = _folded("viss visu visus visi all everything все всё")
_TROUBLE = tuple(
    fold(stem)
    for stem in (
        *("nesanāk", "nesanāc", "neizdod", "neizdev", "neizdar", "nestrādā", "neiet", "nevar", "neredz", "nerād"),
        *("neatver", "neatnāk", "neļauj", "nelaiž", "neatrod", "nezin", "nesaprot", "nesaprat", "iestrēg", "kļūda"),
        *("kļūdu", "fail", "stuck", "error", "doesn", "doesnt", "didnt", "didn’t", "isn", "cant", "can’t", "can't"),
        *("cannot", "couldn", "не получ", "получилось не", "ошибк", "застрял"),
    )
)
_NO = _folded("nē nav no not нет не")
_NUMBERED = re.compile(r"(?:^|(?<=[\s,;]))(\d{1,2})\s*(?:\)|\.(?!\d)|(?=\s*sol[iī]))", re.IGNORECASE)
_NAMED = re.compile(r"\bstep\s+(\d{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do, and the known repair when it fails ('' when none is known). Keys never change their meaning."""

    key: str
    do: str
    repair: str = ""
    leads_to: tuple[str, ...] = ()  # flows that may help when it fails


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What became of a step. As typed it may be `on` or `trouble`, of the current step (''), or of all ('*')."""

    step: str
    did: str


Value = tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Steps(Question[Value]):
    """Steps in their order: a chat shows one at a time, a form numbers them all. The value says how each one went.

    `reached` are folded words by which a person says that there is nothing left to do: „jau ir”, of an account.
    """

    steps: tuple[Step, ...]
    takes: tuple[str, ...] = ("skip", "dont_know")
    reached: tuple[str, ...] = ()

    numbers_itself: ClassVar[bool] = True

    def start(self) -> Partly[Value] | None:
        """Show the first step."""
        rest = self.complete(())
        return rest if isinstance(rest, Partly) else None

    def read(self, said: Said, today: date) -> Reading[Value] | None:
        """Read how a step went: the current one, or the one whose number is named („5. solī nesanāk”)."""
        if not said.text.strip():
            return None
        marks = self._read(said.text)
        if not marks:
            return NotUnderstood(why=L("Nesapratu „%(given)s”. Vai šis solis izdevās?"), given=said.text)
        reading = self.complete(marks)
        # Which step an unnamed one is shows only together with what was said before.
        return Partly(value=marks, ask=reading.ask) if isinstance(reading, Partly) else Understood(value=marks)

    def combine(self, old: Value, new: Value) -> Value:
        """Add what was said now to how the steps went before."""
        marks = {mark.step: mark.did for mark in old}
        for mark in new:
            self._add(marks, mark)
        return tuple(Mark(step=step.key, did=marks[step.key]) for step in self.steps if step.key in marks)

    def complete(self, value: Value) -> Understood[Value] | Partly[Value]:
        """Say which step is next: its text, or after a failure what may help."""
        value = self.combine((), value)
        marks = {mark.step: mark.did for mark in value}
        step = self._current(marks)
        if step is None:
            return Understood(value=value)
        did, number = marks.get(step.key, ""), self.steps.index(step) + 1
        return Partly(
            value=value,
            ask=step.repair if did == "failed" else step.do,
            options=self._options(step, did),
            part=(number, len(self.steps)),
            call=self._call(step, number) if did == "stuck" else None,
            leads_to=step.leads_to if did else (),
        )

    def rest(self, value: Value) -> tuple[tuple[int, str], ...]:
        """Return the steps that are still to be done, each with its number: a letter shows all of them."""
        marks = {mark.step: mark.did for mark in self.combine((), value)}
        return tuple((n, step.do) for n, step in enumerate(self.steps, 1) if marks.get(step.key) not in _SETTLED)

    def undo(self, value: Value) -> Value | None:
        """Go back one step; None at the first."""
        settled = [mark.step for mark in value if mark.did in _SETTLED]
        if not settled:
            return None
        return tuple(mark for mark in value if mark.step != settled[-1])

    def show(self, value: Value, voice: Voice) -> str:
        """Say how far the person is: „3. solis no 12”."""
        marks = {mark.step: mark.did for mark in self.combine((), value)}
        if step := self._current(marks):
            number = self.steps.index(step) + 1
            return voice.text(L("%(number)s. solis no %(total)s"), number=number, total=len(self.steps))
        open_ = [str(number) for number, step in enumerate(self.steps, 1) if marks[step.key] != "done"]
        if open_:
            return voice.text(L("izdarīts viss, izņemot %(steps)s. soli"), steps="., ".join(open_))
        return voice.text(L("visi soļi izdarīti"))

    def options(self, answers: Answers) -> tuple[Option, ...]:
        """Buttons of the first step."""
        return self._options(self.steps[0], "") if self.steps else ()

    def encode(self, value: Value) -> Json:
        """Write a pair for each step that was tried."""
        return [[mark.step, mark.did] for mark in value]

    def decode(self, stored: Json) -> Value:
        """Read them back; a step that there is no more counts for nothing."""
        if not isinstance(stored, list):
            raise TypeError(stored)
        keys = {step.key for step in self.steps}
        marks = tuple(Mark(step=step, did=did) for step, did in stored)
        if wrong := [mark.did for mark in marks if mark.did not in _KNOWN]:
            raise ValueError(wrong)
        return tuple(mark for mark in marks if mark.step in keys)

    def correct(self, old: Value, wrong: str, right: str, today: date) -> Value | None:
        """Take no correction: a step is gone back to."""
        return None

    def _current(self, marks: Mapping[str, str]) -> Step | None:
        return next((step for step in self.steps if marks.get(step.key) not in _SETTLED), None)

    def _add(self, marks: dict[str, str], mark: Mark) -> None:
        """Note one mark; the steps before a step that is named are taken for done."""
        if mark.step == _ALL:
            marks |= {step.key: "done" for step in self.steps if marks.get(step.key) not in _SETTLED}
            return
        current = self._current(marks)
        step = next((step for step in self.steps if step.key == mark.step), None) if mark.step else current
        if step is None:
            return
        for earlier in self.steps[: self.steps.index(step)]:
            marks.setdefault(earlier.key, "done")
        marks[step.key] = self._after(step, marks.get(step.key, ""), mark.did)

    @staticmethod
    def _after(step: Step, before: str, did: str) -> str:
        """Return what a step has come to: the first failure shows the repair, the next one calls a person."""
        if did == "trouble":
            tried = before in {"failed", "again", "stuck"}
            return "failed" if step.repair and not tried else "stuck"
        if did in {"on", "skipped"} and before in {"stuck", "waits"}:
            return "waits"
        if did == "on":
            return "done"
        # A button of an earlier showing takes nothing back.
        return before if before and _KNOWN.index(did) < _KNOWN.index(before) else did

    @staticmethod
    def _options(step: Step, did: str) -> tuple[Option, ...]:
        failed = "failed" if step.repair and not did else "stuck"
        seen = [[step.key, "again"]] if did == "failed" else []
        return (
            Option(label=L("Izdarīju"), value=[[step.key, "done"]]),
            Option(label=L("Iet tālāk"), value=[[step.key, "waits"]])
            if did == "stuck"
            else Option(label=L("Nesanāk"), value=[[step.key, failed]]),
            Option(label=L("Parādīt vēlreiz"), value=seen),
        )

    def _call(self, step: Step, number: int) -> Call:
        subject = f"{self.label}, {number}. solis: {step.do}"
        return Call(subject=subject, details={"step": step.key, "tried": step.repair})

    def _read(self, text: str) -> Value:
        """Read the numbered parts of a text, or the whole of it as said of the current step."""
        found = [*_NUMBERED.finditer(text), *_NAMED.finditer(text)]
        named = sorted((match.start(), match.end(), int(match[1])) for match in found)
        if not named:
            return self._mark(text, "")
        ends = [start for start, _, _ in named[1:]] + [len(text)]
        marks: list[Mark] = []
        # „Nesanāk 5. solī”: of a single step also what stands before its number.
        opening = text[: named[0][0]] if len(named) == 1 else ""
        for (_, start, number), end in zip(named, ends, strict=True):
            if 1 <= number <= len(self.steps):
                marks += self._mark(f"{opening} {text[start:end]}", self.steps[number - 1].key)
        return tuple(marks)

    def _mark(self, text: str, step: str) -> Value:
        typed = [word.folded for word in words(text)]
        row = " ".join(typed)
        if any(word.startswith(_TROUBLE) for word in typed) or any(" " in stem and stem in row for stem in _TROUBLE):
            return (Mark(step=step, did="trouble"),)
        if len(typed) > _SHORT or any(word in _NOT_YET for word in typed):
            return ()
        known = set(typed)
        if (len(typed) == 1 and known & _NO) or ("nav" in known and not known & _DONE):
            return (Mark(step=step, did="trouble"),)
        everything = bool(known & _DONE and known & _EVERYTHING) or any(said in row for said in self.reached)
        if everything and not step:
            return (Mark(step=_ALL, did="done"),)
        if known & _PAST:
            return (Mark(step=step, did="skipped"),)
        if known & _ON:
            return (Mark(step=step, did="on"),)
        return (Mark(step=step, did="done"),) if known & _DONE else ()


def left(value: Value) -> bool:
    """Whether a step was gone past that a person has to help with."""
    return any(mark.did == "waits" for mark in value)
