"""Coming back to something: nudges about a draft, its end, and the one answer to an album of pictures."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from bot.conversation import (
    drafts,
    linking,
    listening,
    listing,
    meeting,
    mending,
    organising,
    parts,
    picturing,
    running,
    wishing,
)
from bot.conversation.response import Response
from bot.conversation.state import Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import L
from flows.notes import Recorded
from flows.said import Said

# Timers that a room has set for itself: nothing is said, it hears of its event.
_FOR_ROOMS = {
    "approval": "approval.due",
    "files": "files.due",
    "pictures": "registration.pictures",
    "contact": "registration.contact_hidden",
    "reported": "registration.reported",
    "survival": "registration.survival_due",
}
ALBUM_SECONDS = 1.5  # pictures of one album arrive as messages of their own
_MORNING, _EVENING = time(9), time(20)


def on_timer(talk: Talk) -> Response:
    """Carry out a timer whose time has come."""
    if event := _FOR_ROOMS.get(talk.item.timer):
        talk.emit(event, **talk.item.payload)
        return talk.done(event)
    kind = _KINDS.get(talk.item.timer)
    return talk.done(kind(talk) if kind else "unknown_timer")


def _slip(talk: Talk) -> str:
    """Look whether a promised answer has come; the desk knows, and says by when it comes otherwise."""
    payload = talk.item.payload
    talk.emit("case.overdue", case=payload["case"], slips=payload["slips"])
    if talk.conversation.muted_until is None or talk.now >= talk.conversation.muted_until:
        talk.say("promise_slipped")
    return "promise_due"


def _show_album(talk: Talk) -> str:
    """Let an album pass between a person and staff, now that all of it has come."""
    talk.emit("mirror.gathered", **talk.item.payload)
    return "mirrored"


def _look_over(talk: Talk) -> str:
    """Let staff hear of the many cases that have come, this one's among them."""
    talk.emit("cases.crowded")
    return "looked_over"


def _remind_of_event(talk: Talk) -> str:
    """Remind somebody who comes to an event; nothing is said to who has changed their mind, or when it is off."""
    key, which = talk.item.payload["event"], talk.item.payload["which"]
    talk.emit("attendance.reminded", event=key)
    talk.say("event_reminder", which=which)
    talk.offer(L("Nākšu"), Do.EVENT, key="come", value=[key, 0])
    talk.offer(L("Nevarēšu atnākt"), Do.EVENT, key="leave", value=[key, 0])
    return "event_reminder"


def _ask_afterwards(talk: Talk) -> str:
    payload = talk.item.payload
    organising.ask_afterwards(talk, payload["event"], planted=payload.get("planted", True))
    return "event_over"


def _end_offer(talk: Talk) -> str:
    """Take back a place that was offered and not taken."""
    key = talk.item.payload["event"]
    talk.emit("attendance.offer_ended", event=key)
    talk.say("place_offer_ended")
    talk.offer(L("Nevarēšu atnākt"), Do.EVENT, key="leave", value=[key, 0])
    return "place_offer_ended"


def collect_album(talk: Talk, said: Said) -> str:
    """Take a picture of an album at once, and answer all of them together."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None:
        return "nothing"
    turn = engine.hear(flow, run, said, talk.today)
    recorded = [note for note in turn.notes if isinstance(note, Recorded)]
    taken, more = bool(recorded), any(note.value != note.old for note in recorded)
    if taken:
        talk.change(run=turn.run)
    running.take_files(talk, said)
    key = f"album:{run.id}"
    talk.remind(
        key,
        talk.now + timedelta(seconds=ALBUM_SECONDS),
        "album",
        run=run.id,
        taken=taken,
        more=more,
        ref=talk.item.message_ref,
    )
    return "album"


def _nudge(talk: Talk) -> str:
    """Remind of a draft, twice at most, by day, and never while the person is at it."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or run.id != talk.item.payload["run"] or talk.conversation.quiet:
        return "nudge_not_needed"
    rhythm = talk.world.nudge_after
    sent = talk.conversation.nudges
    if sent >= len(rhythm):
        return "nudge_not_needed"
    last = max(talk.conversation.said_at or run.started_at, run.started_at)
    due = _by_day(last + rhythm[sent])
    if due > talk.now:
        talk.remind(f"nudge:{run.id}", due, "nudge", run=run.id)
        return "nudge_later"
    until = run.started_at + talk.world.draft_lives
    talk.say("nudge", flow=flow, last=sent + 1 == len(rhythm), until=until.date())
    if talk.by_letter:
        running.ask(talk)  # what an answer to the reminder needs is in it
    else:
        talk.offer(L("Turpināt"), Do.RESUME, value=run.id)
        talk.offer(L("Dzēst iesākto"), Do.CANCEL)
    talk.change(nudges=sent + 1)
    if sent + 1 < len(rhythm):
        talk.remind(f"nudge:{run.id}", _by_day(talk.now + rhythm[sent + 1] - rhythm[sent]), "nudge", run=run.id)
    return "nudged"


