"""Reading: a Telegram update becomes one Inbound. Pure, but for the time it was received."""

from datetime import datetime
from typing import Any

from telegram import Bot, Chat, Message, PhotoSize, Update, User

from bot.messages import Address, Inbound, Kind
from flows.said import Card, File, Position, Said

# What we ask Telegram to send, so that it sends nothing else.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

# Content that we can't read, by the name of its field; the conversation has an answer for each.
_OTHER = (
    "voice", "audio", "video_note", "video", "animation", "sticker", "poll", "dice", "game", "story", "checklist",
)  # fmt: skip


def read_update(raw: dict[str, Any], bot: Bot, now: datetime) -> Inbound:
    """Read an update. Raises whatever the library raises on one that it can't parse: keep that one raw."""
    update = Update.de_json(raw, bot)
    common: dict[str, Any] = {
        "external_id": external_id(bot.token.partition(":")[0], raw),
        "received_at": now,
        "raw": raw,
    }
    if message := update.message:
        return _message(message, Kind.MESSAGE, common)
    if message := update.edited_message:
        return _message(message, Kind.EDIT, common)
    if query := update.callback_query:
        shown = query.message
        answered = getattr(shown, "reply_to_message", None)
        return Inbound(
            channel="telegram",
            kind=Kind.TAP,
            sender=_address(query.from_user.id),
            chat=_address(shown.chat.id if shown else query.from_user.id),
            thread=_thread(shown) if isinstance(shown, Message) else "",
            private=shown is None or shown.chat.type == Chat.PRIVATE,
            said_at=now,
            said=Said(tap=query.data or ""),
            language=query.from_user.language_code or "",
            profile_name=query.from_user.full_name,
            message_ref=str(shown.message_id) if shown else "",
            quoted=(answered.text or "") if answered else "",
            receipt=query.id,
            **common,
        )
    if member := update.my_chat_member:
        return Inbound(
            channel="telegram",
            kind=Kind.MEMBERSHIP,
            sender=_address(member.from_user.id),
            chat=_address(member.chat.id),
            private=member.chat.type == Chat.PRIVATE,
            said_at=member.date,
            present=member.new_chat_member.status not in ("kicked", "left"),
            **common,
        )
    user = update.effective_user
    sender = _address(user.id if user else 0)
    return Inbound(channel="telegram", kind=Kind.OTHER, sender=sender, chat=sender, said_at=now, **common)


def external_id(bot_id: str, raw: dict[str, Any]) -> str:
    """Name an update for ever: ids are only unique for one bot."""
    return f"{bot_id}:{raw['update_id']}"


def _message(message: Message, kind: Kind, common: dict[str, Any]) -> Inbound:
    sender: User | Chat = message.from_user or message.chat
    replied = message.reply_to_message
    return Inbound(
        channel="telegram",
        kind=kind,
        sender=_address(sender.id),
        chat=_address(message.chat.id),
        thread=_thread(message),
        private=message.chat.type == Chat.PRIVATE,
        said_at=message.date,
        said=_said(message),
        language=getattr(sender, "language_code", None) or "",
        profile_name=sender.full_name or "",
        message_ref=str(message.message_id),
        reply_to=str(replied.message_id) if replied else "",
        quoted=(replied.text or "") if replied else "",
        **common,
    )


def _said(message: Message) -> Said:
    other = next((name for name in _OTHER if getattr(message, name, None)), "")
    return Said(
        text=message.text or message.caption or "",
        position=_position(message),
        card=_card(message),
        files=_files(message),
        album=message.media_group_id or "",
        other=other,
    )


def _position(message: Message) -> Position | None:
    if venue := message.venue:
        at = venue.location
        return Position(lat=at.latitude, lon=at.longitude, title=venue.title, address=venue.address)
    if point := message.location:
        return Position(lat=point.latitude, lon=point.longitude, live="live_period" in point.to_dict())
    return None


def _card(message: Message) -> Card | None:
    contact = message.contact
    if contact is None:
        return None
    own = message.from_user is not None and contact.user_id == message.from_user.id
    return Card(phone=contact.phone_number, first_name=contact.first_name, last_name=contact.last_name or "", own=own)


def _files(message: Message) -> tuple[File, ...]:
    if message.photo:
        largest: PhotoSize = max(message.photo, key=lambda size: size.width * size.height)
        return (
            File(
                ref=largest.file_id,
                unique=largest.file_unique_id,
                media_type="image/jpeg",
                size=largest.file_size,
            ),
        )
    if document := message.document:
        return (
            File(
                ref=document.file_id,
                unique=document.file_unique_id,
                kind="document",
                name=document.file_name or "",
                media_type=document.mime_type or "",
                size=document.file_size,
            ),
        )
    return ()


def _address(ident: int) -> Address:
    return Address("telegram", str(ident))


def _thread(message: Message) -> str:
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
