"""A form: all open questions put at once, numbered, and a reply to it read line by line. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flows import engine
from flows.grammar import Flow, Partly, Question, Reading, Understood
from flows.notes import Missed, Note, Recorded, Same, Turn
from flows.run import Run
from flows.said import Said
from knowledge.acts import acts
from knowledge.latvian.text import words
from knowledge.proper_names import given_name

_MARKED = re.compile(r"^[ \t]*(?:nr\.?[ \t]*)?(\d{1,2})[ \t]*(\.?\)|[.:–—-])[ \t]*(.*)$", re.IGNORECASE)
_WITHIN = re.compile(r"(?<=\s)(\d{1,2})\)[ \t]*(?=\S)")  # „1) es 2) 50 ozoli” in one line
# What follows the point of an ordinal number or a date: „3. maijā”, „2.04.2024.”, „5. klase”.
_ORDINAL = re.compile(
    r"\d{1,2}\.|gad|maij|mēn|klas|jan|feb|mar|apr|jūn|jun|jūl|jul|aug|sep|okt|nov|dec|sol", re.IGNORECASE
)
_SHORT = 7  # words: a line that can be an answer to a question by itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A reply taken apart: what stands behind a number of the form, and the rest."""

    numbered: tuple[tuple[int, str], ...]
    rest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What the numbered answers of a reply came to. `missed` has a note by question key, for those not understood."""

    turn: Turn
    missed: dict[str, Missed]


def split(text: str, asked: int) -> Reply:
    """Take a reply to `asked` numbered questions apart.

    „3) 250” and „3: 250” are answers, „3. 250” and „3 – 250” too unless that reads as a date or a number of something;
    what follows in the next lines belongs to it, up to an empty line (or past it, where nothing had been said yet).
    """
    numbered: list[tuple[int, list[str]]] = []
    rest: list[str] = []
    open_ = False
    for line in _lines(text):
        mark = _mark(line, asked)
        if mark:
            numbered.append((mark[0], [mark[1]] if mark[1] else []))
            open_ = True
        elif not line.strip():
            open_ = open_ and not numbered[-1][1]
            rest.append("")
        elif open_:
            numbered[-1][1].append(line.strip())
        else:
            rest.append(line)
    said = tuple((number, "\n".join(lines)) for number, lines in numbered if lines)
    return Reply(numbered=said, rest="\n".join(rest).strip())


def fill(flow: Flow, run: Run, keys: Sequence[str], reply: Reply, today: date, *, late: bool) -> Filled:
    """Record the numbered answers; `keys` are the form's questions in its order.

    By a `late` reply, to a form that has been answered since, an answer that differs is `Proposed`, not changed.
    """
    notes: list[Note] = []
    missed: dict[str, Missed] = {}
    misses = run.misses
    for number, text in reply.numbered:
        key = keys[number - 1]
        question = flow.question(key)
        if question is None:
            continue
        said = Said(text=_without_question(text, question))
        turn = engine.answer(flow, run, key, said, today, changes=not late)
        run = turn.run
        missed |= {note.key: note for note in turn.notes if isinstance(note, Missed)}
        notes += [note for note in turn.notes if not isinstance(note, Missed)]
    return Filled(turn=Turn(run=run.with_(misses=misses + 1 if missed else 0), notes=tuple(notes)), missed=missed)


def hear(flow: Flow, run: Run, said: Said, today: date) -> Turn:
    """Take answers from a text without numbers: what it states for sure, and lines that answer one question alone.

    A question that is asked again goes first, as in a chat. Nothing understood at all is one `Missed` about the first
    question.
    """
    asked = engine.open_questions(flow, run)
    again = bool(asked) and asked[0].key in run.reopened
    if len(asked) == 1 or again:
        turn = engine.hear(flow, run, said, today)
        if not all(isinstance(note, Missed) for note in turn.notes):
            return turn
    if asked and (in_order := _in_order(flow, run, asked, said, today)):
        return in_order
    notes: list[Note] = []
    rest: list[str] = []
    lines = [part for line in _short_lines(said.text) for part in _apart(flow, run, line, today)]
    for line in _unsigned(lines):
        key = _answered_by(flow, run, line, today)
        turn = engine.answer(flow, run, key, Said(text=line), today, changes=False) if key else Turn(run=run)
        if all(isinstance(note, Missed) for note in turn.notes):
            rest.append(line)
        else:
            run, notes = turn.run, [*notes, *turn.notes]
    left = replace(said, text="\n".join(rest))
    stated = engine.revise(flow, run, left, today)
    run, notes = stated.run, [*notes, *stated.notes]
    if any(isinstance(note, Recorded) for note in notes):
        notes = [note for note in notes if not isinstance(note, Same)]
    if not notes and asked and asked[0].free_text and left.text.strip():
        return engine.answer(flow, run, asked[0].key, left, today)
    return Turn(run=run, notes=tuple(notes)) if notes else engine.miss(flow, run, said, today)


def _lines(text: str) -> list[str]:
    """Cut a text in lines, and a line that holds several numbered answers in one for each."""
    lines: list[str] = []
    for line in text.splitlines():
        marked = _MARKED.match(line)
        found = list(_WITHIN.finditer(line, marked.start(3))) if marked else []
        numbers = [int(match[1]) for match in found]
        if found and numbers == sorted(set(numbers)):
            cuts = [match.start() for match in found]
            ends = [*cuts, len(line)]
            lines += [line[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
        else:
            lines.append(line)
    return lines


def _mark(line: str, asked: int) -> tuple[int, str] | None:
    """Read the number that a line begins with; None where it is no number of the form."""
    match = _MARKED.match(line)
    if match is None or not 1 <= int(match[1]) <= asked:
        return None
    sign, said = match[2], match[3].strip()
    if sign in {")", ".)", ":"}:
        return int(match[1]), said
    if _ORDINAL.match(said) or (sign != "." and said[:1].isdigit() and f" {sign} " not in line):
        return None
    return int(match[1]), said


def _without_question(text: str, question: Question[Any]) -> str:
    """Take away the question's own words, where the answer was typed behind or below them."""
    for own in (question.by_letter, question.ask, question.example):
        if own and _squeezed(text).startswith(_squeezed(own)):
            taken = len(_squeezed(own))
            at = 0
            while taken and at < len(text):
                taken -= not text[at].isspace()
                at += 1
            text = text[at:].strip()
    return text


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _in_order(flow: Flow, run: Run, asked: list[Question[Any]], said: Said, today: date) -> Turn | None:
    """Read as many lines as there are questions as their answers in turn, if every one of them fits."""
    lines = [line.strip() for line in said.text.splitlines() if line.strip()]
    if len(lines) != len(asked) or said.files:
        return None
    readings: list[Reading[Any] | None] = [
        question.read(Said(text=line), today) for question, line in zip(asked, lines, strict=True)
    ]
    if not all(isinstance(reading, Understood | Partly) for reading in readings):
        return None
    notes: list[Note] = []
    for question, line in zip(asked, lines, strict=True):
        turn = engine.answer(flow, run, question.key, Said(text=line), today)
        run, notes = turn.run, [*notes, *turn.notes]
    return Turn(run=run, notes=tuple(notes))


