"""A turn being made: what has been said and has happened so far, until it becomes a response."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clock import RIGA
from bot.conversation.response import Event, Message, Response, Say, Timer
from bot.conversation.standing import NOBODY, Standing
from bot.conversation.state import Act, Conversation, Do, Offer, Prompt
from bot.conversation.world import World
from bot.messages import Inbound, Pace
from flows.grammar import Flow, Json, Question
from flows.notes import Missed
from flows.run import Run
from flows.said import Position

_QUOTE = 60  # characters of what was said that are repeated


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A value with the question that can show it: what templates speak of."""

    question: Question[Any]
    value: Any
    old: Any = None


class Talk:
    """Collects one response. Parts that are said one after the other become one message."""

    def __init__(self, conversation: Conversation, item: Inbound, world: World, standing: Standing = NOBODY) -> None:
        self.before = conversation
        self.conversation = conversation
        self.item = item
        self.world = world
        self.standing = standing
        self.now: datetime = item.said_at.astimezone(RIGA)
        self._parts: list[Say] = []
        self._offers: list[Offer] = []
        self._messages: list[Message] = []
        self._shown: list[Offer] = []  # buttons of messages already closed
        self._events: list[Event] = []
        self._timers: list[Timer] = []
        self._keys: tuple[str, ...] = ()
        self._answers = ""
        self._toast: Say | None = None
        self.missed: dict[str, Missed] = {}  # by question: numbered answers that were not understood
        self.looks = False  # whether it turned out to be about events, which were not looked up
        self.signature = ""  # what stands below the closing of a letter

    @property
    def by_letter(self) -> bool:
        """Whether all open questions are asked at once, and nothing can be pressed."""
        return self.item.pace is Pace.FORM

    @property
    def sure(self) -> bool:
        """Whether it is surely the person who writes: a From line alone can be anybody's.

        A letter is theirs when their mail server vouches for it, or when it answers one that we sent to them.
        """
        envelope = self.item.envelope
        return envelope is None or envelope.trusted or envelope.proven

    @property
    def shows(self) -> bool:
        """Whether what was told before this turn may be shown."""
        return self.sure or not (self.before.run or self.before.parked)

    @property
    def events(self) -> tuple[Event, ...]:
        """What has happened so far in this turn."""
        return tuple(self._events)

    @property
    def today(self) -> date:
        """The day on the person's wall: what „vakar” counts from."""
        return self.now.date()

    @property
    def run(self) -> Run | None:
        """The active run."""
        return self.conversation.run

    @property
    def flow(self) -> Flow | None:
        """The flow of the active run."""
        return self.world.flows[self.run.flow] if self.run else None

    @property
    def open(self) -> tuple[Flow, Run]:
        """The flow and the active run, where there is known to be one; raises LookupError where there is none."""
        if self.run is None:
            raise LookupError("no active run")
        return self.world.flows[self.run.flow], self.run

    @property
    def silent(self) -> bool:
        """Whether nothing has been said yet."""
        return not self._parts and not self._messages

    @staticmethod
    def quote(text: str) -> str:
        """Shorten what was said, for repeating it."""
        return text if len(text) <= _QUOTE else text[: _QUOTE - 3] + "…"

    def say(self, template: str, **values: Any) -> None:
        """Say something: a template of templates/messages."""
        self._parts.append(Say(template=template, values=values))

    def say_first(self, template: str, **values: Any) -> None:
        """Say something before everything else."""
        say = Say(template=template, values=values)
        spoken = next((index for index, message in enumerate(self._messages) if message.parts), None)
        if spoken is None:
            self._parts.insert(0, say)
            return
        first = self._messages[spoken]
        self._messages[spoken] = Message(**{**_fields(first), "parts": (say, *first.parts)})

    def pin(self, position: Position) -> None:
        """Show a place on the map, before the text that follows; in a letter as a link, after what was said."""
        if self.by_letter:
            self.say("map_link", at=position)
            return
        self._messages.append(Message(position=position))

    def offer(self, label: str, do: Do, *, key: str = "", value: Json = None, **more: Any) -> None:
        """Put a button under what is being said, once."""
        act = Act(do=do, key=key, value=value)
        if all(act != offer.act or offer.request for offer in self._offers):
            self._offers.append(Offer(label=label, act=act, **more))

    def offers_for(self, *keys: str) -> None:
        """Note which questions the message asks."""
        self._keys = keys

    def as_reply(self) -> None:
        """Show the message as a reply to what was said, so that a tap brings that text back."""
        self._answers = self.item.message_ref

    def toast(self, template: str, **values: Any) -> None:
        """Answer a tap with a line that passes, instead of a message; a letter says it."""
        if self.by_letter:
            self.say(template, **values)
            return
        self._toast = Say(template=template, values=values)

    def emit(self, type_: str, **data: Any) -> None:
        """Report that something happened."""
        self._events.append(Event(type=type_, data=data))

    def has_emitted(self, type_: str) -> bool:
        """Whether something of this kind has happened in this turn."""
        return any(event.type == type_ for event in self._events)

    def remind(self, key: str, at: datetime | None, kind: str = "", **payload: Any) -> None:
        """Come back to something at a time; None takes the reminder away."""
        self._timers.append(Timer(key=key, due_at=at, kind=kind, payload=payload))

    def change(self, **changes: Any) -> None:
        """Change the conversation."""
        self.conversation = self.conversation.with_(**changes)

    def next_message(self, *, picture: str = "") -> None:
        """Close what has been said so far, with its buttons, and begin a message of its own.

        A `picture` (the channel's ref of a photo) stands above what is closed.
        """
        if self._parts:
            parts, offers = tuple(self._parts), tuple(self._offers)
            message = Message(parts=parts, offers=offers, picture=picture, answers=self._answers)
            self._messages.append(message)
            self._shown += self._offers
            self._parts, self._offers, self._answers = [], [], ""

    def done(self, outcome: str) -> Response:
        """Close the turn."""
        prompt = self._close_letter() if self.by_letter else self._close()
        return Response(
            conversation=self.conversation,
            outcome=outcome,
            messages=tuple(self._messages),
            events=tuple(self._events),
            timers=tuple(self._timers),
            prompt=prompt,
            toast=self._toast,
            looks=self.looks,
        )

    def _close_letter(self) -> Prompt | None:
        """Let everything that was said stand in one letter, each part with what it offers."""
        self.next_message()
        return self._stand(self._shown) if self._messages else None

    def _close(self) -> Prompt | None:
        """Turn what was said into messages, and their buttons into the prompt that stands from now on."""
        if not self._parts:
            return None
        offers = tuple(self._offers)
        asks_phone = any(offer.request for offer in offers)
        parts = tuple(self._parts)
        # Telegram can't take a reply keyboard away and show inline buttons with the same message.
        clear = self.conversation.keyboard and not asks_phone
        if clear and offers and len(parts) > 1:
            self._messages.append(Message(parts=parts[:-1], clear_keyboard=True))
            parts, clear = parts[-1:], False
            self.change(keyboard=False)
        elif clear and not offers:
            self.change(keyboard=False)
        self._messages.append(
            Message(parts=parts, offers=offers, clear_keyboard=clear and not offers, answers=self._answers)
        )
        if asks_phone:
            self.change(keyboard=True)
        return self._stand([*self._shown, *offers])

    def _stand(self, shown: list[Offer]) -> Prompt | None:
        """Make the prompt that stands from now on, where there is anything to answer."""
        if not shown and not self._keys:
            return None
        prompt = Prompt(
            id=self.world.new_id(),
            run_id=self.run.id if self.run else "",
            keys=self._keys,
            offers=tuple((offer.label % (offer.values or {}), offer.act) for offer in shown),
        )
        self.change(prompt=prompt)
        return prompt


def _fields(message: Message) -> dict[str, Any]:
    names = ("parts", "offers", "position", "picture", "clear_keyboard", "answers")
    return {name: getattr(message, name) for name in names}
