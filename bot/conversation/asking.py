"""Asking: questions answered from the topics, wishes carried out, and what we don't know handed to a person."""

import re
from typing import Any

from bot.conversation import attending, beginning, rights, running
from bot.conversation.roles import OURS, may
from bot.conversation.state import Do
from bot.conversation.talk import Talk
from flows.grammar import L
from knowledge.acts import is_question
from knowledge.latvian.text import fold, words
from knowledge.secrets import mask
from knowledge.topic import Topic
from knowledge.understanding import Understanding, following

STAFF_FLOW = "talk_to_staff"
_TOLD_TO_STAFF = "case.told"  # how flows end that bring something to staff, each with a title that says what
EVENTS_TOPIC = "planting-events"  # the topic that is answered with the events themselves, where there are any
# „Iesniegums. Lūdzu …”, „gribu iesniegt sūdzību”; not „kā uzrakstīt iesniegumu?”.
_SUBMISSION = re.compile(
    r"^\W*(iesniegums|sudziba)\b"
    r"|\b(rakstu|iesniedzu|sutu|nosutu|gribu iesniegt|velos iesniegt) (\w+ )?(iesniegum|sudzib)u\b"
)
_MOST_ANSWERS = 4  # in one message; a letter with more questions gets the rest from a person
_WORTH_A_PERSON = 3  # words of a statement that we did not understand


def answer(talk: Talk, understood: Understanding) -> str:
    """Answer a question, and the further ones of the same message; return the outcome of the first."""
    understood = following(understood, talk.conversation.topic)
    together = (understood, *understood.more[: _MOST_ANSWERS - 1])
    told = frozenset(one.topic for one in together if one.topic)
    outcomes = [_hand_in(talk, one) if is_submission(one.text) else _answer_one(talk, one, told) for one in together]
    return outcomes[0]


def call_staff(talk: Talk, subject: str) -> None:
    """Record that the person wants a person, and say by when one answers."""
    run, flow = talk.run, talk.flow
    so_far = {}
    if run and flow:
        told = {**run.begun, **run.answers}
        so_far = {key: flow.question(key).encode(value) for key, value in told.items()}  # type: ignore[union-attr]
    details: dict[str, Any] = {"topic": talk.conversation.topic}
    details |= {"flow": flow.name, "answers": so_far} if flow and run else {}
    if talk.item.envelope and talk.item.envelope.topic:
        subject = f"{talk.item.envelope.topic}\n{subject}"
    kind = "submission" if is_submission(subject) else "request"
    talk.emit("case.opened", kind=kind, subject=subject, details=details)
    talk.emit("consultation.given", what="person", topic=talk.conversation.topic)
    talk.say("staff_called", shares=bool(so_far))


def is_submission(text: str) -> bool:
    """Whether a text calls itself a submission or a complaint: staff treat it by the law on them."""
    return _SUBMISSION.search(fold(text)) is not None


def ask_for_staff(talk: Talk) -> None:
    """Call a person, and ask what it is about so that they can prepare, unless the button stands under a question."""
    asked = mask(talk.item.quoted).text if talk.item.is_tap else ""
    call_staff(talk, asked)
    if talk.run is None and asked:
        return
    if talk.run is None:
        beginning.begin(talk, talk.world.flows[STAFF_FLOW])
    else:
        running.ask(talk, again=True)


def unsubscribe(talk: Talk) -> None:
    """Stop what we send of our own accord."""
    talk.emit("permissions.withdrawn", kinds=["news"])
    talk.change(quiet=True)
    talk.say("unsubscribed")


def help_(talk: Talk) -> None:
    """Say what can be done here."""
    talk.say("help")
    offer_work(talk)
    talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
    talk.offer(L("Mani koki"), Do.OWN)
    for flow in talk.world.flows.values():
        if flow.brings or flow.ends_with == _TOLD_TO_STAFF:
            talk.offer(flow.title, Do.START, value=flow.name)
    for topic_id in talk.world.first_topics:
        _offer_topic(talk, talk.world.topics[topic_id])
    talk.offer(L("Jautāt darbiniekam"), Do.STAFF)


def show_own(talk: Talk) -> None:
    """List what the person has registered."""
    if not talk.sure:
        talk.say("confirm_sender")
        talk.offer(L("Mani koki"), Do.OWN)
        return
    talk.emit("registrations.listed")
    talk.say("own")
    if talk.run:
        running.ask(talk, again=True)
    else:
        talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
        talk.offer(L("Mainīt vai atsaukt"), Do.MEND, needs="changeable")


