"""Mending: the person changes or withdraws a registration that has been sent.

Which ones there are only the room knows: it answers with a timer that is due at once and brings them along.
"""

from typing import Any

from bot.conversation import correcting, drafts, running
from bot.conversation.state import Act, Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L
from flows.run import decode_run
from knowledge.acts import is_question
from knowledge.latvian.text import words

_WITHDRAWING = ("atsauk", "anule", "withdraw", "cancel", "отозв", "отмен")
_REGISTRATION = ("registr", "pieteikum", "ierakst", "регистрац")  # folded beginnings
WITHDRAW = "withdraw"
_KEEP = "keep"


def wished(talk: Talk, text: str) -> str:
    """Begin what a text asks for: „atsaukt reģistrāciju”, „mainīt skaitu”; '' where it asks for neither."""
    if is_question(text):
        return ""
    folded = [word.folded for word in words(text)]
    names = any(word.startswith(_REGISTRATION) for word in folded)
    key = ""
    if names and any(word.startswith(_WITHDRAWING) for word in folded):
        key = WITHDRAW
    elif not correcting.says_change(text) or (
        not (key := correcting.named_in(talk.world.flows[talk.world.main_flow].questions, text)) and not names
    ):
        return ""
    return choose(talk, Act(do=Do.MEND, key=key))


def choose(talk: Talk, pressed: Act) -> str:
    """Ask the room for the registrations that can be changed; `value` names one of them."""
    if pressed.key == _KEEP:
        talk.say("mend_left")
        return "mend_left"
    if not talk.sure:
        talk.say("confirm_sender")
        talk.offer(L("Mani koki"), Do.OWN)
        return "confirm_sender"
    talk.emit("registration.chosen", key=pressed.key, registration=pressed.value or 0)
    return "mend"


def on_choice(talk: Talk) -> str:
    """Go on with the registration that is meant, or ask which one is."""
    key, found = talk.item.payload["key"], talk.item.payload["registrations"]
    if not found:
        talk.say("mend_none")
        if talk.run is None:
            talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
        return "mend_none"
    if len(found) > 1:
        talk.say("mend_which", registrations=found, withdraws=key == WITHDRAW)
        for one in found:
            number = {"number": int(one["reference"].rpartition("-")[2])}
            talk.offer(L("Nr. %(number)s"), Do.MEND, key=key, value=one["id"], values=number)
        return "mend_which"
    (one,) = found
    return _ask_whether(talk, one) if key == WITHDRAW else _open(talk, one, key)


def withdraw(talk: Talk, pressed: Act) -> str:
    """Withdraw a registration, after it was asked whether to."""
    talk.emit("registration.withdrawn", registration=pressed.value)
    run = talk.run
    if run and run.amends.startswith(f"{pressed.value}:"):
        drafts.forget_reminders(talk, run)
        talk.change(run=None)
    talk.say("withdrawn")
    if talk.run:
        running.ask(talk, again=True)
    return "withdrawn"


def _ask_whether(talk: Talk, one: dict[str, Any]) -> str:
    talk.say("withdraw_asked", reference=one["reference"], summary=one["summary"])
    talk.offer(L("Jā, atsaukt"), Do.WITHDRAW, value=one["id"])
    talk.offer(L("Nē, atstāt"), Do.MEND, key=_KEEP)
    return "withdraw_asked"


def _open(talk: Talk, one: dict[str, Any], key: str) -> str:
    """Open the registration's answers as a run of their flow; the active one is set aside."""
    flow = talk.world.flows.get(one["flow"])
    if flow is None:
        talk.say("toast_changed")
        return "changed_flow"
    drafts.park(talk)
    started = {"id": talk.world.new_id(), "flow": flow.name, "started_at": talk.now.isoformat()}
    run = decode_run(flow, {**started, "answers": one["answers"], "amends": f"{one['id']}:{one['reference']}"})
    if key in run.answers:
        run = engine.reopen(flow, run, key).run
    talk.change(run=run, nudges=0)
    talk.remind(f"draft:{run.id}", talk.now + talk.world.draft_lives, "draft", run=run.id)
    running.ask(talk)
    return "mending"
