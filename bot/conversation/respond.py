"""Respond: splits what came in into readings, serves every one of them, and makes the response.

Order settles only ties: command > token > request for a person > strict reading by the open question >
correction > confident topic > free text.
"""

from dataclasses import replace
from datetime import timedelta

from bot.conversation import (
    acting,
    attending,
    commands,
    content,
    editing,
    holding,
    linking,
    listening,
    meeting,
    picturing,
    questioned,
    reminding,
    replying,
    rights,
    running,
    taps,
    wishing,
)
from bot.conversation.response import Response
from bot.conversation.standing import NOBODY, Standing
from bot.conversation.state import Conversation, Do, Tapped
from bot.conversation.talk import Talk
from bot.conversation.world import World
from bot.messages import Inbound, Kind
from flows.grammar import L
from flows.said import Said
from knowledge.latvian.text import clean
from knowledge.secrets import MARKS

_LONGEST = 20_000  # characters that are looked at; nobody types more, and a machine may
_FOR_GOOD = 9998  # the year until which somebody is never heard
_BURST = timedelta(minutes=1)


def respond(
    conversation: Conversation,
    item: Inbound,
    tapped: Tapped | None,
    world: World,
    standing: Standing = NOBODY,
) -> Response:
    """Decide what one inbound leads to. Pure. `tapped` is the prompt whose button was pressed, if we know it."""
    talk = Talk(conversation, item, world, standing)
    if item.kind is Kind.MEMBERSHIP:
        talk.emit("address.present" if item.present else "address.gone", because="blocked")
        return talk.done("returned" if item.present else "blocked")
    if not item.private:
        return talk.done("group")
    if item.kind is Kind.TIMER:
        return reminding.on_timer(talk)
    if item.kind is Kind.REACTION:
        return talk.done(holding.on_reaction(talk))
    if item.kind not in {Kind.MESSAGE, Kind.EDIT, Kind.TAP}:
        return talk.done("ignored")
    if outcome := _flooded(talk) or _not_heard(talk):
        return talk.done(outcome)
    meeting.choose_language(talk)
    if item.kind is Kind.TAP:
        outcome = taps.on_tap(talk, tapped)
    elif item.kind is Kind.EDIT:
        outcome = _on_edit(talk)
    else:
        outcome = _on_message(talk, tapped)
        if holding.is_for_staff(talk, outcome):
            # Decided anew: what the assistant would have answered is not said.
            talk = Talk(conversation, item, world, standing)
            _flooded(talk)
            outcome = holding.on_message(talk)
        else:
            picturing.on_pictures(talk)
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


def _not_heard(talk: Talk) -> str:
    """Keep silent where staff have said so, after one word about it; commands, and so one's rights, are left."""
    until = talk.conversation.muted_until
    if until is None or talk.now >= until or talk.item.said.text.startswith("/"):
        return ""
    if not talk.conversation.muted_told:
        talk.say("not_heard", until=None if until.year == _FOR_GOOD else until)
        talk.change(muted_told=True)
    return "not_heard"


def _on_message(talk: Talk, answered: Tapped | None = None) -> str:
    said = talk.item.said
    if rights.erases(talk):
        return rights.erase(talk)
    if said.masked:
        return _on_masked(talk, said)
    if talk.conversation.held and holding.is_spoken_to(talk):
        return holding.on_message(talk)
    return replying.on_letter(talk, answered) if talk.by_letter else _on_chat(talk, said)


def _on_chat(talk: Talk, said: Said) -> str:
    if linking.code_in(said.text):
        if said.files:
            content.pass_on_pictures(talk, said.files)
        return linking.join(talk, said.text[:_LONGEST])
    if asked := questioned.in_chat(talk):
        return questioned.on_answer(talk, asked, replace(said, text=clean(said.text)[:_LONGEST].strip()))
    if content.is_unreadable(said):
        return content.on_unreadable(talk, said)
    if said.position or said.card or said.files:
        return content.on_content(talk, said)
    text = clean(said.text)[:_LONGEST].strip()
    if not text:
        talk.say("unreadable")
        return _and_ask_again(talk, "unreadable")
    if text.startswith("/"):
        return commands.on_command(talk, text)
    if offer := acting.typed(talk, text):
        return taps.press(talk, offer)
    if outcome := attending.hear(talk, text):
        return _and_ask_again(talk, outcome)
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
    if talk.conversation.held and holding.is_spoken_to(talk):
        return holding.on_message(talk)
    rest = said.text
    for mark in MARKS.values():
        rest = rest.replace(mark, " ")
    if wishing.says_something(talk, rest):
        listening.on_text(talk, Said(text=rest.strip()))
        return "masked"
    return _and_ask_again(talk, "masked")


def _on_edit(talk: Talk) -> str:
    """An edit of the last answer corrects it; an edit of an older one is offered as a correction."""
    said = talk.item.said
    if said.position and said.position.live:
        return "live_position"
    if talk.conversation.held and not talk.run:
        return holding.on_edit(talk)
    if talk.item.message_ref == talk.before.last_ref and not talk.before.last_keys:
        return _on_message(talk)
    outcome = editing.edited(talk, Said(text=clean(said.text)[:_LONGEST].strip()))
    return holding.on_edit(talk) if outcome == "edit_ignored" else outcome


def _and_ask_again(talk: Talk, outcome: str) -> str:
    if talk.run:
        running.ask(talk, again=True)
    return outcome
