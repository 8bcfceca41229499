"""Enclosing: files that pass between a person and staff where the one side writes letters.

A file is fetched and kept first, as everything that people attach; a timer looks whether that is done, and only then is
it shown in the case's topic, or sent on as an attachment.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.attachments import records
from bot.attachments.records import Attachment, Register
from bot.conversation.response import Event, Say, Timer
from bot.database import BigKey, UTCDateTime, metadata
from bot.delivery import outbox
from bot.desk import answers, mirrors
from bot.desk.cases import case_row
from bot.desk.mirrors import Spot
from bot.desk.relay import UNDO, Relay
from bot.messages import LETTERS, Address, Enclosure, Outbound
from bot.rooms import NO_FACTS, Handler, Scene
from flows.said import File

case_files = sa.Table(
    "case_files",
    metadata,
    sa.Column("id", BigKey, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("contact_id", sa.ForeignKey("contacts.id"), nullable=False, index=True),  # the person
    sa.Column("bundle", sa.String(200), nullable=False),  # what was sent in one go
    sa.Column("unique", sa.String(200), nullable=False),  # of the attachment
    sa.Column("run_id", sa.String(16), nullable=False),  # of the attachment, where staff have sent it; else ''
    sa.Column("text", sa.Text, nullable=False, server_default=""),  # what staff have written with it, until it goes
    sa.Column("by", sa.String(400), nullable=False, server_default=""),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("passed_at", UTCDateTime),
)

_OF_STAFF = "case:"  # what stands for the run of an attachment
_FIRST_LOOK, _LONGEST = timedelta(seconds=2), timedelta(minutes=5)  # an album comes in pieces; fetching takes a while
_LARGEST_LETTER = 15 * 1024 * 1024  # bytes of files: a third more in a letter, and many take no more than 25 MB
_LARGEST_PHOTO = 10 * 1024 * 1024  # bytes, as Telegram has it
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosing:
    """Called in the transaction that records what was sent."""

    relay: Relay
    register: Register

    def told(self, tx: Connection, case_id: int, files: Sequence[File], scene: Scene) -> None:
        """Show staff what a person has attached to a letter, when it is kept."""
        if files and scene.chat.channel == LETTERS:
            self._expect(tx, case_row(tx, case_id), files, f"p{scene.inbound_id}", scene.now)

    def opened(self, tx: Connection, case_id: int, files: Sequence[File], scene: Scene) -> None:
        """Show staff what a case begins with: what came on Telegram as it is there, at once."""
        if files and scene.ref and scene.chat.channel == self.relay.chat.channel:
            copied = Outbound(kind="copy", source=(scene.chat.ident, scene.ref))
            delivery = self.relay.post(tx, case_id, copied, scene.now, kind="person")
            mirrors.pair(tx, case_id, Spot(scene.chat, scene.ref), delivery, scene.now)
        self.told(tx, case_id, files, scene)

    def gathered(self, tx: Connection, case_id: int, event: Event, scene: Scene) -> None:
        """Show staff what was sent in a flow: copied from a chat, otherwise once they are kept."""
        run_id = event.data["run"]
        kept = records.of_run(tx, run_id)
        there = [one for one in kept if one.message_ref and one.address.channel == self.relay.chat.channel]
        for ref in dict.fromkeys(one.message_ref for one in there):
            copied = Outbound(kind="copy", source=(scene.chat.ident, ref))
            self.relay.post(tx, case_id, copied, scene.now, kind="person")
        files = [File(ref="", unique=one.unique) for one in kept if one not in there]
        if files:
            self._expect(tx, case_row(tx, case_id), files, f"r{run_id}", scene.now, run_id=run_id)

    def shown(self, copies: Handler) -> Handler:
        """Return what sends files of staff's group: to a chat copies do, to who writes letters they are enclosed.

        A picture sent as a file is enclosed for a chat too: Telegram's copy would carry what a camera wrote into it.
        """

        def shown(tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
            case = case_row(tx, event.data["case"])
            by_chat = Address.parse(case.chat).channel == self.relay.chat.channel
            if by_chat and not any(_is_picture_file(file) for file in event.data["files"]):
                return copies(tx, event, scene)
            self._send(tx, event, scene, bundle=event.data["album"] or event.data["ref"])
            return NO_FACTS

        return shown

    def enclosed(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send on what a member of staff has attached to a letter."""
        self._send(tx, event, scene, bundle=f"l{scene.inbound_id}")
        return NO_FACTS

    def due(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Pass on a bundle that is kept by now; what is still fetched is looked at again, what can't be had is told."""
        mine = sa.and_(
            case_files.c.case_id == event.data["case"],
            case_files.c.bundle == event.data["bundle"],
            case_files.c.passed_at.is_(None),
        )
        rows = tx.execute(sa.select(case_files).where(mine).order_by(case_files.c.id)).all()
        if not rows:
            return NO_FACTS
        found = [_attachment(tx, row) for row in rows]
        if any(one is not None and one.state == "pending" for one in found):
            wait = min(_FIRST_LOOK * 2 ** event.data["looks"], _LONGEST)
            case = case_row(tx, rows[0].case_id)
            self._look(tx, case, rows[0].bundle, scene.now + wait, event.data["looks"] + 1)
            return NO_FACTS
        tx.execute(sa.update(case_files).where(mine).values(passed_at=scene.now, text=""))
        kept = [one for one in found if one is not None and one.state == "stored"]
        if is_of_staff(rows[0].run_id):
            kept = self._pass_on(tx, rows[0], kept, scene.now)
        else:
            self._show(tx, rows[0].case_id, kept, scene.now)
        lost = [one for one in found if one not in kept]
        if lost:
            text = self.relay.words.tongue("lv").say(
                Say(template="files_lost", values={"lost": lost, "by_staff": bool(rows[0].run_id)}), {}
            )
            self.relay.post(tx, rows[0].case_id, Outbound(text=text), scene.now, kind="notice")
        return NO_FACTS

    def _send(self, tx: Connection, event: Event, scene: Scene, *, bundle: str) -> None:
        """Let files of staff be fetched and kept, to be sent to the person of a case."""
        case, files, run = case_row(tx, event.data["case"]), event.data["files"], f"{_OF_STAFF}{event.data['case']}"
        theirs = replace(scene, contact_id=case.contact_id)
        self.register.receive(tx, Event(type="attachments.received", data={"files": files, "run": run}), theirs)
        wrote = {"text": event.data["text"], "by": event.data["by"], "name": event.data["name"], "run_id": run}
        self._expect(tx, case, files, bundle, scene.now, **wrote)
        self.relay.note_answer(tx, case.id, event.data["by"], scene.now)

    def _expect(
        self, tx: Connection, case: sa.Row[Any], files: Sequence[File], bundle: str, now: datetime, **wrote: str
    ) -> None:
        known = {"case_id": case.id, "contact_id": case.contact_id, "bundle": bundle, "run_id": "", **wrote}
        for file in files:
            tx.execute(sa.insert(case_files).values(**known, unique=file.unique))
        self._look(tx, case, bundle, now + _FIRST_LOOK, 0)

    @staticmethod
    def _look(tx: Connection, case: sa.Row[Any], bundle: str, at: datetime, looks: int) -> None:
        payload = {"case": case.id, "bundle": bundle, "looks": looks}
        timer = Timer(key=f"files:{case.id}:{bundle}"[:120], due_at=at, kind="files", payload=payload)
        timers.put(tx, case.contact_id, case.chat, timer)

    def _show(self, tx: Connection, case_id: int, kept: list[Attachment], now: datetime) -> None:
        for one in kept:
            self.relay.post(tx, case_id, Outbound(kind=_kind(one), enclosures=(_enclosure(one),)), now, kind="person")

    def _pass_on(self, tx: Connection, row: sa.Row[Any], kept: list[Attachment], now: datetime) -> list[Attachment]:
        """Send files of staff to the person; returns those that go: a letter takes only so much."""
        case = case_row(tx, row.case_id)
        chat = Address.parse(case.chat)
        fit = _fitting(kept) if chat.channel == LETTERS else kept
        if not fit and not row.text:
            return fit
        files = [(_kind(one), _enclosure(one, number)) for number, one in enumerate(fit, start=1)]
        messages = put(self.relay, tx, case, row.text, files)
        for message in messages:
            sent = outbox.put(tx, message, chat=chat, now=now + UNDO, contact_id=case.contact_id)
            answers.note(tx, sent, case, by=row.by, name=row.name, text=row.text, now=now)
            what = " ".join(
                filter(None, (row.text if message.text else "", *(f"📎 {f.name}" for f in message.enclosures)))
            )
            self.relay.offer_undo(tx, case.id, sent, f"{row.name}: {what}", now)
        return fit


def is_of_staff(run_id: str) -> bool:
    """Whether an attachment is one that staff have sent."""
    return run_id.startswith(_OF_STAFF)


def put(
    relay: Relay, tx: Connection, case: sa.Row[Any], text: str, files: Sequence[tuple[str, Enclosure]]
) -> list[Outbound]:
    """Put an answer with files as the person's channel has it: one letter, or in a chat a message each, by its kind."""
    say = Say(template="desk_answer", values={"text": text})
    if Address.parse(case.chat).channel == LETTERS:
        if not text:
            say = Say(template="desk_files", values={"count": len(files)})
        letter = relay.message(tx, case, say)
        return [replace(letter, kind="document", enclosures=tuple(file for _, file in files)) if files else letter]
    shown = [Outbound(kind=kind, enclosures=(file,)) for kind, file in files]
    return [relay.message(tx, case, say), *shown] if text else shown


def _is_picture_file(file: File) -> bool:
    """Whether it is a picture that was not sent as one: then Telegram has left everything in it."""
    named = file.name.lower().endswith((".jpg", ".jpeg", ".png", ".heic", ".webp", ".tif", ".tiff"))
    return file.kind == "document" and (named or file.media_type.startswith("image/"))


def _attachment(tx: Connection, row: sa.Row[Any]) -> Attachment | None:
    return records.newest(tx, row.contact_id, row.unique, row.run_id)


def _enclosure(one: Attachment, number: int = 1) -> Enclosure:
    """Name a file as it was called; Telegram's photos have no name."""
    name = one.name or f"attels-{number}{mimetypes.guess_extension(one.stored_type) or ''}"
    return Enclosure(key=one.object_key, name=name, media_type=one.stored_type)


def _kind(one: Attachment) -> str:
    return "photo" if one.stored_type in _PHOTOS and one.stored_size <= _LARGEST_PHOTO else "document"


def _fitting(kept: list[Attachment]) -> list[Attachment]:
    fit: list[Attachment] = []
    for one in kept:
        if sum(other.stored_size for other in fit) + one.stored_size <= _LARGEST_LETTER:
            fit.append(one)
    return fit
