"""What is remembered of a conversation between two messages, and how it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows.grammar import Flow, Json
from flows.run import Run, changed, decode_run, encode_run

# The shape of the stored state. Fixtures of every released shape must load: see tests/states/.
STATE_VERSION = 1


class Do(StrEnum):
    """What a button does. Stored with its prompt, so a name never changes its meaning."""

    ANSWER = "answer"  # key, value: the answer to a question
    ACCEPT = "accept"  # key, value: a change that was proposed
    KEEP = "keep"  # leave a reopened question as it was
    REOPEN = "reopen"  # key: change an answer
    BACK = "back"
    SKIP = "skip"
    WHY = "why"
    REVIEW = "review"
    SUBMIT = "submit"
    PAUSE = "pause"
    CANCEL = "cancel"  # asks whether to
    DISCARD = "discard"  # really does
    RESUME = "resume"  # value: run id
    NEXT = "next"  # value: "again" | "later": another one of the same kind
    START = "start"  # value: flow name
    TOPIC = "topic"  # value: topic id
    STAFF = "staff"
    HELP = "help"
    OWN = "own"  # what I have registered
    LANGUAGE = "language"  # value: language code
    CADASTRE = "cadastre"  # value: whether the hidden digits are a cadastre number
    JOIN = "join"  # value: prompt of another person that is answered in their name ('' for in one's own), letter
    RATE = "rate"  # value: case, stars
    MINE = "mine"  # all that is held of me
    SPARE = "spare"  # erase nothing after all
    MEND = "mend"  # key: what to change ("withdraw" for all of it), value: registration, None to choose one
    WITHDRAW = "withdraw"  # value: registration
    REPLY = "reply"  # value: registration, what is answered ('' to be written): to a question of staff
    PERMIT = "permit"  # key: permission, value: given or not
    EVENT = "event"  # key: come | leave | list, value: event, how many (0: not said)
    OUTREACH = "outreach"  # key: what a coordinator does, value: event or broadcast
    NEWS = "news"  # key: take | winter | all | none: which news to send
    LIST = "list"  # key: what to do with a list of plantings, value: which
    WORK = "work"  # key: a command that those of ours have
    AUTOMATIC = "automatic"  # key: topic, value: whether the assistant answers with it by itself
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One thing a button does."""

    do: Do
    key: str = ""
    value: Json = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A button under a message: its Latvian label (translated when shown), and what it does."""

    label: str
    act: Act
    request: str = ""
    values: Mapping[str, object] | None = None  # for labels with places to fill
    wide: bool = False  # stands in a row of its own
    needs: str = ""  # stands there only if the facts have this; by letter only the last one may need any

    def is_there(self, facts: Mapping[str, object]) -> bool:
        """Whether the facts give a reason for it."""
        return not self.needs or bool(facts.get(self.needs))


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """The last message with something to answer: its buttons are the ones that typed words may mean."""

    id: str
    run_id: str = ""
    keys: tuple[str, ...] = ()
    offers: tuple[tuple[str, Act], ...] = ()  # label as stored, act


@dataclass(frozen=True, kw_only=True, slots=True)
class Tapped:
    """A prompt of any age, as it was kept: what each of its buttons does, and what it asked, in its order."""

    id: str
    run_id: str
    acts: tuple[Act, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question of staff about a registration, which waits for an answer."""

    registration: int
    reference: str
    text: str
    key: str = ""  # the question of the flow that it is, if any
    prompt: str = ""  # of the message that asked
    run: str = ""  # of the registration: pictures that answer are added to it


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One contact's conversation. Belongs to the contact, not to a channel."""

    language: str = ""  # chosen by the person; '' follows how they write
    spoken: str = "lv"  # the language we last answered in
    greeted: bool = False
    notice: str = ""  # version of the privacy notice that was shown
    run: Run | None = None
    parked: tuple[Run, ...] = ()
    ended: Run | None = None  # the last one sent, with only what the next of its kind takes over
    prompt: Prompt | None = None
    keyboard: bool = False  # a reply keyboard is open and has to be taken away
    topic: str = ""  # the last topic answered, for follow-ups
    misses: int = 0  # questions in a row that we had no answer to
    nudges: int = 0  # reminders sent about the active run
    campaign: str = ""
    said_at: datetime | None = None  # when the person last said anything
    burst: int = 0  # messages within the current minute
    burst_from: datetime | None = None
    quiet: bool = False  # asked us not to write of our own accord
    last_ref: str = ""  # the message that gave the last answers, and their keys: editing it corrects them
    last_keys: tuple[str, ...] = ()
    held: int = 0  # the case in which a member of staff speaks with the person now
    erasing: datetime | None = None  # when we asked for the words that erase everything
    role: str = ""  # of one of ours: staff | coordinator | admin
    muted_until: datetime | None = None  # staff have said not to hear the person until then
    muted_told: bool = False  # and the person knows
    subject: str = ""  # of the person's last letter, and its message id: what we write of our own accord continues it
    letter: str = ""
    asked: tuple[Asked, ...] = ()  # by staff, the newest last

    def with_(self, **changes: Any) -> "Conversation":
        """Return a copy with some fields changed."""
        return changed(self, changes)


