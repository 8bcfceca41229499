"""A phone: what is new in one chat since the last look, as a transcript writes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.botapi import Seen
from tests.botapi.views import View

_SIGNS = {
    "photo": "📷",
    "document": "📎",
    "voice": "🎤",
    "video_note": "📹",
    "sticker": "🙂",
    "poll": "📊",
    "contact": "📱",
}
_QUOTED = 40  # characters of a message that something has happened to


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Something that has appeared: in which topic, and its words."""

    thread: int | None
    text: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A message as it was at the last look."""

    text: str
    thread: int | None


class Phone:
    """Looks at one chat: new messages of the bot, then what it has changed, taken back and reacted to."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[int, _Known] = {}
        self._reactions: dict[int, list[str]] = {}

    def news(self, keyboard: Sequence[Sequence[str]] = ()) -> list[News]:
        """Return what is new; `keyboard` is what stands in place of the letters, under the newest message."""
        inbox = self._view.inbox
        fresh, changed = [], []
        for seen in inbox:
            now, before = _Known(written(seen), seen.thread), self._known.get(seen.message_id)
            self._known[seen.message_id] = now
            if before is None:
                fresh.append(News(thread=seen.thread, text=written(seen, keyboard if seen is inbox[-1] else ())))
            elif before != now:
                changed.append(News(thread=seen.thread, text=f"✏️ {now.text}"))
        return [*fresh, *changed, *self._taken_back({seen.message_id for seen in inbox}), *self._reacted()]

    def _taken_back(self, there: set[int]) -> list[News]:
        gone = [self._known.pop(message_id) for message_id in sorted(self._known.keys() - there)]
        return [News(thread=known.thread, text=f"✖ {_quoted(known.text)}") for known in gone]

    def _reacted(self) -> list[News]:
        before, self._reactions = self._reactions, dict(self._view.all_reactions)
        changed = [key for key, emoji in self._reactions.items() if emoji != before.get(key, [])]
        messages = {message["message_id"]: message for message in self._view.messages()} if changed else {}
        news = []
        for message in (messages[key] for key in changed if key in messages):
            emoji = "".join(self._reactions[message["message_id"]])
            text = _quoted(message.get("text") or message.get("caption") or "")
            thread = message.get("message_thread_id")
            news.append(News(thread=thread, text=f"⊕ {emoji} {text}" if emoji else f"⊖ {text}"))
        return news


def written(seen: Seen, keyboard: Sequence[Sequence[str]] = ()) -> str:
    """Write a message of the bot with its buttons below."""
    if seen.kind == "location":
        at = seen.raw["location"]
        return f"📍 {at['latitude']:.5f}, {at['longitude']:.5f}"
    name = seen.raw["document"].get("file_name", "") if seen.kind == "document" else ""
    text = " ".join(filter(None, (_SIGNS.get(seen.kind, ""), name, seen.text)))
    rows = [" ".join(f"[{label}]" for label in row) for row in [*seen.labels, *keyboard]]
    return "\n".join([text, *rows])


def _quoted(text: str) -> str:
    first = text.partition("\n")[0]
    return f"„{first if len(first) <= _QUOTED else first[:_QUOTED].rstrip() + ' …'}”"
