"""Mirroring: what a person and staff show each other; their edits, reactions and albums reach the other side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import timers
from bot.conversation.response import Event, Timer
from bot.delivery import outbox
from bot.delivery.body import decode
from bot.delivery.outbox import Lane, deliveries
from bot.desk import answers, mirrors
from bot.desk.cases import case_row, cases
from bot.desk.mirrors import Pair, Spot
from bot.desk.relay import UNDO, Relay
from bot.messages import LETTERS, Address, Outbound
from bot.rooms import NO_FACTS, Scene

_GATHER = timedelta(seconds=1.5)  # pictures of one album arrive as messages of their own
_UNDERWAY = ("queued", "sending", "sent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirroring:
    """Handlers of what is written, shown, edited and reacted to on either side of a case."""

    relay: Relay

    def written(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Show staff what the person writes while they have the case; a reply to it is an answer."""
        case, ref = case_row(tx, event.data["case"]), event.data["ref"]
        if case.chat != str(scene.chat):
            tx.execute(sa.update(cases).where(cases.c.id == case.id).values(chat=str(scene.chat)))
        if event.data["copied"] and scene.chat.channel == self.relay.chat.channel:
            if event.data["album"]:
                self._gather(tx, case, Spot(scene.chat, ref), event.data["album"], scene.now)
                return NO_FACTS
            shown = Outbound(kind="copy", source=(scene.chat.ident, ref))
        else:
            named = "".join(f"\n[{file.kind}: {escape(file.name or '')}]" for file in event.data["files"])
            shown = Outbound(text=f"👤 {escape(event.data['text'])}{named}")
        delivery = self.relay.post(tx, case.id, shown, scene.now, kind="person")
        mirrors.pair(tx, case.id, Spot(scene.chat, ref), delivery, scene.now)
        return NO_FACTS

    def shown(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Send a picture or a document of staff to a person on Telegram."""
        case, ref = case_row(tx, event.data["case"]), event.data["ref"]
        chat = Address.parse(case.chat)
        self.relay.note_answer(tx, case.id, event.data["by"], scene.now)
        if event.data["album"]:
            mine = Spot(self.relay.chat, ref)
            self._gather(tx, case, mine, event.data["album"], scene.now, name=event.data["name"])
            return NO_FACTS
        copied = Outbound(kind="copy", source=(self.relay.chat.ident, ref))
        sent = outbox.put(tx, copied, chat=chat, now=scene.now + UNDO, contact_id=case.contact_id)
        answers.note(tx, sent, case, by=event.data["by"], name=event.data["name"], text="", now=scene.now)
        mirrors.pair(tx, case.id, Spot(self.relay.chat, ref), sent, scene.now)
        self.relay.offer_undo(tx, case.id, sent, f"{event.data['name']}: 📷", scene.now)
        return NO_FACTS

    def gathered(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Bring an album to the other side as one, now that all of it has come."""
        case = case_row(tx, event.data["case"])
        rows = mirrors.gathered(tx, case.id, event.data["album"])
        if not rows or not case.chat:
            return NO_FACTS
        source = Address.parse(rows[0].chat)
        copied = Outbound(kind="copy", source=(source.ident, *(row.ref for row in rows)))
        if source != self.relay.chat:
            mirrors.place(tx, rows, self.relay.post(tx, case.id, copied, scene.now, kind="person"))
            return NO_FACTS
        chat = Address.parse(case.chat)
        sent = outbox.put(tx, copied, chat=chat, now=scene.now + UNDO, contact_id=case.contact_id)
        answers.note(tx, sent, case, by=case.answered_by or "", name=event.data["name"], text="", now=scene.now)
        mirrors.place(tx, rows, sent)
        self.relay.offer_undo(tx, case.id, sent, f"{event.data['name']}: {'📷' * len(rows)}", scene.now)
        return NO_FACTS

    def edited_by_person(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Let staff see a message as the person has changed it; where they can't any more, tell them."""
        spot, text = Spot(scene.chat, event.data["ref"]), event.data["text"]
        pairs = [found for found in mirrors.of_source(tx, spot) if case_row(tx, found.case_id).state == "open"]
        if not pairs and event.data["case"]:
            self._tell_edit(tx, event.data["case"], spot, text, scene.now)
        for found in pairs:
            shown = _delivery(tx, found)
            if self.relay.kind_of(tx, found.delivery_id) == "summary" or shown.state not in _UNDERWAY:
                self._tell_edit(tx, found.case_id, spot, text, scene.now)
                continue
            before = decode(shown.body).text if shown.body else ""
            self._change(tx, shown, found, f"👤 {escape(text)}", escape(text), scene.now)
            answered = case_row(tx, found.case_id).answered_at
            if answered and answered >= found.made_at:
                was = f" Bija: {before.removeprefix('👤 ')}" if before else ""
                told = Outbound(text=f"✏️ Pēc atbildes labots: {escape(text)}{was}")
                self.relay.post(tx, found.case_id, told, scene.now, kind="person")
        return NO_FACTS

    def edited_by_staff(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Change an answer that has gone to the person; returns whether it could be: a letter that is out is out."""
        found = mirrors.get(tx, event.data["pair"])
        shown, case = _delivery(tx, found), case_row(tx, found.case_id)
        if shown.state not in _UNDERWAY:
            return {"changed": False}
        said = decode(shown.body).kind if shown.body else "message"
        message = self.relay.answer(tx, case, event.data["text"])
        in_time = said != "copy" and outbox.rewrite(tx, shown.id, message)
        if not in_time and Address.parse(shown.chat).channel == LETTERS:
            return {"changed": False}
        answers.reword(tx, shown.id, event.data["text"])
        if in_time:
            return {"changed": True}
        self._change(tx, shown, found, message.text, escape(event.data["text"]), scene.now)
        return {"changed": True}

    def reacted_by_person(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Put the person's emoji on what staff wrote."""
        found = mirrors.of_shown(tx, scene.chat, event.data["ref"], scene.contact_id)
        if found and found.spot.chat == self.relay.chat:
            thread = case_row(tx, found.case_id).thread
            self._react(tx, found, event.data["emoji"], scene.now, contact_id=None, thread=thread)
        return NO_FACTS

    def reacted_by_staff(self, tx: Connection, event: Event, scene: Scene) -> Mapping[str, Any]:
        """Put an emoji of staff on what the person wrote."""
        found = mirrors.get(tx, event.data["pair"])
        if found.spot.chat.channel == self.relay.chat.channel and found.spot.chat != self.relay.chat:
            contact_id = case_row(tx, found.case_id).contact_id
            self._react(tx, found, event.data["emoji"], scene.now, contact_id=contact_id)
        return NO_FACTS

    @staticmethod
    def _gather(tx: Connection, case: sa.Row[Any], spot: Spot, album: str, now: datetime, *, name: str = "") -> None:
        mirrors.gather(tx, case.id, spot, album, now)
        payload = {"case": case.id, "album": album, "name": name}
        timer = Timer(key=f"mirror:{case.id}:{album}", due_at=now + _GATHER, kind="mirror", payload=payload)
        timers.put(tx, case.contact_id, case.chat, timer)

    def _change(  # noqa: PLR0917 - as above
        self, tx: Connection, shown: sa.Row[Any], found: Pair, text: str, caption: str, now: datetime
    ) -> None:
        """Change what is shown: a text as a whole, of a copy the caption; what has not gone yet goes changed."""
        message = decode(shown.body) if shown.body else Outbound()
        if message.kind != "copy":
            if not outbox.rewrite(tx, shown.id, Outbound(text=text)):
                outbox.change(tx, shown.id, Outbound(kind="edit", text=text), now=now, lane=Lane.NOTICE)
                outbox.record(tx, shown.id, Outbound(text=text))
            return
        if shown.state == "sent":  # else it is copied as it reads by then
            target = mirrors.ref_at(shown.message_ref, found.place)
            edit = Outbound(kind="caption", text=caption, target_ref=target)
            chat, lane = Address.parse(shown.chat), Lane(shown.lane)
            outbox.put(tx, edit, chat=chat, now=now, contact_id=shown.contact_id, lane=lane, thread=shown.thread)

    def _tell_edit(self, tx: Connection, case_id: int, spot: Spot, text: str, now: datetime) -> None:
        told = Outbound(text=f"✏️ Cilvēks laboja savu ziņu: {escape(text)}")
        delivery = self.relay.post(tx, case_id, told, now, kind="person")
        mirrors.pair(tx, case_id, spot, delivery, now)

    @staticmethod
    def _react(
        tx: Connection, found: Pair, emoji: str, now: datetime, *, contact_id: int | None, thread: str = ""
    ) -> None:
        reaction = Outbound(kind="reaction", text=emoji, target_ref=found.spot.ref)
        outbox.put(tx, reaction, chat=found.spot.chat, now=now, contact_id=contact_id, lane=Lane.NOTICE, thread=thread)


def _delivery(tx: Connection, found: Pair) -> sa.Row[Any]:
    return tx.execute(sa.select(deliveries).where(deliveries.c.id == found.delivery_id)).one()
