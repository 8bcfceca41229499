"""A chat as people see it: the bot's messages as they stand now, their buttons, and waiting for new ones."""

from dataclasses import dataclass

from tests.botapi.keyboard import Button, buttons
from tests.botapi.spec import Json
from tests.botapi.world import Chat, Message, World

_KINDS = ("text", "photo", "document", "venue", "location", "voice", "video_note", "sticker", "poll", "contact")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A message of the bot as it stands now. `text` is the caption where there is one; `raw` the whole Message."""

    message_id: int
    kind: str
    text: str
    buttons: tuple[tuple[Button, ...], ...]
    thread: int | None
    raw: Json

    @property
    def labels(self) -> list[list[str]]:
        """The texts of its buttons, by rows."""
        return [[button.text for button in row] for row in self.buttons]


class View:
    """What can be seen in one chat."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self._received: dict[int | None, int] = {}

    @property
    def id(self) -> int:
        """The chat's id."""
        return self._chat.id

    @property
    def inbox(self) -> list[Seen]:
        """The bot's messages here, oldest first, after all edits and deletions."""
        return self.in_topic(None)

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        """The reply keyboard that is open now; empty when there is none."""
        return buttons(self._chat.keyboard)

    @property
    def actions(self) -> list[str]:
        """What sendChatAction has shown so far."""
        return self._chat.actions

    @property
    def pinned(self) -> list[int]:
        """The ids of the pinned messages, the latest last."""
        return self._chat.pinned

    def reactions(self, message_id: int) -> list[str]:
        """Return the emoji which the bot has put on a message."""
        return [reaction["emoji"] for reaction in self._chat.reactions.get(message_id, [])]

    @property
    def all_reactions(self) -> dict[int, list[str]]:
        """What the bot has put on which message, by its id; nothing where it has taken it away."""
        return {message_id: self.reactions(message_id) for message_id in self._chat.reactions}

    def in_topic(self, thread: int | None) -> list[Seen]:
        """Return the bot's messages in one topic; None stands for the whole chat."""
        return [self._seen(message) for message in self._from_bot(thread)]

    def messages(self) -> list[Json]:
        """Return all messages of the chat, of people and service messages too, as the Bot API shows them."""
        return [self._world.shown(self._chat, message) for message in self._chat.messages.values()]

    async def receives(self, n: int = 1, *, thread: int | None = None, timeout: float = 5.0) -> list[Seen]:  # noqa: ASYNC109
        """Wait for the bot's next n messages which no earlier call has returned (in a topic, or anywhere).

        Raises TimeoutError after so many seconds, and says what there is.
        """
        after = self._received.get(thread, 0)

        def fresh() -> list[Message]:
            return [message for message in self._from_bot(thread) if message.id > after]

        if not await self._world.bell.until(lambda: len(fresh()) >= n, timeout):
            raise TimeoutError(f"{len(fresh())} of {n} messages within {timeout} s; chat: {self._short()}")
        received = [self._seen(message) for message in fresh()[:n]]
        self._received[thread] = received[-1].message_id if received else after
        return received

    async def sees(self, text: str, *, timeout: float = 5.0) -> Seen:  # noqa: ASYNC109
        """Wait until a message of the bot contains text, be it new or edited; return the latest such message."""

        def matching() -> list[Message]:
            return [message for message in self._from_bot(None) if text in _text(message)]

        if not await self._world.bell.until(lambda: bool(matching()), timeout):
            raise TimeoutError(f"nothing with {text!r} within {timeout} s; chat: {self._short()}")
        return self._seen(matching()[-1])

    async def stays_quiet(self, seconds: float) -> None:
        """Wait so long and fail at the first message of the bot; for what must not happen there is no event."""
        before = {message.id for message in self._from_bot(None)}

        def is_loud() -> bool:
            return any(message.id not in before for message in self._from_bot(None))

        if await self._world.bell.until(is_loud, seconds):
            raise AssertionError(f"the bot was to stay quiet: {self._short()}")

    def _from_bot(self, thread: int | None) -> list[Message]:
        own = filter(self._world.is_mine, self._chat.messages.values())
        visible = (message for message in own if any(kind in message.body for kind in _KINDS))
        return [message for message in visible if thread in (None, message.thread)]

    def _seen(self, message: Message) -> Seen:
        body = message.body
        return Seen(
            message_id=message.id,
            kind=next(kind for kind in _KINDS if kind in body),
            text=_text(message),
            buttons=buttons(body.get("reply_markup")),
            thread=message.thread,
            raw=self._world.shown(self._chat, message),
        )

    def _short(self) -> list[str]:
        return [f"{seen.message_id}: {seen.text[:60]}" for seen in self.inbox[-5:]]


def _text(message: Message) -> str:
    text: str = message.body.get("text") or message.body.get("caption") or ""
    return text
