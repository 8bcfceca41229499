"""Replying: a letter read against the form that it answers, and for what else it says."""

import re

from bot.conversation import (
    acting,
    attending,
    beginning,
    commands,
    content,
    drafts,
    echoing,
    forms,
    linking,
    listening,
    listing,
    parts,
    planning,
    questioned,
    running,
    taps,
    wishing,
)
from bot.conversation.state import Act, Do, Tapped
from bot.conversation.talk import Talk
from bot.messages import Envelope
from flows import engine, form
from flows.grammar import L
from flows.notes import Missed
from flows.run import Run
from flows.said import File, Said
from knowledge.acts import acts, is_question
from knowledge.latvian.text import clean, fold
from knowledge.letter_parts import take_apart

_UNCLEAR = frozenset({"unsure", "choose", "declined"})
_LONGEST = 20_000  # characters
_NUMBERED = re.compile(r"^\s*\d{1,2}\s*\)", re.MULTILINE)
_LETTERED = re.compile(r"\s*([a-z])\s*[).]?\s*", re.IGNORECASE)
# Words that stand alone in a letter for what is a command in a chat.
_COMMANDS = {
    fold("privātums"): "/privatums",
    fold("privacy"): "/privatums",
    fold("palīdzība"): "/palidziba",
    fold("mani koki"): "/koki",
}


def on_letter(talk: Talk, answered: Tapped | None) -> str:
    """Serve everything a letter says; `answered` is the prompt of the letter that it replies to, if we know it."""
    envelope = talk.item.envelope or Envelope()
    if envelope.foreign_prompt:
        return _ask_in_whose_name(talk, envelope.foreign_prompt)
    parts = take_apart(clean(talk.item.said.text)[:_LONGEST].strip())
    talk.signature = parts.signature
    talk.change(subject=envelope.subject[:200], letter=envelope.message_id[:400])
    code = _note_campaign(talk, answered)
    if asked := questioned.by_letter(talk, parts.matter, answered):
        return questioned.on_answer(talk, asked, Said(text=parts.matter, files=talk.item.said.files))
    _come_back_to(talk, answered)
    documents, pictures = _sorted(talk.item.said.files)
    outcome = _hand_over(talk, documents, parts.matter, envelope)
    if linking.code_in(parts.matter):
        if pictures:
            content.pass_on_pictures(talk, pictures)
        return linking.join(talk, parts.matter)
    if outcome:
        return outcome
    text = _with_topic(talk, parts.matter, envelope.topic)
    outcome = _read(talk, text, pictures, answered) if text else _without_words(talk, pictures)
    if code and talk.has_emitted("permissions.withdrawn"):
        talk.emit("organisations.refused", code=code)
    return outcome


def _note_campaign(talk: Talk, answered: Tapped | None) -> str:
    """Note by which campaign somebody came: they may write what they planted instead of choosing what it offers."""
    code = next((act.key for act in answered.acts if act.do is Do.START and act.key), "") if answered else ""
    if code:
        talk.change(campaign=code)
        talk.emit("organisations.answered", code=code)
    return code


def _read(talk: Talk, text: str, pictures: tuple[File, ...], answered: Tapped | None) -> str:
    """Serve the words of a letter, with the pictures beside them."""
    command = text if text.startswith("/") else _COMMANDS.get(fold(text).strip(' .!„”"'), "")
    if command:
        return commands.on_command(talk, command)
    if press := _pressed(talk, text, answered):
        return press
    if outcome := attending.hear(talk, text, answered):
        if talk.run:
            running.ask(talk, again=True)
        return outcome
    if talk.run is None:
        outcome = listening.outside(talk, Said(text=text, files=pictures))
        _look_after(talk, pictures)
        return outcome
    _take_pictures(talk, pictures)
    return _in_run(talk, text, answered)


def _hand_over(talk: Talk, documents: tuple[File, ...], text: str, envelope: Envelope) -> str:
    """Hand a person what only a person can read; name the outcome where the letter holds nothing else."""
    if talk.item.said.other == "too_big":
        talk.say("letter_refused", reason="too big")
    if envelope.signed:
        content.submit(talk, documents, text, envelope.signers)
    elif (lists := listing.lists_among(documents)) and not content.wants_a_person(text):
        return _take_list(talk, lists[0], tuple(file for file in documents if file != lists[0]), text)
    elif documents:
        content.pass_on_documents(talk, documents, text)
    if not documents or talk.run or _asks_or_tells(talk, text):
        return ""
    return "submission" if envelope.signed else "content_document"


