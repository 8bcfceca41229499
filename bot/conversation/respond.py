"""Respond: splits what came in into readings, serves every one of them, and makes the response.

Order settles only ties: command > token > request for a person > strict reading by the open question >
correction > confident topic > free text.
"""

from datetime import timedelta

from bot.conversation import acting, asking, commands, listening, meeting, reminding, running, taps
from bot.conversation.response import Response
from bot.conversation.state import Conversation, Do, Tapped
from bot.conversation.talk import Talk
from bot.conversation.world import World
from bot.messages import Inbound, Kind
from flows import engine
from flows.grammar import L
from flows.said import Said
from knowledge.latvian.text import clean, words
from knowledge.secrets import MARKS

_LONGEST = 20_000  # characters that are looked at; nobody types more, and a machine may
_BURST = timedelta(minutes=1)
_WORTH_READING = 2  # words beside what was hidden

# What we say to content that can't be read; voice and documents go to a person.
_UNREADABLE = {
    "voice": "voice",
    "audio": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "sticker",
    "sticker": "sticker",
}


def respond(conversation: Conversation, item: Inbound, tapped: Tapped | None, world: World) -> Response:
    """Decide what one inbound leads to. Pure. `tapped` is the prompt whose button was pressed, if we know it."""
    talk = Talk(conversation, item, world)
    if item.kind is Kind.MEMBERSHIP:
        talk.emit("address.present" if item.present else "address.gone", because="blocked")
        return talk.done("returned" if item.present else "blocked")
    if not item.private:
        return talk.done("group")
    if item.kind is Kind.TIMER:
        return reminding.on_timer(talk)
    if item.kind not in {Kind.MESSAGE, Kind.EDIT, Kind.TAP}:
        return talk.done("ignored")
    if outcome := _flooded(talk):
        return talk.done(outcome)
    meeting.choose_language(talk)
    if item.kind is Kind.TAP:
        outcome = taps.on_tap(talk, tapped)
    elif item.kind is Kind.EDIT:
        outcome = _on_edit(talk)
    else:
        outcome = _on_message(talk)
    meeting.greet_first(talk)
    talk.change(said_at=talk.now)
    return talk.done(outcome)


def _flooded(talk: Talk) -> str:
    """Count messages in the running minute; past the limit one kind word, then silence."""
    since = talk.conversation.burst_from
    if since is None or not timedelta() <= talk.now - since < _BURST:
        talk.change(burst=1, burst_from=talk.now)
        return ""
    talk.change(burst=talk.conversation.burst + 1)
    over = talk.conversation.burst - talk.world.burst_limit
    if over == 1:
        talk.say("slow_down")
    return "flood" if over > 0 else ""


def _on_message(talk: Talk) -> str:
    said = talk.item.said
    if said.masked:
        return _on_masked(talk, said)
    if said.other in _UNREADABLE:
        return _on_unreadable(talk, _UNREADABLE[said.other])
    if said.position or said.card or said.files:
        return _on_content(talk, said)
    text = clean(said.text)[:_LONGEST].strip()
    if not text:
        talk.say("unreadable")
        return _and_ask_again(talk, "unreadable")
    if text.startswith("/"):
        return commands.on_command(talk, text)
    if offer := acting.typed(talk, text):
        return taps.press(talk, offer)
    return listening.on_text(talk, Said(text=text))


def _on_masked(talk: Talk, said: Said) -> str:
    """Something that must not be written down was hidden; the rest of the message still counts."""
    if "doubtful" in said.masked:
        talk.say("doubtful_digits")
        talk.as_reply()
        talk.offer(L("Kadastra numurs"), Do.CADASTRE, value=True)
        talk.offer(L("Personas kods"), Do.CADASTRE, value=False)
        return "doubtful"
    talk.say("masked", kinds=sorted(said.masked))
    rest = said.text
    for mark in MARKS.values():
        rest = rest.replace(mark, " ")
    if len(words(rest)) > _WORTH_READING:
        listening.on_text(talk, Said(text=rest.strip()))
        return "masked"
    return _and_ask_again(talk, "masked")


def _on_unreadable(talk: Talk, kind: str) -> str:
    if kind in {"voice", "video"}:
        talk.emit("case.opened", kind="message", subject=f"[{kind}]", details={"message_ref": talk.item.message_ref})
        talk.say(f"got_{kind}")
    else:
        talk.say("got_sticker")
    return _and_ask_again(talk, kind)


def _on_content(talk: Talk, said: Said) -> str:
    """A place, a contact card or pictures: for the open flow; without one they begin a registration."""
    if talk.run is None:
        return asking.on_content(talk, said)
    flow = talk.world.flows[talk.run.flow]
    if said.album and said.files:
        return reminding.collect_album(talk, said)
    turn = engine.hear(flow, talk.run, said, talk.today)
    if any(isinstance(note, engine.Missed) for note in turn.notes):
        return asking.on_content(talk, said)
    running.settle(talk, turn)
    return "answered"


def _on_edit(talk: Talk) -> str:
    """An edit of the last answer corrects it; an edit of an older one is offered as a correction."""
    said = talk.item.said
    if said.position and said.position.live:
        return "live_position"
    if talk.item.message_ref == talk.before.last_ref and not talk.before.last_keys:
        return _on_message(talk)
    return listening.edited(talk, Said(text=clean(said.text)[:_LONGEST].strip()))


def _and_ask_again(talk: Talk, outcome: str) -> str:
    if talk.run:
        running.ask(talk, again=True)
    return outcome
