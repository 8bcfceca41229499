"""Listening: what a text does and says, within a flow and outside of one."""

from collections.abc import Callable

from bot.conversation import acting, asking, moves, running
from bot.conversation.acting import remember
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.engine import Missed, Proposed, Turn
from flows.grammar import L, Understood
from flows.said import Said
from knowledge.acts import Act, acts, is_question
from knowledge.correction import Correction
from knowledge.latvian.text import words
from knowledge.questions import split_questions
from knowledge.understanding import Understanding

_GREETINGS = frozenset({"greeting", "thanks", "farewell"})
_SMALLTALK = frozenset(
    {"greeting", "farewell", "thanks", "insult", "who", "no", "yes", "dont_know", "unclear"},
)
_LONG_REQUEST = 6  # words: a wish for a person that says what about


def on_text(talk: Talk, said: Said) -> str:
    """Read a text: by the open flow when there is one, as a question otherwise."""
    return in_run(talk, said) if talk.run else outside(talk, said.text)


def in_run(talk: Talk, said: Said) -> str:
    """Serve everything a text says while a flow is open; the current question is put again at the end."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return "nothing"
    done = acts(said.text)
    content = _content(said.text, done)
    current = engine.current(flow, run)
    taken = current.takes if current else ()
    for act in done:
        if act.kind in taken:
            continue
        if outcome := _obey_in_run(talk, act, bare=not content):
            return outcome
    greeted = bool(done) and all(act.kind in _GREETINGS for act in done)
    if greeted and not content:
        return _greet_back(talk, done)
    asked, told = ("", said.text) if "question" in taken else _parts(said.text)
    if asked:
        return _answer_between(talk, asked, told)
    turn = engine.hear(flow, run, said, talk.today)
    if _only_missed(turn) and len(words(said.text)) > 1:
        understood = talk.world.understand(said.text)
        if understood.outcome in {"answer", "handover", "action"} and understood.topic != "smalltalk":
            return _digress(talk, understood)
    running.settle(talk, turn)
    remember(talk, turn)
    return "missed" if _only_missed(turn) else "answered"


def outside(talk: Talk, text: str) -> str:
    """Read a text outside any flow."""
    done = acts(text)
    for act in done:
        if outcome := _obey_outside(talk, act, alone=len(done) == 1):
            return outcome
    understood = talk.world.understand(text)
    if understood.outcome == "flow":
        return _start(talk, understood.flow or talk.world.main_flow, text)
    if understood.outcome == "unsure" and _tells_of_planting(talk, text):
        return _start(talk, talk.world.main_flow, text)
    return asking.answer(talk, understood)


def edited(talk: Talk, said: Said) -> str:
    """Read an edited message: the last answer is changed, an older one is asked about."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or not said.text:
        return "edit_ignored"
    keys = talk.before.last_keys if talk.item.message_ref == talk.before.last_ref else ()
    if len(keys) == 1:
        turn = engine.correct(flow, run, talk.today, wrong="", right=said.text, key=keys[0])
        if turn.notes:
            running.settle(talk, turn)
            return "corrected"
    turn = engine.hear(flow, run, said, talk.today)
    if keys and any(isinstance(note, Proposed) for note in turn.notes):
        changes = [note for note in turn.notes if isinstance(note, Proposed) and note.key in keys]
        for note in changes:
            question = flow.question(note.key)
            if question:
                turn = engine.choose(flow, talk.run or run, note.key, question.encode(note.value), talk.today)
                talk.change(run=turn.run)
                running.echo(talk, flow, turn)
        running.ask(talk)
        return "corrected"
    if _only_missed(turn) or not turn.notes:
        return "edit_ignored"
    running.settle(talk, turn)
    return "corrected"


