"""Listening: what a text does and says, within a flow and outside of one."""

from collections.abc import Callable

from bot.conversation import (
    acting,
    asking,
    beginning,
    correcting,
    echoing,
    ending,
    linking,
    mending,
    moves,
    planning,
    reviewing,
    rights,
    running,
    subscribing,
    wishing,
)
from bot.conversation.state import Act as Pressed
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine, form
from flows.grammar import L, Understood
from flows.notes import Missed, Same, Turn
from flows.said import Said
from knowledge.acts import Act, acts
from knowledge.latvian.text import words
from knowledge.questions import split_questions
from knowledge.understanding import Understanding

_GREETINGS = frozenset({"greeting", "thanks", "farewell"})
_TELLING = frozenset({"correction", "add_more"})  # acts that hold something to be read
_SMALLTALK = frozenset(
    {"greeting", "farewell", "thanks", "insult", "who", "no", "yes", "dont_know", "unclear"},
)
_POLITE = frozenset({"ludzu", "please", "пожалуйста", "nu", "tad", "un"})  # beside an act they say nothing
_LONG_REQUEST = 6  # words: a wish for a person that says what about


def on_text(talk: Talk, said: Said) -> str:
    """Read a text: by the open flow when there is one, as a question otherwise."""
    return in_run(talk, said) if talk.run else outside(talk, said)