def _take_list(talk: Talk, file: File, others: tuple[File, ...], text: str) -> str:
    """Have a list of plantings read; a letter that answers ours as well is read on."""
    answers = talk.run is not None and talk.run.flow == listing.FLOW and _NUMBERED.search(text)
    if others:
        content.pass_on_documents(talk, others, text)
    if not answers:
        return content.on_list(talk, file, text)
    listing.take(talk, file)
    return ""


def _with_topic(talk: Talk, text: str, topic: str) -> str:
    """Put the subject of a letter before its text where it asks or wishes, or the text alone does not tell enough."""
    both = f"{topic}\n{text}".strip()
    if topic and (is_question(topic) or planning.wished(talk, topic)):
        return both
    if not topic or talk.run or (text and talk.world.understand(text).outcome not in _UNCLEAR):
        return text
    return both if not text or talk.world.understand(both).outcome not in _UNCLEAR else text


def _ask_in_whose_name(talk: Talk, prompt_id: str) -> str:
    """Show nothing of somebody else's and take nothing for it until the writer has said in whose name they answer."""
    letter = talk.item.external_id
    talk.say("in_whose_name")
    talk.offer(L("Jā, tajā pašā vārdā"), Do.JOIN, value=[prompt_id, letter])
    talk.offer(L("Nē, savā vārdā"), Do.JOIN, value=["", letter])
    return "in_whose_name"


def _in_run(talk: Talk, text: str, answered: Tapped | None) -> str:
    """Record the numbered answers, then serve the rest; what is still open is asked once at the end."""
    flow, run = talk.open
    keys = _asked(talk, answered, run)
    current = engine.current(flow, run)
    if not keys or (current and current.numbers_itself):
        return listening.in_run(talk, Said(text=text))
    reply = form.split(text, len(keys))
    if reply.numbered and talk.item.envelope and talk.item.envelope.unclear:
        talk.say("which_letter")
        running.ask(talk)
        return "which_letter"
    if not reply.numbered:
        return listening.in_run(talk, Said(text=text))
    prompt = talk.conversation.prompt
    late = answered is not None and prompt is not None and answered.id != prompt.id
    filled = form.fill(flow, run, keys, reply, talk.today, late=late)
    talk.missed = filled.missed
    if _says_more(reply.rest):
        talk.change(run=filled.turn.run)
        echoing.echo(talk, flow, filled.turn)
        return listening.in_run(talk, Said(text=reply.rest))
    running.settle(talk, filled.turn)
    return echoing.outcome(filled.turn) if filled.turn.notes else "missed"


def _asks_or_tells(talk: Talk, text: str) -> bool:
    """Whether the words beside a document ask or tell something of their own: „pielikumā saraksts” does not."""
    return bool(text) and (
        talk.world.understand(text).outcome in {"answer", "action"}
        or wishing.tells_of_planting(talk, Said(text=text))
        or any(act.kind == "human" for act in acts(text))
    )


def _says_more(rest: str) -> bool:
    """Whether there is anything beside the numbered answers but thanks and a greeting."""
    kinds = {act.kind for act in acts(rest)}
    asked, told = parts.asked_and_told(rest)
    return bool(asked or told or kinds - {"greeting", "thanks", "farewell"})


def _asked(talk: Talk, answered: Tapped | None, run: Run) -> tuple[str, ...]:
    """Return the questions of the letter that is answered, or of the last one."""
    prompt = talk.conversation.prompt
    if answered and answered.run_id == run.id and answered.keys:
        return answered.keys
    return prompt.keys if prompt and prompt.run_id == run.id else ()


def _come_back_to(talk: Talk, answered: Tapped | None) -> None:
    """Make the run that the answered letter belongs to the active one: it may have been set aside since."""
    if answered is None or not answered.run_id or (talk.run and talk.run.id == answered.run_id):
        return
    found = next((run for run in talk.conversation.parked if run.id == answered.run_id), None)
    if found is None:
        return
    drafts.park(talk)
    rest = tuple(run for run in talk.conversation.parked if run.id != found.id)
    talk.change(run=found, parked=rest)