def _parts(text: str) -> tuple[str, str]:
    """Return what a text asks, and what else it says."""
    pieces = split_questions(text)
    asked = [piece for piece in pieces if piece.asks and not piece.is_all_acts]
    told = [piece for piece in pieces if not piece.asks and not piece.is_all_acts]
    return "\n".join(piece.text for piece in asked), "\n".join(piece.text for piece in told)


def _answer_between(talk: Talk, asked: str, told: str) -> str:
    """Record what is told, answer what is asked, and put the open question again, shortened."""
    flow, run = talk.open
    turn = engine.hear(flow, run, Said(text=told), talk.today) if told else Turn(run=run)
    if not _only_missed(turn):
        talk.change(run=turn.run)
        running.echo(talk, flow, turn)
        remember(talk, turn)
    understood = talk.world.understand(asked)
    if understood.outcome in {"unsure", "declined", "flow"}:
        # „Varbūt 50 ozoli?” is an answer with a doubt.
        doubted = engine.hear(flow, talk.run or run, Said(text=asked), talk.today)
        if not _only_missed(doubted):
            running.settle(talk, doubted)
            return "answered"
    return _digress(talk, understood)


def _content(text: str, done: tuple[Act, ...]) -> str:
    """Return what is left of a text without the parts that are acts."""
    rest, at = [], 0
    for act in sorted(done, key=lambda act: act.start):
        rest.append(text[at : max(at, act.start)])
        at = max(at, act.end)
    rest.append(text[at:])
    left = " ".join(rest)
    return left.strip() if words(left) else ""


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
    if kind in {"resume", "review"} and talk.conversation.parked:
        running.resume(talk, "")
    elif kind == "help":
        asking.help_(talk)
    elif kind in {"cancel", "pause", "resume", "back", "skip", "review", "restart"}:
        talk.say("nothing_begun")
        asking.offer_beginnings(talk)
    elif kind in _SMALLTALK:
        talk.say("smalltalk", kind=kind)
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
    known = current.read(Said(text=talk.item.said.text), talk.today)
    if isinstance(known, Understood):
        return ""
    turn = engine.skip(flow, run, talk.today)
    if turn.notes:
        running.settle(talk, turn)
        return "skipped"
    talk.say("cannot_skip", question=current, unknown=act.kind == "dont_know")
    running.ask(talk, again=True)
    return "cannot_skip"


def _correct(talk: Talk, act: Act) -> str:
    """Change what is named or what fits; without a new value, ask the named question again."""
    flow, run = talk.open
    correction = act.correction or Correction()
    wrong = correction.wrong.value if correction.wrong else ""
    right = correction.right.value if correction.right else ""
    key = _named(talk, correction.named.value) if correction.named else ""
    if right:
        turn = engine.correct(flow, run, talk.today, wrong=wrong, right=right, key=key)
        if turn.notes:
            running.settle(talk, turn)
            remember(talk, turn)
            return "corrected"
    if key:
        talk.change(run=engine.reopen(flow, run, key).run)
        running.ask(talk)
        return "reopened"
    if not right and not wrong:
        running.review(talk)
        return "review"
    return ""


def _add(talk: Talk, _: Act) -> str:
    """„Un vēl 20 liepas”: join it to the answer it belongs to."""
    flow, run = talk.open
    turn = engine.add(flow, run, Said(text=talk.item.said.text), talk.today)
    if not turn.notes:
        return ""
    running.settle(talk, turn)
    remember(talk, turn)
    return "added"


def _named(talk: Talk, thing: str) -> str:
    """Find the question that a person names: „skaitu”, „vietu”, „tālruni”."""
    flow = talk.flow
    folded = [word.folded for word in words(thing)]
    for question in flow.questions if flow else ():
        if any(word.startswith(name) for name in question.things for word in folded):
            return question.key
    return ""


def _answer_review(talk: Talk, act: Act) -> str:
    """„Jā” under the review sends it; „nē” asks what to change. Elsewhere both are answers."""
    if engine.current(*talk.open) is not None:
        return ""
    if act.kind == "yes":
        running.finish(talk)
        return "submitted"
    talk.say("what_to_change")
    running.review(talk)
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
    talk.offer(L("Sākt no jauna"), Do.START, value=flow.name)
    talk.offer(L("Turpināt"), Do.RESUME, value=run.id)
    return "restart"


