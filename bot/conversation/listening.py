"""Listening: what a text does and says, within a flow and outside of one."""

from bot.conversation import (
    acting,
    asking,
    correcting,
    echoing,
    mending,
    obeying,
    parts,
    planning,
    reviewing,
    running,
    subscribing,
    wishing,
)
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine, form
from flows.grammar import L
from flows.notes import Missed, Same, Turn
from flows.said import Said
from knowledge.acts import Act, acts
from knowledge.latvian.text import words
from knowledge.understanding import Understanding

_GREETINGS = frozenset({"greeting", "thanks", "farewell"})
_TELLING = frozenset({"correction", "add_more"})  # acts that hold something to be read


def on_text(talk: Talk, said: Said) -> str:
    """Read a text: by the open flow when there is one, as a question otherwise."""
    return in_run(talk, said) if talk.run else outside(talk, said)


def in_run(talk: Talk, said: Said) -> str:
    """Serve everything a text says while a flow is open; the current question is put again at the end."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return "nothing"
    if (wanted := planning.wished(talk, said.text)) and planning.is_bare(said.text):
        return acting.start(talk, wanted)  # any words may be a title, but not these
    done = acts(said.text)
    content = parts.content(said.text, done)
    current = engine.current(flow, run)
    waiting = engine.open_questions(flow, run) if talk.by_letter else [current] if current else []
    taken = tuple(kind for question in waiting for kind in question.takes)
    corrects = any(act.kind == "correction" for act in done)
    for act in done:
        # „Nē, 60 ozoli” says what instead: its „nē” is no answer of its own.
        if act.kind in taken or (corrects and act.kind in {"yes", "no"}):
            continue
        if outcome := obeying.in_run(talk, act, bare=not content):
            return outcome
    greeted = bool(done) and all(act.kind in _GREETINGS for act in done)
    if greeted and not content:
        return _greet_back(talk, done)
    asked, told = ("", said.text) if "question" in taken else parts.asked_and_told(said.text)
    if asked:
        return _answer_between(talk, asked, told)
    bare = bool(done) and not content and all(act.kind not in _TELLING for act in done)
    if bare and current and current.any_words and not taken:
        running.settle(talk, engine.miss(flow, run, said, talk.today))
        return "missed"
    return _hear(talk, said)


def _hear(talk: Talk, said: Said) -> str:
    """Take answers from a text; one that tells of none may still ask something in its own way."""
    flow, run = talk.open
    current = engine.current(flow, run)
    turn = (form.hear if talk.by_letter else engine.hear)(flow, run, said, talk.today)
    if current and current.free_text and current.key in turn.run.answers and "question" not in current.takes:
        # Any words would do for it, but a request is no name.
        understood = talk.world.understand(said.text)
        if understood.outcome == "flow" and not current.find(said, talk.today):
            return wishing.wish(talk, understood, said)
    if not turn.notes and (key := correcting.named(talk, said.text)):
        # Under the review „skaits ir 55” names what it changes.
        turn = engine.correct(flow, run, talk.today, wrong="", right=said.text, key=key)
    if _only_missed(turn) and correcting.says_change(said.text) and (key := correcting.named(talk, said.text)):
        talk.change(run=engine.reopen(flow, run, key).run)
        running.ask(talk)
        return "reopened"
    if _only_missed(turn) and not _states(turn) and len(words(said.text)) > 1:
        understood = talk.world.understand(said.text)
        serves = understood.outcome in {"answer", "handover", "action"} and understood.topic != "smalltalk"
        if serves and understood.is_certain:
            return digress(talk, understood)
        if understood.outcome == "flow":
            return wishing.wish(talk, understood, said)
    if not turn.notes:
        talk.say("review_missed", given=talk.quote(said.text), submit=flow.submit)
    running.settle(talk, turn)
    running.remember(talk, turn)
    return echoing.outcome(turn)


def outside(talk: Talk, said: Said) -> str:
    """Read a text outside any flow; it may be the caption of a place or a picture."""
    text = said.text
    if outcome := _planned(talk, text) or subscribing.hear(talk, text):
        return outcome
    done = acts(text)
    for act in done:
        if outcome := obeying.outside(talk, act, alone=len(done) == 1):
            return outcome
    if outcome := mending.wished(talk, text):
        return outcome
    understood = talk.world.understand(text)
    if understood.outcome == "flow":
        return wishing.start(talk, understood.flow or talk.world.main_flow, said)
    unclear = understood.outcome in {"unsure", "choose", "declined"} or not understood.is_certain
    if unclear and wishing.tells_of_planting(talk, said):
        return wishing.start(talk, talk.world.main_flow, said)
    outcome = asking.answer(talk, understood)
    _, told = parts.asked_and_told(text)
    if talk.run is None and wishing.tells_of_planting(talk, Said(text=told)):
        wishing.set_aside(talk, Said(text=told))
    elif any(ch.isdigit() for ch in text) and wishing.stated(talk, said) >= wishing.ENOUGH:
        talk.as_reply()
        talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
    return outcome


def _planned(talk: Talk, text: str) -> str:
    """Hear what those of ours who plan events wish to do with them; '' for nothing, or from anybody else."""
    if flow := planning.wished(talk, text):
        return acting.plan(talk, text, flow)
    return planning.hear_own(talk, text)


def digress(talk: Talk, understood: Understanding) -> str:
    """Answer what was asked in between, then put the question again, shortened."""
    outcome = asking.answer(talk, understood.cautious)
    if outcome == "choose":
        talk.next_message()
    if talk.run:
        running.ask(talk, again=True)
    return outcome


def _answer_between(talk: Talk, asked: str, told: str) -> str:
    """Record what is told, answer what is asked, and put the open question again, shortened."""
    flow, run = talk.open
    current = engine.current(flow, run)
    # Beside a question, a text for which any words will do is not told but explained.
    answers = form.hear if talk.by_letter else engine.hear
    hears = engine.glean if current and current.free_text else answers
    turn = hears(flow, run, Said(text=told), talk.today) if told else Turn(run=run)
    if not all(isinstance(note, Missed | Same) for note in turn.notes):
        talk.change(run=turn.run)
        echoing.echo(talk, flow, turn)
        running.remember(talk, turn)
    understood = talk.world.understand(asked)
    if understood.outcome in {"unsure", "declined", "flow"}:
        # „Varbūt 50 ozoli?” is an answer with a doubt.
        doubted = hears(flow, talk.run or run, Said(text=asked), talk.today)
        if not _only_missed(doubted):
            running.settle(talk, doubted)
            return echoing.outcome(doubted)
    return digress(talk, understood)


def _greet_back(talk: Talk, done: tuple[Act, ...]) -> str:
    asking.small_talk(talk, done[0].kind)
    if running.was_away(talk, talk.now):
        reviewing.recap(talk)
    running.ask(talk, again=True)
    return "smalltalk"


def _states(turn: Turn) -> bool:
    """Whether what was not taken is an answer all the same: „32. aprīlis” asks nothing."""
    return any(isinstance(note, Missed) and note.stated for note in turn.notes)


def _only_missed(turn: Turn) -> bool:
    return all(isinstance(note, Missed) for note in turn.notes)
