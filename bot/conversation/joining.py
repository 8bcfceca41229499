"""Joining: two conversations of one person become one, and come apart again. Pure."""

from dataclasses import dataclass

from bot.conversation.drafts import MOST_PARKED
from bot.conversation.state import Conversation, Prompt
from flows.run import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """What two conversations make. `erased` are the drafts that there was no room for."""

    conversation: Conversation
    erased: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Two conversations again, and the runs that went back."""

    kept: Conversation
    absorbed: Conversation
    back: tuple[Run, ...]


def join(kept: Conversation, absorbed: Conversation) -> Joined:
    """Make one conversation of two: of two open runs the newer stays active, drafts join, a wish for quiet holds."""
    active = max(_open(kept, absorbed), key=lambda run: run.started_at, default=None)
    waiting = [run for run in (*_open(kept, absorbed), *kept.parked, *absorbed.parked) if run is not active]
    waiting.sort(key=lambda run: run.started_at, reverse=True)
    parked = [run for run in waiting if run.answers or run.begun][:MOST_PARKED]
    owner = absorbed if active and active is absorbed.run else kept
    known = kept if kept.greeted else absorbed
    joined = kept.with_(
        language=kept.language or absorbed.language,
        spoken=known.spoken,
        greeted=kept.greeted or absorbed.greeted,
        notice=max(kept.notice, absorbed.notice),
        run=active,
        parked=tuple(parked),
        ended=max((e for e in (kept.ended, absorbed.ended) if e), key=lambda run: run.started_at, default=None),
        prompt=owner.prompt,
        keyboard=kept.keyboard or absorbed.keyboard,
        misses=0,
        nudges=owner.nudges,
        campaign=kept.campaign or absorbed.campaign,
        said_at=max((at for at in (kept.said_at, absorbed.said_at) if at), default=None),
        quiet=kept.quiet or absorbed.quiet,
        last_ref="",  # a message's number on one channel may be another message's on the other
        last_keys=(),
        held=kept.held or absorbed.held,
        role=kept.role or absorbed.role,
        subject=kept.subject or absorbed.subject,
        letter=kept.letter or absorbed.letter,
        asked=(*absorbed.asked, *kept.asked),
    )
    return Joined(conversation=joined, erased=tuple(run for run in waiting if run not in parked))


def remains(absorbed: Conversation) -> Conversation:
    """Return what has to be kept of a conversation that was absorbed: nothing that was answered or asked in it."""
    return absorbed.with_(run=None, parked=(), ended=None, prompt=None, last_ref="", last_keys=(), asked=())


def runs_of(conversation: Conversation) -> tuple[str, ...]:
    """Return the ids of its open runs, the active one first ('' where none is)."""
    return (conversation.run.id if conversation.run else "", *(run.id for run in conversation.parked))


def split(joint: Conversation, remained: Conversation, runs: tuple[str, ...]) -> Apart:
    """Take `runs` (see `runs_of`) out of a joint conversation as they are now; what was sent or erased is gone."""
    everything = [run for run in (joint.run, *joint.parked) if run]
    back = tuple(run for run in everything if run.id in runs)
    active = next((run for run in back if run.id == runs[0]), None)
    asked = joint.prompt if joint.prompt and joint.prompt.run_id in {run.id for run in back} else None
    absorbed = remained.with_(
        run=active,
        parked=tuple(run for run in back if run is not active),
        prompt=asked if _asks(asked, active) else None,
        nudges=joint.nudges if active and active is joint.run else 0,
        said_at=joint.said_at,
        quiet=remained.quiet or joint.quiet,
    )
    kept = joint.with_(
        run=joint.run if joint.run not in back else None,
        parked=tuple(run for run in joint.parked if run not in back),
        prompt=None if asked else joint.prompt,
        nudges=joint.nudges if joint.run not in back else 0,
        last_ref="",
        last_keys=(),
    )
    return Apart(kept=kept, absorbed=absorbed, back=back)


def _open(*conversations: Conversation) -> list[Run]:
    return [conversation.run for conversation in conversations if conversation.run]


def _asks(prompt: Prompt | None, run: Run | None) -> bool:
    return prompt is not None and run is not None and prompt.run_id == run.id