def in_run(talk: Talk, said: Said) -> str:
    """Serve everything a text says while a flow is open; the current question is put again at the end."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return "nothing"
    if (wanted := planning.wished(talk, said.text)) and not planning.after_beginning(said.text):
        return acting.start(talk, wanted)  # any words may be a title, but not these
    done = acts(said.text)
    content = _content(said.text, done)
    current = engine.current(flow, run)
    waiting = engine.open_questions(flow, run) if talk.by_letter else [current] if current else []
    taken = tuple(kind for question in waiting for kind in question.takes)
    corrects = any(act.kind == "correction" for act in done)
    for act in done:
        # „Nē, 60 ozoli” says what instead: its „nē” is no answer of its own.
        if act.kind in taken or (corrects and act.kind in {"yes", "no"}):
            continue
        if outcome := _obey_in_run(talk, act, bare=not content):
            return outcome
    greeted = bool(done) and all(act.kind in _GREETINGS for act in done)
    if greeted and not content:
        return _greet_back(talk, done)
    asked, told = ("", said.text) if "question" in taken else parts(said.text)
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
        if outcome := _obey_outside(talk, act, alone=len(done) == 1):
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
    _, told = parts(text)
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


def parts(text: str) -> tuple[str, str]:
    """Return what a text asks, and what else it says besides greetings and the like."""
    asked = [piece for piece in split_questions(text) if piece.asks and not piece.is_all_acts]
    told, at = [], 0
    for piece in asked:
        told.append(text[at : piece.start].strip())
        at = piece.end
    rest = "\n".join(part for part in [*told, text[at:].strip()] if part)
    return "\n".join(piece.text for piece in asked), rest if _content(rest, acts(rest)) else ""


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


def _content(text: str, done: tuple[Act, ...]) -> str:
    """Return what is left of a text without the parts that are acts."""
    rest, at = [], 0
    for act in sorted(done, key=lambda act: act.start):
        rest.append(text[at : max(at, act.start)])
        at = max(at, act.end)
    rest.append(text[at:])
    left = " ".join(rest)
    return left.strip() if any(word.folded not in _POLITE for word in words(left)) else ""


def _obey_in_run(talk: Talk, act: Act, *, bare: bool) -> str:
    """Carry out an act within a flow; '' when it has no effect here and the text is read on."""
    does = _WITH_CONTENT.get(act.kind) or (_ALONE.get(act.kind) if bare else None)
    return does(talk, act) if does else ""


def _then_ask(does: Callable[[Talk, Act], None], outcome: str) -> "_Obeying":
    """Do something, then put the current question again, shortened."""

    def obey(talk: Talk, act: Act) -> str:
        does(talk, act)
        running.ask(talk, again=True)
        return outcome

    return obey


def _move(does: Callable[[Talk], None], outcome: str) -> "_Obeying":
    def obey(talk: Talk, _: Act) -> str:
        does(talk)
        return outcome

    return obey


def _obey_outside(talk: Talk, act: Act, *, alone: bool) -> str:
    """Carry out an act outside a flow; '' when the text is read on."""
    kind = act.kind
    bare = alone and act.rest is None
    if kind in _OUTSIDE:
        return _OUTSIDE[kind](talk, act)
    if not bare:
        return ""
    if kind == "yes" and (offered := acting.offered(talk, Do.START, Do.NEXT, Do.RESUME)):
        return acting.act(talk, offered)
    if kind == "add_more" and talk.conversation.ended:
        return acting.act(talk, Pressed(do=Do.NEXT, value=talk.conversation.ended.id))
    if kind in {"resume", "review"} and talk.conversation.parked:
        beginning.resume(talk, "")
    elif kind == "help":
        asking.help_(talk)
    elif kind in {"cancel", "pause", "resume", "back", "skip", "review", "restart"}:
        talk.say("nothing_begun")
        asking.offer_beginnings(talk)
    elif kind in _SMALLTALK:
        asking.small_talk(talk, kind)
        if kind in {"greeting", "who", "unclear", "yes", "dont_know"}:
            asking.offer_beginnings(talk)
        return "smalltalk"
    else:
        return ""
    return kind


def _leave_open(talk: Talk, act: Act) -> str:
    """Skip the current question; „nezinu” is read as its answer where it can be one."""
    flow, run = talk.open
    current = engine.current(flow, run)
    if current is None:
        return ""
    known = None if current.free_text else current.read(Said(text=talk.item.said.text), talk.today)
    if isinstance(known, Understood):
        return ""
    turn = engine.skip(flow, run, talk.today)
    if turn.notes:
        running.settle(talk, turn)
        return "skipped"
    choice = any(not option.request for option in current.options(run.answers))
    talk.say("cannot_skip", question=current, unknown=act.kind == "dont_know", choice=choice)
    running.ask(talk, again=True)
    return "cannot_skip"


def _add(talk: Talk, _: Act) -> str:
    """„Un vēl 20 liepas”: join it to the answer it belongs to."""
    flow, run = talk.open
    turn = engine.add(flow, run, Said(text=talk.item.said.text), talk.today)
    if not turn.notes:
        return ""
    running.settle(talk, turn)
    running.remember(talk, turn)
    return "added"


def _answer_review(talk: Talk, act: Act) -> str:
    """„Jā” under the review sends it, „nē” asks what to change. Elsewhere both are answers, or „jā” keeps the old."""
    if (current := engine.current(*talk.open)) is not None:
        if act.kind == "no" and current.permits is not None:
            moves.refuse(talk)
            return "refused"
        keep = acting.offered(talk, Do.KEEP) if act.kind == "yes" else None
        reads = isinstance(current.read(talk.item.said, talk.today), Understood)
        return acting.act(talk, keep) if keep and not reads else ""
    if act.kind == "yes":
        ending.finish(talk)
        return "submitted"
    talk.say("what_to_change")
    reviewing.review(talk)
    return "review"


def _unclear(talk: Talk, _: Act) -> str:
    """„?” asks for the question once more; letters that mean nothing are an answer not understood."""
    if any(ch.isalnum() for ch in talk.item.said.text):
        return ""
    running.ask(talk)
    return "repeat"


def _restart(talk: Talk, _: Act) -> str:
    flow, run = talk.open
    talk.say("restart_asked")
    talk.offer(L("Jā, sākt no jauna"), Do.START, value=flow.name)
    talk.offer(L("Nē, turpināt"), Do.RESUME, value=run.id)
    return "restart"


def _call_in_run(talk: Talk, _: Act) -> None:
    """Call a person; whoever tells a person's case already is known to want one."""
    flow, _run = talk.open
    asking.call_staff(talk, "" if flow.name == asking.STAFF_FLOW else talk.item.said.text)