def _call_staff(talk: Talk, act: Act) -> str:
    """Call a person; ask what about, unless the wish has said so."""
    text = talk.item.said.text
    if act.rest or len(words(text)) > _LONG_REQUEST:
        asking.call_staff(talk, text)
    else:
        asking.ask_for_staff(talk)
    return "human"


def _set_language(talk: Talk, act: Act) -> str:
    moves.set_language(talk, act.value or "lv")
    if talk.run:
        running.ask(talk, again=True)
    return "language"


def _list_own(talk: Talk) -> None:
    talk.emit("registrations.listed")
    talk.say("own")


def _digress(talk: Talk, understood: Understanding) -> str:
    """Answer what was asked in between, then put the question again, shortened."""
    outcome = asking.answer(talk, understood)
    if outcome == "choose":
        talk.next_message()
    if talk.run:
        running.ask(talk, again=True)
    return outcome


def _greet_back(talk: Talk, done: tuple[Act, ...]) -> str:
    talk.say("smalltalk", kind=done[0].kind)
    if running.was_away(talk, talk.now):
        running.recap(talk)
    running.ask(talk, again=True)
    return "smalltalk"


def _only_missed(turn: Turn) -> bool:
    return all(isinstance(note, Missed) for note in turn.notes)


def _start(talk: Talk, flow_name: str, text: str) -> str:
    running.begin(talk, talk.world.flows[flow_name], Said(text=text))
    return "flow"


def _tells_of_planting(talk: Talk, text: str) -> bool:
    """Whether a text that asks nothing states what the main flow wants to know: at least two of its answers."""
    if is_question(text):
        return False
    flow = talk.world.flows[talk.world.main_flow]
    stated = [question for question in flow.questions if question.find(Said(text=text), talk.today)]
    return len(stated) >= 2


_Obeying = Callable[[Talk, Act], str]

# Acts that count also when the message says something else besides.
_WITH_CONTENT: dict[str, _Obeying] = {
    "human": _then_ask(lambda talk, _: asking.call_staff(talk, talk.item.said.text), "human"),
    "forget_me": _move(lambda talk: asking.leave(talk, "forget_me"), "forget_me"),
    "minor": _move(lambda talk: talk.say("minor"), "minor"),
    "language": _set_language,
    "correction": _correct,
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
    "unsubscribe": _move(lambda talk: asking.leave(talk, "unsubscribe"), "unsubscribe"),
    "restart": _restart,
    "resume": _then_ask(lambda talk, _: running.recap(talk), "resume"),
    "review": _then_ask(lambda talk, _: running.recap(talk), "review"),
    "repeat": _move(running.ask, "repeat"),
    "unclear": _unclear,
    "help": _then_ask(lambda talk, _: talk.say("help_in_flow", flow=talk.flow), "help"),
    "my_trees": _then_ask(lambda talk, _: _list_own(talk), "my_trees"),
    "who": _then_ask(lambda talk, _: talk.say("smalltalk", kind="who"), "smalltalk"),
    "insult": _then_ask(lambda talk, _: talk.say("smalltalk", kind="insult"), "smalltalk"),
    "yes": _answer_review,
    "no": _answer_review,
}
_OUTSIDE: dict[str, _Obeying] = {
    "human": _call_staff,
    "unsubscribe": _move(lambda talk: asking.leave(talk, "unsubscribe"), "unsubscribe"),
    "forget_me": _move(lambda talk: asking.leave(talk, "forget_me"), "forget_me"),
    "minor": _move(lambda talk: talk.say("minor"), "minor"),
    "language": _set_language,
    "my_trees": _move(asking.show_own, "my_trees"),
}