_PLAIN = (
    "language", "greeted", "notice", "keyboard", "topic", "misses", "nudges", "campaign", "burst", "quiet", "last_ref",
    "subject", "letter", "held", "role", "muted_told",
)  # fmt: skip
_ASKED = ("registration", "reference", "text", "key", "prompt", "run")  # in the order in which they are stored
_TIMES = ("said_at", "burst_from", "erasing", "muted_until")


def encode(conversation: Conversation, flows: Mapping[str, Flow]) -> dict[str, Json]:
    """Turn a conversation into what JSON can hold, without what it has not."""
    stored: dict[str, Json] = {"v": STATE_VERSION, "spoken": conversation.spoken}
    for name in _PLAIN:
        if value := getattr(conversation, name):
            stored[name] = value
    for name in _TIMES:
        if at := getattr(conversation, name):
            stored[name] = at.isoformat()
    if conversation.last_keys:
        stored["last_keys"] = list(conversation.last_keys)
    stored |= _encode_asked(conversation.asked)
    if run := conversation.run:
        stored["run"] = encode_run(flows[run.flow], run)
    if ended := conversation.ended:
        stored["ended"] = encode_run(flows[ended.flow], ended)
    if conversation.parked:
        stored["parked"] = [encode_run(flows[run.flow], run) for run in conversation.parked]
    if prompt := conversation.prompt:
        stored["prompt"] = {
            "id": prompt.id,
            "run": prompt.run_id,
            "keys": list(prompt.keys),
            "offers": [[label, encode_act(act)] for label, act in prompt.offers],
        }
    return stored


def decode(stored: dict[str, Json], flows: Mapping[str, Flow]) -> Conversation:
    """Read a stored conversation; runs of flows that no longer exist are left out."""
    if not stored:
        return Conversation()
    known: dict[str, Any] = {name: stored[name] for name in _PLAIN if name in stored}
    known |= {name: datetime.fromisoformat(stored[name]) for name in _TIMES if name in stored}
    runs = [
        decode_run(flows[run["flow"]], run) if run and run["flow"] in flows else None
        for run in [stored.get("run"), stored.get("ended"), *stored.get("parked", ())]
    ]
    prompt = stored.get("prompt")
    return Conversation(
        spoken=stored.get("spoken", "lv"),
        run=runs[0],
        last_keys=tuple(stored.get("last_keys", ())),
        asked=tuple(Asked(**dict(zip(_ASKED, one, strict=False))) for one in stored.get("asked", ())),
        ended=runs[1],
        parked=tuple(run for run in runs[2:] if run),
        prompt=Prompt(
            id=prompt["id"],
            run_id=prompt["run"],
            keys=tuple(prompt["keys"]),
            offers=tuple((label, decode_act(act)) for label, act in prompt["offers"]),
        )
        if prompt
        else None,
        **known,
    )


def _encode_asked(asked: tuple[Asked, ...]) -> dict[str, Json]:
    return {"asked": [[getattr(one, name) for name in _ASKED] for one in asked]} if asked else {}


_KNOWN = frozenset(Do)


def encode_act(act: Act) -> Json:
    """Write an act as a short list."""
    return [str(act.do), act.key, act.value] if act.value is not None else [str(act.do), act.key]


def decode_act(stored: Json) -> Act:
    """Read an act; one that this release does not know does nothing."""
    do, key, *value = stored
    return Act(do=Do(do) if do in _KNOWN else Do.NOTHING, key=key, value=value[0] if value else None)