def show_topic(
    talk: Talk, topic: Topic, told: frozenset[str] = frozenset(), others: tuple[str, ...] = (), *, asked: str = ""
) -> None:
    """Answer with a topic; offer `others` that may have been meant, and what usually comes next but was not `told`."""
    language = talk.conversation.spoken
    if topic.id == EVENTS_TOPIC:
        attending.answer(talk, asked or talk.item.said.text)
    if talk.world.waits(topic.id):
        _propose(talk, topic, asked or mask(talk.item.quoted).text)
        return
    invitation = topic.invitation.get(language, "") if talk.run is None else ""
    texts = (topic.answer[language], topic.uncertain.get(language, ""), invitation)
    talk.say("topic", texts=[text for text in texts if text])
    talk.emit("consultation.given", what="answered", topic=topic.id)
    talk.change(topic=topic.id, misses=0)
    if talk.run is None:
        if topic.offers:
            talk.offer(talk.world.flows[topic.offers].title, Do.START, value=topic.offers)
        most = 3 if not talk.by_letter else 0 if len(told) > 1 else 2
        near = dict.fromkeys((*others, *topic.follow_ups))
        for topic_id in [known for known in near if known not in {topic.id, *told}][:most]:
            _offer_topic(talk, talk.world.topics[topic_id])


def offer_work(talk: Talk) -> None:
    """Offer those of ours what they are here for."""
    if may(talk.conversation.role, OURS) and talk.sure:
        talk.offer("Darba izvēlne", Do.WORK, key="darbs")


def offer_beginnings(talk: Talk) -> None:
    """Offer what most people come for."""
    offer_work(talk)
    talk.offer(L("Reģistrēt kokus"), Do.START, value=talk.world.main_flow)
    if talk.conversation.parked:
        talk.offer(L("Turpināt iesākto"), Do.RESUME, value=talk.conversation.parked[0].id)
    talk.offer(L("Ko Jūs protat?"), Do.HELP)


def small_talk(talk: Talk, kind: str | None) -> None:
    """Answer a greeting, thanks, a goodbye; whom we meet is greeted by what we begin with."""
    talk.say("smalltalk", kind=kind, met=talk.before.greeted)


def _propose(talk: Talk, topic: Topic, asked: str) -> None:
    """Let a person look at an answer first; should it go by itself by now, it is said all the same."""
    language = talk.conversation.spoken
    texts = (topic.answer[language], topic.uncertain.get(language, ""))
    talk.emit("answer.proposed", topic=topic.id, asked=asked)
    talk.emit("consultation.given", what="answered", topic=topic.id)
    talk.say("topic_awaits", title=topic.title[language], texts=[text for text in texts if text])
    talk.change(topic=topic.id, misses=0)


def _hand_in(talk: Talk, understood: Understanding) -> str:
    """Hand a submission to a person, whatever it asks: it is not for us to answer."""
    call_staff(talk, understood.text)
    return "submission"


def _answer_one(talk: Talk, understood: Understanding, told: frozenset[str]) -> str:
    outcome = understood.outcome
    if outcome == "answer" and understood.topic == "smalltalk":
        small_talk(talk, understood.kind)
        if talk.run is None:
            offer_beginnings(talk)
    elif outcome == "answer" and understood.topic:
        show_topic(talk, talk.world.topics[understood.topic], told, understood.choices, asked=understood.text)
    elif outcome == "choose":
        talk.say("choose")
        talk.as_reply()
        for topic_id in understood.choices:
            _offer_topic(talk, talk.world.topics[topic_id], wide=True)
        talk.offer(L("Cits jautājums"), Do.STAFF, wide=True)
    elif outcome == "handover":
        call_staff(talk, understood.text)
    elif outcome == "action":
        does = rights.ask_to_erase if understood.action == "forget_me" else unsubscribe
        does(talk)
    elif outcome == "declined" and not _is_announced(talk):
        talk.say("declined", kind=understood.kind)
    elif outcome == "flow" and understood.flow:
        talk.say("flow_offered", flow=talk.world.flows[understood.flow])
        talk.offer(talk.world.flows[understood.flow].title, Do.START, value=understood.flow)
    else:
        return _not_known(talk, understood)
    return outcome


def _is_announced(talk: Talk) -> bool:
    """Whether it answers, or follows, what we have announced: a closed bridge is our matter then."""
    talk.looks = not talk.standing.looked
    return bool(talk.standing.about)


def _not_known(talk: Talk, understood: Understanding) -> str:
    """Hand a real question to a person; ask again what can't be one."""
    text = understood.text.strip()
    if is_question(text) or len(words(text)) >= _WORTH_A_PERSON:
        files = talk.item.said.files
        talk.emit("case.opened", kind="question", subject=text, details={"topic": talk.conversation.topic}, files=files)
        talk.emit("consultation.given", what="unanswered", topic=understood.kind or "")
        if files:
            talk.emit("attachments.received", files=files)
        talk.say("handed_over", told=_is_announced(talk) and not is_question(text))
        return "unsure"
    talk.change(misses=talk.conversation.misses + 1)
    talk.say("not_understood", given=talk.quote(text))
    if talk.run is None:
        offer_beginnings(talk)
        talk.offer(L("Jautāt darbiniekam"), Do.STAFF)
    return "not_understood"


def _offer_topic(talk: Talk, topic: Topic, *, wide: bool = False) -> None:
    talk.offer(
        topic.label[talk.conversation.spoken] if wide else topic.title[talk.conversation.spoken],
        Do.TOPIC,
        value=topic.id,
        wide=wide,
    )
