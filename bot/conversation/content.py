"""Content: what people send instead of words, or with a few: places, pictures, documents, contact cards, voices."""

from dataclasses import replace

from bot.conversation import asking, beginning, behalf, echoing, listening, listing, parts, reminding, running
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows import engine
from flows.grammar import L
from flows.notes import Missed
from flows.said import File, Said
from knowledge.acts import acts
from knowledge.latvian.text import clean

# What we can't read: voices and videos go to a person.
_UNREADABLE = {
    "voice": "voice",
    "audio": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "sticker",
    "sticker": "sticker",
}

# How staff are told of it, in Latvian.
_NAMES = {"voice": "balss ziņa", "video": "video"}


def is_unreadable(said: Said) -> bool:
    """Whether it is a voice, a video or a sticker."""
    return said.other in _UNREADABLE


def on_unreadable(talk: Talk, said: Said) -> str:
    """Pass a voice or a video to a person; thank for a sticker."""
    kind = _UNREADABLE[said.other]
    if kind == "sticker":
        talk.say("got_sticker")
    else:
        ref = talk.item.message_ref
        # Each is a matter of its own, though nothing in words tells them apart.
        talk.emit("case.opened", kind="message", subject=f"[{_NAMES[kind]} nr. {ref}]", details={"message_ref": ref})
        talk.say(f"got_{kind}")
    return _and_ask_again(talk, kind)


def on_content(talk: Talk, said: Said) -> str:
    """Take a place, a card, pictures: for the open flow; without one they begin a registration."""
    said = replace(_without_too_large(talk, said), text=clean(said.text).strip())
    if not (said.files or said.position or said.card):
        return _and_ask_again(talk, "file_too_big")
    lists = listing.lists_among(said.files)
    if lists and not wants_a_person(said.text):
        return on_list(talk, lists[0], said.text)
    if any(file.kind == "document" and not file.media_type.startswith("image/") for file in said.files):
        talk.emit("attachments.received", files=said.files)
        _pass_on(talk, said, f"[dokuments {said.files[0].name}, nr. {talk.item.message_ref}]")
        return _and_ask_again(talk, "content_document")
    if talk.run is None:
        return _outside(talk, said)
    if said.card and said.card.own and behalf.is_for_another(talk.run):
        talk.say("register_for_own")
        return _and_ask_again(talk, "own_card")
    if said.album and said.files:
        return _of_album(talk, said)
    return _in_run(talk, said)


def wants_a_person(words: str) -> bool:
    """Whether words beside a file ask for a person, who then gets the file too."""
    return any(act.kind == "human" for act in acts(words))


def on_list(talk: Talk, file: File, words: str) -> str:
    """Have a list of plantings read; what its caption tells is taken in, what it asks is answered."""
    listing.take(talk, file)
    asked, told = parts.asked_and_told(words)
    if told:
        flow, run = talk.open
        turn = engine.glean(flow, run, Said(text=told), talk.today)
        talk.change(run=turn.run)
        echoing.echo(talk, flow, turn)
    if asked:
        asking.answer(talk, talk.world.understand(asked).cautious)
    if any(act.kind == "human" for act in acts(words)):
        asking.call_staff(talk, words)
    return "content_list"


def pass_on_documents(talk: Talk, documents: tuple[File, ...], words: str) -> None:
    """Let a person look at the documents of a letter, with its words: lists of trees, decisions, submissions."""
    talk.emit("attachments.received", files=documents, **_of_run(talk))
    names = ", ".join(file.name or "?" for file in documents)
    _pass_on(talk, Said(files=documents, text=words), f"[dokumenti: {names}]")


def submit(talk: Talk, documents: tuple[File, ...], words: str, signers: tuple[str, ...]) -> None:
    """Hand a signed file to a person as a submission, whatever else is done with the letter."""
    talk.emit("attachments.received", files=documents, **_of_run(talk))
    names = ", ".join(file.name or "?" for file in documents)
    subject = f"[iesniegums: {names}] {words}".strip()
    signed = ", ".join(signers) or "nav zināms"
    details = {"parakstījis (nav pārbaudīts)": signed}
    talk.emit("case.opened", kind="submission", subject=subject, details=details, files=documents)
    talk.say("passed_on", kind="document")


def pass_on_pictures(talk: Talk, pictures: tuple[File, ...]) -> None:
    """Let a person look at pictures that nothing else was done with."""
    talk.emit("attachments.received", files=pictures, **_of_run(talk))
    _pass_on(talk, Said(files=pictures), f"[foto vēstulē {talk.item.message_ref}]")


def _of_run(talk: Talk) -> dict[str, str]:
    return {"run": talk.run.id} if talk.run else {}


def _outside(talk: Talk, said: Said) -> str:
    """Begin a registration with it, unless its caption says otherwise."""
    if said.text:
        return listening.outside(talk, said)
    flow = talk.world.flows[talk.world.main_flow]
    if said.card:
        talk.say("got_card")
        talk.offer(L("Reģistrēt kokus"), Do.START, value=flow.name)
        talk.offer(L("Jautāt darbiniekam"), Do.STAFF)
    elif said.album:
        beginning.open_run(talk, flow)
        return _of_album(talk, said)
    else:
        beginning.begin(talk, flow, said)
    return f"content_{_kind(said)}"


def _in_run(talk: Talk, said: Said) -> str:
    """Take what the open flow has a question for; a question in the caption is answered as well."""
    flow, run = talk.open
    current = engine.current(flow, run)
    # Any words would do for a free text: a caption is none, but of a picture for others it may be what they are told.
    free = current is not None and current.free_text
    for_others = free and bool(flow.preview)
    hears = engine.glean if free and not for_others else engine.hear
    turn = hears(flow, run, said, talk.today)
    missed = next((note for note in turn.notes if isinstance(note, Missed)), None)
    if not turn.notes or (missed and not missed.why):
        if said.files:
            talk.emit("attachments.received", files=said.files, run=run.id)
            _pass_on(talk, said, f"[foto nr. {talk.item.message_ref}]")
        else:
            talk.say("not_now", kind=_kind(said))
        return _and_ask_again(talk, f"content_{_kind(said)}")
    running.take_files(talk, said)
    asked, _ = parts.asked_and_told(said.text)
    if not asked or for_others:
        running.settle(talk, turn)
        return echoing.outcome(turn)
    talk.change(run=turn.run)
    echoing.echo(talk, flow, turn)
    return listening.digress(talk, talk.world.understand(asked))


def _of_album(talk: Talk, said: Said) -> str:
    """Take one picture of several; the album is answered once, its caption at once."""
    outcome = reminding.collect_album(talk, replace(said, text=""))
    return listening.in_run(talk, Said(text=said.text)) if said.text else outcome


def _pass_on(talk: Talk, said: Said, what: str) -> None:
    """Let a person look at it."""
    talk.emit("case.opened", kind="message", subject=f"{what} {said.text}".strip(), details={}, files=said.files)
    talk.say("passed_on", kind=said.files[0].kind)


def _without_too_large(talk: Talk, said: Said) -> Said:
    fitting = tuple(file for file in said.files if (file.size or 0) <= talk.world.largest_file)
    if len(fitting) < len(said.files):
        talk.say("lost_file", kind=said.files[0].kind, reason="too_big", failed=False)
    return replace(said, files=fitting)


def _and_ask_again(talk: Talk, outcome: str) -> str:
    if talk.run:
        running.ask(talk, again=True)
    return outcome


def _kind(said: Said) -> str:
    return "place" if said.position else "card" if said.card else "photo"
