"""Commands: /start with its deep links, and the handful of others that Telegram's menu shows."""

import re
from collections.abc import Callable

from bot.conversation import (
    acting,
    asking,
    attending,
    for_staff,
    listening,
    moves,
    reviewing,
    rights,
    running,
    subscribing,
)
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import L
from flows.said import Said

# What the menu shows; the Latvian sentence is the id of its translation.
MENU = {
    "start": L("Sākt sarunu"),
    "koki": L("Reģistrēt kokus vai apskatīt savējos"),
    "jautat": L("Uzdot jautājumu"),
    "cilveks": L("Sazināties ar darbinieku"),
    "valoda": L("Mainīt valodu / Change language"),
    "palidziba": L("Ko es protu"),
    "privatums": L("Kas notiek ar Jūsu datiem"),
    "pasakumi": L("Stādīšanas pasākumi"),
    "zinas": L("Kādas ziņas saņemt"),
    "mani": L("Kas Jums ir par mani"),
    "dzest": L("Izdzēst manus datus"),
    "stop": L("Vairs nesūtīt ziņas"),
}

_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# Telegram lets a link carry 64 characters of these. `registret`, `registret-KODS`, or a code alone.
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REGISTER = "registret"
_JOIN = "darbs-"  # a one-time link by which somebody joins the team


def on_command(talk: Talk, text: str) -> str:
    """Carry out a command; what follows it is read as if it had been said alone."""
    match = _COMMAND.match(text)
    name = match[1].lower() if match else ""
    rest = (match[2] or "").strip() if match else ""
    known: dict[str, Callable[[], object]] = {
        "start": lambda: _start(talk, rest),
        "koki": lambda: asking.show_own(talk),
        "jautat": lambda: _ask(talk, rest),
        "cilveks": lambda: asking.ask_for_staff(talk),
        "valoda": lambda: moves.choose_language(talk),
        "palidziba": lambda: asking.help_(talk),
        "help": lambda: asking.help_(talk),
        "privatums": lambda: _privacy(talk),
        "privacy": lambda: _privacy(talk),
        "pasakumi": lambda: attending.show_events(talk, rest),
        "zinas": lambda: subscribing.show(talk),
        "mani": lambda: rights.show_all(talk),
        "dzest": lambda: rights.ask_to_erase(talk),
        "stop": lambda: asking.unsubscribe(talk),
    }
    if name not in known and for_staff.carry_out(talk, name, rest):
        return f"command_{name}"
    if name not in known:
        talk.say("unknown_command", given=text[:40])
        asking.help_(talk)
        return "unknown_command"
    known[name]()
    return f"command_{name}"


def _start(talk: Talk, payload: str) -> None:
    """Greet; a deep link may start the registration and bring a campaign's code."""
    if payload.startswith(_JOIN):
        talk.emit("team.joined", code=payload.removeprefix(_JOIN), name=talk.item.profile_name)
        talk.say("team_joined")
        return
    payload = payload if _PAYLOAD.fullmatch(payload) else ""
    wants, _, code = payload.partition("-") if payload.startswith(_REGISTER) else ("", "", payload)
    if code:
        talk.change(campaign=code)
    if wants == _REGISTER:
        acting.start(talk, talk.world.main_flow)
        return
    if talk.run:
        talk.say("welcome_back")
        reviewing.recap(talk)
        running.ask(talk, again=True)
        return
    talk.say("welcome", known=talk.conversation.greeted)
    if talk.conversation.notice != talk.world.notice_version:
        talk.say("notice", first=False)
    talk.change(greeted=True, notice=talk.world.notice_version)
    asking.offer_work(talk)
    talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
    talk.offer(L("Ko Jūs protat?"), Do.HELP)


def _ask(talk: Talk, question: str) -> None:
    if question:
        listening.outside(talk, Said(text=question))
        return
    talk.say("ask_me")
    for topic_id in talk.world.first_topics:
        topic = talk.world.topics[topic_id]
        talk.offer(topic.label[talk.conversation.spoken], Do.TOPIC, value=topic_id, wide=True)


def _privacy(talk: Talk) -> None:
    talk.emit("permissions.listed")
    talk.say("privacy")
    talk.offer(L("Atsaukt atļaujas"), Do.PERMIT, value=False)
    if talk.run:
        talk.next_message()
        running.ask(talk, again=True)