def _rating(text: str, answered: Tapped) -> Act | None:
    """Return what a bare digit or letter says under a letter that asks how it was."""
    stars = [act for act in answered.acts if act.do is Do.RATE]
    choice = text.strip(" .)!").lower()
    number = int(choice) if choice.isdigit() else ord(choice) - ord("a") + 1 if len(choice) == 1 else 0
    return stars[number - 1] if 0 < number <= len(stars) else None


def _of_older(text: str, answered: Tapped) -> Act | None:
    """Return what a letter „a” means in a reply to an older letter, or to an announcement: that letter's own choice."""
    offered = [act for act in answered.acts if forms.is_offered(act)]
    match = _LETTERED.fullmatch(text)
    number = ord(match[1].lower()) - ord("a") if match else -1
    act = offered[number] if 0 <= number < len(offered) else None
    return act if act and act.do in taps.ALWAYS else None


def _pressed(talk: Talk, text: str, answered: Tapped | None) -> str:
    """Do what a lettered line of our last letter offers, chosen by its letter or its words."""
    prompt = talk.conversation.prompt
    if answered and (prompt is None or answered.id != prompt.id) and (rating := _rating(text, answered)):
        return taps.press(talk, rating)
    if answered and (prompt is None or answered.id != prompt.id) and talk.sure and (older := _of_older(text, answered)):
        return taps.press(talk, older)
    if prompt is None or not talk.sure:
        return ""  # anybody can write „a” in somebody's name
    offered = forms.lettered(prompt)
    if (match := _LETTERED.fullmatch(text)) and (number := ord(match[1].lower()) - ord("a")) < len(offered):
        return taps.press(talk, offered[number])
    accepted = [act for _, act in prompt.offers if act.do is Do.ACCEPT]
    if len(accepted) > 1 and {act.kind for act in acts(text) if act.rest is None} == {"yes"}:
        return _accept(talk, accepted)
    pressed = acting.typed(talk, text)
    return taps.press(talk, pressed) if pressed else ""


def _accept(talk: Talk, accepted: list[Act]) -> str:
    """Make every change that was proposed: one „jā” answers for all of them."""
    flow, run = talk.open
    for act in accepted:
        turn = engine.choose(flow, run, act.key, act.value, talk.today)
        run = turn.run
        echoing.echo(talk, flow, turn)
    talk.change(run=run)
    running.ask(talk)
    return "answered"


def _sorted(files: tuple[File, ...]) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """Tell documents from pictures."""
    documents = tuple(f for f in files if f.kind == "document" and not f.media_type.startswith("image/"))
    return documents, tuple(file for file in files if file not in documents)


def _without_words(talk: Talk, pictures: tuple[File, ...]) -> str:
    passed_on = not talk.silent
    if pictures:
        if talk.run is None:
            beginning.begin(talk, talk.world.flows[talk.world.main_flow], Said(files=pictures))
        else:
            _take_pictures(talk, pictures)
            running.ask(talk)
        return "content_photo"
    if not passed_on:
        talk.say("empty_letter")
    if talk.run:
        running.ask(talk)
    return "content_document" if passed_on else "empty_letter"


def _take_pictures(talk: Talk, pictures: tuple[File, ...]) -> None:
    """Put pictures to the open flow, or let a person look at them."""
    if not pictures:
        return
    flow, run = talk.open
    turn = engine.glean(flow, run, Said(files=pictures), talk.today)
    if all(isinstance(note, Missed) for note in turn.notes):
        content.pass_on_pictures(talk, pictures)
        return
    running.take_files(talk, Said(files=pictures))
    talk.change(run=turn.run)
    echoing.echo(talk, flow, turn)


def _look_after(talk: Talk, pictures: tuple[File, ...]) -> None:
    """Let a person look at pictures that belong to no registration."""
    taken = {file for event in talk.events if event.type == "attachments.received" for file in event.data["files"]}
    if pictures and not taken.issuperset(pictures):
        content.pass_on_pictures(talk, pictures)
