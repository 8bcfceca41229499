"""Introducing: who writes a letter is known from it, so a flow that wants to know how to reach them need not ask."""

from bot.conversation.talk import Talk
from flows import engine
from flows.contact_kinds import Reach
from flows.grammar import Flow
from flows.run import Run
from flows.said import Said
from knowledge.latvian.text import words
from knowledge.proper_names import given_name


def introduced(talk: Talk, flow: Flow, run: Run) -> Run:
    """Return the run with what the letter tells of its writer: address, name, telephone. The review shows it."""
    question = next((question for question in flow.questions if isinstance(question, Reach)), None)
    if question is None or question.key in run.answers:
        return run
    named = next((line for line in (talk.signature, talk.item.profile_name) if _is_name(line)), "")
    told = f"{named}\n{talk.item.sender.ident}"
    return engine.answer(flow, run, question.key, Said(text=told), talk.today).run


def _is_name(text: str) -> bool:
    """Whether a signature or a sender's name begins with a person's name, not with an organisation's."""
    first = words(text)[:1]
    return bool(first) and first[0].text[:1].isupper() and given_name(first[0].folded)