def _short_lines(text: str) -> list[str]:
    """Cut a text where each line of a paragraph is short; a paragraph that a program has wrapped stays in one piece."""
    pieces: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        pieces += lines if all(len(words(line)) <= _SHORT for line in lines) else ["\n".join(lines)]
    return pieces


def _unsigned(lines: list[str]) -> list[str]:
    """Leave out the given name that a letter ends with: „Anna” is no village there."""
    last = words(lines[-1]) if len(lines) > 1 else []
    return lines[:-1] if len(last) == 1 and given_name(last[0].folded) else lines


def _apart(flow: Flow, run: Run, line: str, today: date) -> list[str]:
    """Cut a short line at its commas where each part answers a question of its own: „pie skolas, Drusti”.

    One of them must state its value: then the others are no part of that, and would be lost.
    """
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if len(parts) < 2 or len(words(line)) > _SHORT:
        return [line]
    stated = _stated(flow, run, line, today)
    keys = ["" if acts(part) else _answered_by(flow, run, part, today) for part in parts]
    apart = len(stated) == 1 and stated[0] in keys and all(keys) and len(set(keys)) == len(keys)
    return parts if apart else [line]


def _answered_by(flow: Flow, run: Run, line: str, today: date) -> str:
    """Return the key of the question that a short line answers; '' when there is none, or nobody can tell which.

    It is the only one whose value the line states, or the only open one that it fits; of several it is the first asked.
    """
    if len(words(line)) > _SHORT:
        return ""
    if len(stated := _stated(flow, run, line, today)) == 1:
        return stated[0]
    said = Said(text=line)
    asked = engine.open_questions(flow, run)
    fits = [question for question in asked if not question.any_words and _fits(question, run, said, today)]
    return fits[0].key if len(fits) == 1 or (fits and fits[0] is asked[0]) else ""


def _stated(flow: Flow, run: Run, line: str, today: date) -> list[str]:
    """Return the keys of the questions whose values a line states."""
    said = Said(text=line)
    return [q.key for q in engine.applicable(flow, run) if isinstance(q.find(said, today), Understood | Partly)]


def _fits(question: Question[Any], run: Run, said: Said, today: date) -> bool:
    """Whether a text is a whole answer to a question, alone or with the part that was told before."""
    reading = question.read(said, today)
    if isinstance(reading, Partly) and question.key in run.begun:
        reading = question.complete(question.combine(run.begun[question.key], reading.value))
    return isinstance(reading, Understood)


__all__ = ["Filled", "Reply", "fill", "hear", "split"]
