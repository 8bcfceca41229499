"""Listing: a list of plantings comes as a file, is read elsewhere, and what it tells is heard when that is done."""

from typing import Any

from bot.conversation import beginning, drafts, running
from bot.conversation.state import Act, Do
from bot.conversation.talk import Answer, Talk
from flows import engine
from flows.grammar import Flow, L
from flows.list_kind import PlantingList
from flows.run import Run
from flows.said import File

FLOW = "register_list"
_KEY = "list"  # of the question that a file answers
_ENDINGS = (".xlsx", ".xls", ".xlsm", ".ods", ".csv", ".tsv")
_CARRIED = frozenset({"who", "organisation", "entered_by", "contact"})  # what a registration of one place asks as well
_HELPS = frozenset({"no_headings", "empty", "no_table"})  # troubles that our template is an answer to


def lists_among(files: tuple[File, ...]) -> tuple[File, ...]:
    """Return the spreadsheets among files, by their names: what they are is known only when they are opened."""
    return tuple(file for file in files if file.kind == "document" and file.name.lower().endswith(_ENDINGS))


def take(talk: Talk, file: File) -> None:
    """Have a file read as a list of plantings: for the open list, or for a new one."""
    run = _open(talk)
    known = run.answers.get(_KEY) or run.begun.get(_KEY)
    if known is None or not known.name:
        talk.change(run=run.with_(begun={**run.begun, _KEY: PlantingList(name=file.name)}))
    talk.emit("attachments.received", files=(file,), run=run.id)
    talk.emit("lists.received", run=run.id, unique=file.unique, name=file.name)
    if not talk.by_letter:
        talk.say("list_received", name=file.name)


def hear(talk: Talk) -> str:
    """Tell what a file came to, once it has been read, and go on."""
    told = talk.item.payload
    runs = (talk.run, *talk.conversation.parked)
    run = next((known for known in runs if known and known.id == told["run"] and known.flow == FLOW), None)
    if run is None:
        return "list_gone"
    if talk.run is None:
        _activate(talk, run)
    if told["trouble"]:
        return _refused(talk, run, told)
    value = _value(talk, told)
    old = run.answers.get(_KEY) or run.begun.get(_KEY)
    _tell(talk, value, told)
    if told["earlier"] and (old is None or not old.id):
        return _ask_whether_it_replaces(talk, run, value, told)
    answered = run.answers.get(_KEY)
    if answered and not answered.without and not told["mended"] and answered.name != value.name:
        return _ask_which(talk, run, value)
    _record(talk, run, value)
    return "list_read"


def act(talk: Talk, pressed: Act) -> str:
    """Do what a button about a list says."""
    run, flow = talk.run, talk.flow
    if run is None or flow is None or flow.name != FLOW:
        talk.toast("toast_over")
        return "over"
    if pressed.key == "another":
        _begin_another(talk, run, flow, pressed)
    elif pressed.key == "replace":
        _replace(talk, run, pressed)
    elif pressed.key == "person":
        talk.emit("case.opened", kind="message", subject=f"[dokuments {pressed.value}]", details={}, run=run.id)
        talk.say("passed_on", kind="document")
        _end_quietly(talk, run)
    else:
        running.ask(talk)
    return f"list_{pressed.key}"


# --- a run for it --------------------------------------------------------------------------------------------------


def _open(talk: Talk) -> Run:
    """Return the run that a file belongs to: the open one, one that waits for its faults to be mended, or a new one."""
    if talk.run and talk.run.flow == FLOW:
        return talk.run
    waiting = next((run for run in talk.conversation.parked if run.flow == FLOW and _KEY not in run.answers), None)
    if waiting:
        drafts.park(talk)
        _activate(talk, waiting)
        return waiting
    old = talk.run
    carried = {key: value for key, value in old.answers.items() if key in _CARRIED} if old else {}
    if old and old.flow == talk.world.main_flow and not old.begun and len(carried) == len(old.answers):
        # It has said nothing that the list does not take over.
        drafts.forget_reminders(talk, old)
        talk.emit("draft.discarded", run=old.id, since=old.started_at)
        talk.change(run=None)
    run = beginning.open_run(talk, talk.world.flows[FLOW])
    run = run.with_(answers={**carried, **run.answers})
    talk.change(run=run)
    return run


def _activate(talk: Talk, run: Run) -> None:
    rest = tuple(other for other in talk.conversation.parked if other.id != run.id)
    talk.change(run=run, parked=rest)
    drafts.remind(talk, run)


def _put(talk: Talk, run: Run) -> None:
    """Keep a run that has changed, active or set aside."""
    if talk.run and talk.run.id == run.id:
        talk.change(run=run)
    else:
        talk.change(parked=tuple(run if other.id == run.id else other for other in talk.conversation.parked))


def _go_on(talk: Talk, run: Run, *, again: bool = False) -> None:
    """Put the next question; of a list that was set aside meanwhile only offer to come back to it."""
    if talk.run and talk.run.id == run.id:
        running.ask(talk, again=again)
        return
    talk.offer(L("Turpināt iesākto"), Do.RESUME, value=run.id)
    talk.next_message()
    running.ask(talk, again=True)


# --- what was read -------------------------------------------------------------------------------------------------


