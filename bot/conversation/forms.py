"""Forms: how a letter asks: everything that is open, numbered, and the review with its lines numbered too."""

from dataclasses import dataclass
from typing import Any

from bot.conversation.state import Act, Do, Prompt
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, Option, Partly, Question
from flows.notes import Missed
from flows.run import Run
from flows.steps_kind import Steps

# What a letter offers to answer with, under letters a), b), c). The others are said in its text, or by a number.
_OFFERED = frozenset(
    {
        *(Do.ACCEPT, Do.NOTHING, Do.DISCARD, Do.RESUME, Do.NEXT, Do.START, Do.TOPIC, Do.STAFF, Do.HELP, Do.OWN),
        *(
            Do.LANGUAGE,
            Do.CADASTRE,
            Do.PERMIT,
            Do.JOIN,
            Do.EVENT,
            Do.OUTREACH,
            Do.NEWS,
            Do.LIST,
            Do.MINE,
            Do.MEND,
            Do.WITHDRAW,
        ),
    }
)
_FEWEST_OPTIONS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One numbered question: how it is put, what may be answered, and why the last answer did not do."""

    number: int
    question: Question[Any]
    ask: str  # a marked sentence; `given` fills it
    given: str = ""
    options: tuple[str, ...] = ()  # labels
    old: Answer | None = None  # the answer that stays when nothing is written
    missed: Missed | None = None


def ask(talk: Talk, flow: Flow, run: Run) -> None:
    """Put every open question."""
    questions = engine.open_questions(flow, run)
    if isinstance(first := questions[0], Steps):
        _ask_steps(talk, first, run)
        return
    keys = [question.key for question in questions]
    before = talk.before.prompt
    begins = before is None or before.run_id != run.id
    talk.change(run=engine.shown(run, keys))
    entries = [_entry(n, question, run, talk.missed, shows=talk.shows) for n, question in enumerate(questions, 1)]
    talk.say("form", entries=entries, first=begins, extras=_extras(flow, run) if begins else ())
    talk.offers_for(*keys)


def review(talk: Talk, flow: Flow, run: Run) -> None:
    """Show every answer under a number: „2) 320” changes it, „jā” sends them."""
    answers = [question for question in engine.applicable(flow, run) if question.key in run.answers]
    lines = [Answer(question=question, value=run.answers[question.key]) for question in answers]
    missed = [(n, q, talk.missed[q.key]) for n, q in enumerate(answers, 1) if q.key in talk.missed]
    counted = next((n for n, question in enumerate(answers, 1) if question.key in flow.begins), 0)
    talk.say(
        "review_by_letter", lines=lines, extras=_extras(flow, run), missed=missed, counted=counted, saves=flow.preview
    )
    talk.offers_for(*(question.key for question in answers))


def lettered(prompt: Prompt) -> list[Act]:
    """Return what the letters a), b), c) of a prompt's letter do."""
    return [act for _, act in prompt.offers if act.do in _OFFERED]


def is_offered(act: Act) -> bool:
    """Whether a letter offers this to answer with."""
    return act.do in _OFFERED


def _entry(number: int, question: Question[Any], run: Run, missed: dict[str, Missed], *, shows: bool) -> Entry:
    key = question.key
    answered = key in run.answers
    anew = None if answered else question.start()
    rest = question.complete(run.begun[key]) if key in run.begun else anew
    old = Answer(question=question, value=run.answers[key]) if answered and shows else None
    if isinstance(rest, Partly):
        labels = _labels(rest.options)
        return Entry(
            number=number, question=question, ask=rest.by_letter or rest.ask, given=rest.given, options=labels, old=old
        )
    labels = _labels(question.options(run.answers))
    return Entry(
        number=number,
        question=question,
        ask=question.by_letter or question.ask,
        options=labels if len(labels) >= _FEWEST_OPTIONS else (),
        old=old,
        missed=missed.get(key),
    )


def _labels(options: tuple[Option, ...]) -> tuple[str, ...]:
    """Return the words to answer with; what a phone is asked for is none."""
    return tuple(option.label for option in options if not option.request)


def _extras(flow: Flow, run: Run) -> tuple[Question[Any], ...]:
    """Return what may be added without being asked for: pictures."""
    return tuple(q for q in engine.applicable(flow, run) if q.offered and q.key not in run.answers)


def _ask_steps(talk: Talk, question: Steps, run: Run) -> None:
    """Show all steps that are left under their own numbers, so that „5) nesanāk” names one."""
    key = question.key
    value = run.begun.get(key, ())
    rest = question.complete(value)
    talk.change(run=engine.shown(run, [key]))
    told = rest if isinstance(rest, Partly) and rest.part and value else None
    failed = told if told and told.ask != _step(question, told) else None
    waits = told is not None and told.call is not None
    talk.say("steps_by_letter", steps=question.rest(value), failed=failed, waits=waits)
    talk.offers_for(key)


def _step(question: Steps, rest: Partly[Any]) -> str:
    return question.steps[rest.part[0] - 1].do if rest.part else ""
