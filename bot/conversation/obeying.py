"""Obeying: what each act of a text does (back, skip, „jā”, a wish for a person), within a flow and outside of one."""

from collections.abc import Callable

from bot.conversation import (
    acting,
    asking,
    beginning,
    correcting,
    ending,
    linking,
    moves,
    parts,
    reviewing,
    rights,
    running,
)
from bot.conversation.state import Act as Pressed
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L, Understood
from flows.said import Said
from knowledge.acts import Act
from knowledge.latvian.text import words

_SMALLTALK = frozenset(
    {"greeting", "farewell", "thanks", "insult", "who", "no", "yes", "dont_know", "unclear"},
)
_LONG_REQUEST = 6  # words: a wish for a person that says what about


def in_run(talk: Talk, act: Act, *, bare: bool) -> str:
    """Carry out an act within a flow; '' when it has no effect here and the text is read on."""
    does = _WITH_CONTENT.get(act.kind) or (_ALONE.get(act.kind) if bare else None)
    return does(talk, act) if does else ""


def outside(talk: Talk, act: Act, *, alone: bool) -> str:
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
    asked, _ = parts.asked_and_told(f"{text[: act.start]} {text[act.end :]}")
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