def _value(talk: Talk, told: Any) -> PlantingList:
    question = talk.world.flows[FLOW].question(_KEY)
    stored = {**told["summary"], "id": told["list"], "name": told["name"]}
    value: PlantingList = question.decode(stored) if question else PlantingList()
    return value


def _answer(talk: Talk, value: PlantingList) -> Answer:
    question = talk.world.flows[FLOW].question(_KEY)
    if question is None:
        raise LookupError(_KEY)
    return Answer(question=question, value=value)


def _tell(talk: Talk, value: PlantingList, told: Any) -> None:
    talk.say(
        "list_read",
        answer=_answer(talk, value),
        faulty=value.faulty,
        vague=value.vague,
        hidden=told["summary"]["hidden"],
        masked=told["summary"]["masked"],
    )
    if value.faulty:
        talk.emit("lists.faulty", list=value.id)


def _record(talk: Talk, run: Run, value: PlantingList) -> None:
    """Let a list be the answer, in place of any that was there."""
    flow = talk.world.flows[run.flow]
    begun = {key: part for key, part in run.begun.items() if key != _KEY}
    answers = {key: known for key, known in run.answers.items() if key != _KEY}
    encoded = _answer(talk, value).question.encode(value)
    turn = engine.choose(flow, run.with_(begun=begun, answers=answers), _KEY, encoded, talk.today)
    _put(talk, turn.run)
    _go_on(talk, turn.run)


def _refused(talk: Talk, run: Run, told: Any) -> str:
    """Say why a file can't be read; what was there before it stays."""
    begun = {key: part for key, part in run.begun.items() if key != _KEY or part.id}
    run = run.with_(begun=begun)
    _put(talk, run)
    trouble = told["trouble"]
    if trouble == "fault":
        talk.emit("case.opened", kind="message", subject=f"[dokuments {told['name']}]", details={}, run=run.id)
    if trouble != "lost":  # of a file that never came the person has been told already
        talk.say("list_refused", trouble=trouble, name=told["name"])
    if trouble in _HELPS:
        talk.emit("document.wanted", kind="list_template")
        talk.offer(L("Nodot darbiniekam"), Do.LIST, key="person", value=told["name"])
    if trouble != "lost" or not talk.by_letter:  # what was lost is told in a letter of its own
        _go_on(talk, run, again=True)
    return "list_refused"


# --- one list or another -------------------------------------------------------------------------------------------


def _ask_which(talk: Talk, run: Run, value: PlantingList) -> str:
    """Ask whether a second file takes the place of the first: two lists are never added without a word."""
    encoded = _answer(talk, value).question.encode(value)
    talk.say("list_which", old=run.answers[_KEY].name, new=value.name)
    talk.offer(L("Iepriekšējā vietā"), Do.ANSWER, key=_KEY, value=encoded)
    talk.offer(L("Tas ir cits saraksts"), Do.LIST, key="another", value=encoded)
    talk.offers_for(_KEY)
    return "list_which"


def _begin_another(talk: Talk, run: Run, flow: Flow, pressed: Act) -> None:
    """Begin another registration with a second list; the first one waits."""
    carried = {key: known for key, known in run.answers.items() if key in _CARRIED}
    another = beginning.open_run(talk, flow).with_(answers=carried)
    turn = engine.choose(flow, another, _KEY, pressed.value, talk.today)
    talk.change(run=turn.run)
    talk.emit("lists.moved", list=pressed.value["id"], run=another.id)
    talk.say("list_another")
    running.ask(talk)


def _ask_whether_it_replaces(talk: Talk, run: Run, value: PlantingList, told: Any) -> str:
    """Ask whether a file corrects the list of a registration that was sent."""
    flow = talk.world.flows[run.flow]
    encoded = _answer(talk, value).question.encode(value)
    begun = {key: part for key, part in run.begun.items() if key != _KEY}
    turn = engine.choose(flow, run.with_(begun=begun), _KEY, encoded, talk.today)
    _put(talk, turn.run)
    changeable = told.get("open", True)
    talk.say("list_replaces", reference=told["earlier"], open=changeable)
    if changeable:
        talk.offer(L("Jā, aizstāt"), Do.LIST, key="replace", value=told["earlier"])
    else:
        about = f"{value.name} – labojums reģistrācijai {told['earlier']}"
        talk.offer(L("Nodot darbiniekam"), Do.LIST, key="person", value=about)
    talk.offer(L("Nē, cits saraksts"), Do.LIST, key="keep")
    return "list_replaces"


def _replace(talk: Talk, run: Run, pressed: Act) -> None:
    """Put the list of this run in the place of one that was registered; the run itself has done its work."""
    value = run.answers.get(_KEY) or run.begun.get(_KEY)
    if value is None:
        running.ask(talk)
        return
    answer = _answer(talk, value)
    talk.emit(
        "lists.replaced",
        list=value.id,
        reference=pressed.value,
        answer=answer,
        stored=answer.question.encode(value),
    )
    talk.say("list_replaced", reference=pressed.value)
    _end_quietly(talk, run)


def _end_quietly(talk: Talk, run: Run) -> None:
    """End a run without erasing what was sent in it: somebody still needs the file."""
    drafts.forget_reminders(talk, run)
    talk.change(run=None)