def _end_draft(talk: Talk) -> str:
    """Erase a draft that nobody came back to, active or parked; nothing is said, since nothing was promised."""
    run_id = talk.item.payload["run"]
    everything = (talk.run, *talk.conversation.parked)
    run = next((run for run in everything if run and run.id == run_id), None)
    if run is None:
        return "draft_gone"
    last = talk.conversation.said_at if run is talk.run else None
    until = max(last or run.started_at, run.started_at) + talk.world.draft_lives
    if until > talk.now:
        talk.remind(f"draft:{run.id}", until, "draft", run=run.id)
        return "draft_later"
    drafts.erase(talk, run)
    talk.remind(f"nudge:{run.id}", None)
    parked = tuple(other for other in talk.conversation.parked if other.id != run_id)
    talk.change(parked=parked, run=None if run is talk.run else talk.run)
    return "draft_ended"


def _answer_album(talk: Talk) -> str:
    run, flow, payload = talk.run, talk.flow, talk.item.payload
    if run is None or flow is None or run.id != payload["run"]:
        return "album_over"
    current = engine.current(flow, run)
    begins = current is not None and current.key not in run.path
    if begins:
        talk.say("opening", flow=flow, brief=True, kind="photo")
    pictures = next((question for question in flow.questions if question.adds and question.key in run.answers), None)
    if payload["taken"] and pictures:
        value = run.answers[pictures.key]
        talk.say("added", answer=Answer(question=pictures, value=value, old=None if payload["more"] else value))
    else:
        subject = f"[foto, pēdējais nr. {payload['ref']}]"
        talk.emit("case.opened", kind="message", subject=subject, details={})
        talk.say("passed_on", kind="photo")
    running.ask(talk, again=not begins)
    meeting.greet_first(talk)
    return "album_answered"


def _tell_of_link(talk: Talk) -> str:
    """Say what came of a code, and hear what stood beside it."""
    result, rest = talk.item.payload["result"], talk.item.payload["rest"]
    asked, told = parts.asked_and_told(rest)
    more = "\n".join(part for part in (asked, told if wishing.tells_of_planting(talk, Said(text=told)) else "") if part)
    linking.tell(talk, result, goes_on=not more)
    if more:
        listening.on_text(talk, Said(text=more))
    meeting.greet_first(talk)
    return f"link_{result}"


def _hear_list(talk: Talk) -> str:
    """Tell what a list of plantings came to."""
    outcome = listing.hear(talk)
    meeting.greet_first(talk)
    return outcome


def _by_day(at: datetime) -> datetime:
    """Move a time into the hours when a message disturbs nobody."""
    if at.time() < _MORNING:
        return datetime.combine(at.date(), _MORNING, at.tzinfo)
    if at.time() > _EVENING:
        return datetime.combine(at.date() + timedelta(days=1), _MORNING, at.tzinfo)
    return at


_KINDS: Mapping[str, Callable[[Talk], str]] = {
    "mend": mending.on_choice,
    "nudge": _nudge,
    "draft": _end_draft,
    "album": _answer_album,
    "linking": _tell_of_link,
    "promise": _slip,
    "list": _hear_list,
    "mirror": _show_album,
    "overview": _look_over,
    "pictured": picturing.on_timer,
    "event_reminder": _remind_of_event,
    "place": _end_offer,
    "event_over": _ask_afterwards,
}