def _call_staff(talk: Talk, act: Act) -> str:
    """Call a person; ask what about, unless the wish has said so."""
    text = talk.item.said.text
    if act.rest or len(words(text)) > _LONG_REQUEST:
        asking.call_staff(talk, text)
    else:
        asking.ask_for_staff(talk)
    return "human"


def _link(talk: Talk, act: Act) -> str:
    """Hand out a code; what is asked beside it is answered first."""
    text = talk.item.said.text
    asked, _ = parts(f"{text[: act.start]} {text[act.end :]}")
    if asked:
        asking.answer(talk, talk.world.understand(asked))
    linking.begin(talk)
    return "link"


def _set_language(talk: Talk, act: Act) -> str:
    if not act.value and talk.run and (key := correcting.named(talk, talk.item.said.text)):
        # „Mainīt vārdu” is one slip away from „mainīt valodu”.
        talk.change(run=engine.reopen(*talk.open, key).run)
        running.ask(talk)
        return "reopened"
    if not act.value:
        moves.choose_language(talk)
        return "language"
    moves.set_language(talk, act.value)
    if talk.run:
        running.ask(talk, again=True)
    return "language"


def _list_own(talk: Talk) -> None:
    if not talk.sure:
        talk.say("confirm_sender")
        return
    talk.emit("registrations.listed")
    talk.say("own")


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


_Obeying = Callable[[Talk, Act], str]

# Acts that count also when the message says something else besides.
_WITH_CONTENT: dict[str, _Obeying] = {
    "human": _then_ask(_call_in_run, "human"),
    "forget_me": lambda talk, _: rights.ask_to_erase(talk),
    "my_data": lambda talk, _: rights.show_all(talk),
    "minor": _move(lambda talk: talk.say("minor"), "minor"),
    "language": _set_language,
    "correction": correcting.correct,
    "add_more": _add,
}
# Acts that count only when nothing else is said.
_ALONE: dict[str, _Obeying] = {
    "back": _move(moves.go_back, "back"),
    "skip": _leave_open,
    "dont_know": _leave_open,
    "why": _move(moves.explain, "why"),
    "pause": _move(moves.pause, "pause"),
    "cancel": _move(moves.cancel, "cancel"),
    "unsubscribe": _move(asking.unsubscribe, "unsubscribe"),
    "restart": _restart,
    "resume": _then_ask(lambda talk, _: reviewing.recap(talk), "resume"),
    "review": _then_ask(lambda talk, _: reviewing.recap(talk), "review"),
    "repeat": _move(running.ask, "repeat"),
    "unclear": _unclear,
    "help": _then_ask(lambda talk, _: talk.say("help_in_flow", flow=talk.flow), "help"),
    "my_trees": _then_ask(lambda talk, _: _list_own(talk), "my_trees"),
    "link": _then_ask(lambda talk, _: linking.begin(talk), "link"),
    "unlink": lambda talk, _: linking.part(talk),
    "who": _then_ask(lambda talk, _: asking.small_talk(talk, "who"), "smalltalk"),
    "insult": _then_ask(lambda talk, _: asking.small_talk(talk, "insult"), "smalltalk"),
    "yes": _answer_review,
    "no": _answer_review,
}
_OUTSIDE: dict[str, _Obeying] = {
    "human": _call_staff,
    "unsubscribe": _move(asking.unsubscribe, "unsubscribe"),
    "forget_me": lambda talk, _: rights.ask_to_erase(talk),
    "my_data": lambda talk, _: rights.show_all(talk),
    "minor": _move(lambda talk: talk.say("minor"), "minor"),
    "language": _set_language,
    "my_trees": _move(asking.show_own, "my_trees"),
    "link": _link,
    "unlink": lambda talk, _: linking.part(talk),
}
