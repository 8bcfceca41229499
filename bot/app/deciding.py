"""Deciding: who answers what comes in, and what is looked up of its sender before."""

from dataclasses import replace

from sqlalchemy.engine import Connection

from bot.app.furnishing import Furniture
from bot.clock import Clock
from bot.conversation.respond import respond
from bot.conversation.response import Response
from bot.conversation.standing import Standing
from bot.conversation.state import Conversation, Tapped
from bot.conversation.world import World
from bot.desk import responding
from bot.inbox.receive import Look, Responder, nobody
from bot.messages import Address, Inbound
from bot.outreach import looking
from bot.registrations.review import view


def responder(staff_chat: Address | None) -> Responder:
    """Pick who decides: the desk in the staff's group, the conversation everywhere else."""

    def decide(
        conversation: Conversation, item: Inbound, tapped: Tapped | None, world: World, standing: Standing
    ) -> Response:
        if staff_chat is not None and item.chat == staff_chat:
            return responding.respond(conversation, item, standing)
        if item.envelope and item.envelope.case:
            return responding.by_letter(conversation, item, standing)
        return respond(conversation, item, tapped, world, standing)

    return decide


def look_of(rooms: Furniture, clock: Clock) -> Look:
    """Return what looks up who writes, and about what."""
    relay, boards, answers = rooms.relay, rooms.boards, rooms.answers

    def look(tx: Connection, item: Inbound) -> Standing:
        if item.private:
            return looking.standing(tx, item, clock)
        if relay is None or boards is None or answers is None:
            return nobody(tx, item)
        if item.envelope:
            return answers.lettered.standing(tx, item)
        post = boards.about(tx, item)
        return replace(relay.standing(tx, item), post=post, registration=view(tx, post))

    return look
