"""Minding: who hears of it when a message, a file or a topic came to something that nobody answers."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from bot import timers
from bot.app.furnishing import Furniture
from bot.attachments.records import Claimed, Outcome
from bot.conversation.response import Timer
from bot.delivery.sender import Failure, OnFailure, OnOpened
from bot.desk import enclosing
from bot.losses import Losses
from bot.messages import LETTERS, Address
from bot.outreach import broadcasts

if TYPE_CHECKING:
    from bot.attachments.fetcher import OnLoss


def on_opened(rooms: Furniture) -> OnOpened:
    """Return what hears of a topic that Telegram has numbered."""
    relay, boards = rooms.relay, rooms.boards

    def opened(tx: Connection, thread: str, ref: str) -> None:
        if relay:
            relay.topic_opened(tx, thread, ref)
        if boards:
            boards.opened(tx, thread, ref)

    return opened


def on_failure(rooms: Furniture) -> OnFailure:
    """Return what hears of a message that could not be sent."""
    losses, work, boards, answers = rooms.losses, rooms.work, rooms.boards, rooms.answers

    def failed(tx: Connection, failure: Failure, now: datetime) -> None:
        losses.of_message(tx, failure, now)
        broadcasts.lost(tx, failure, now)
        if work:
            work.restoring.lost(tx, failure, now)
        if boards:
            boards.lost(tx, failure, now)
        if answers:
            answers.rerouting.failed(tx, failure, now)

    return failed


def on_loss(losses: Losses) -> "OnLoss":
    """Return what hears of a file that could not be had."""

    def lost(tx: Connection, row: Claimed, outcome: Outcome, now: datetime) -> None:
        if not enclosing.is_of_staff(row.run_id):  # what staff have sent is told in the case's topic
            losses.of_file(tx, row, outcome, now)

    return lost


def on_place(tx: Connection, row: Claimed, place: tuple[float, float], now: datetime) -> None:
    """Come back to a picture's place, which could be read only now. That of a letter's was offered with its answer."""
    if row.run_id and not enclosing.is_of_staff(row.run_id) and Address.parse(row.address).channel != LETTERS:
        payload = {"run": row.run_id, "lat": place[0], "lon": place[1]}
        timer = Timer(key=f"pictured:{row.id}", due_at=now, kind="pictured", payload=payload)
        timers.put(tx, row.contact_id, row.address, timer)
