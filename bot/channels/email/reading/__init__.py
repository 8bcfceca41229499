"""Reading a letter: bytes become one Letter, whatever the bytes. Pure: no server, no database, no clock."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.channels.email import token
from bot.channels.email.letter import Failure, Letter, Ours, Outcome, Trust
from bot.channels.email.reading import bodies, bounces, envelopes, files, lines, machines, markup, parts, quoting
from bot.channels.email.reading.headers import Headers, Mailbox
from bot.channels.email.reading.parts import Part
from bot.channels.email.reading.trust import trust
from knowledge.latvian.text import fold

__all__ = ["read_letter"]

_ADDRESSED = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_FORWARDS = ("fwd:", "fw:", "pars:", "parsutits:", "wg:", "i:", "vs:", "переслано:", "fwd ", "пересл:")
_VERP = re.compile(r"(?:^|\+)bounce[+-]", re.IGNORECASE)  # bounce+TOKEN@, or koki+bounce-TOKEN@


def read_letter(raw: bytes, ours: Ours) -> Letter:
    """Read a letter. Never raises: what can't be read is REFUSED, with the reason."""
    try:
        return _read(raw, ours)
    except Exception as error:  # noqa: BLE001 - one poisonous letter must not stop the line
        return Letter(outcome=Outcome.REFUSED, reason=f"unreadable: {type(error).__name__}", size=len(raw))


def _read(raw: bytes, ours: Ours) -> Letter:
    root, trouble = parts.cut(raw)
    letter = _heading(root.headers, ours, len(raw))
    if machines.is_own(root.headers, ours):
        return replace(letter, outcome=Outcome.OWN, reason="ours")
    report = bounces.read(raw, root) if trouble != "too big" else None
    verp = any(_is_verp(address) for address in root.headers.addresses(*_ADDRESSED))
    if report is not None and (report.failures or report.note):
        return _bounced(letter, report)
    known = bool(letter.token or letter.code)
    sign = machines.machine(root.headers, root, known=known)
    if verp and sign not in ("out of office", "auto-submitted", "calendar reply", "read receipt"):
        unknown = Failure(address="", permanent=False, message_id=next(iter(letter.references), ""))
        return replace(letter, outcome=Outcome.BOUNCE, reason="bounce address", failures=(unknown,))
    refusal = _refusal(root.headers, letter) or trouble
    if sign or refusal:
        outcome = Outcome.AUTO_REPLY if sign else Outcome.REFUSED
        return replace(letter, outcome=outcome, reason=sign or refusal)
    inner, trouble = envelopes.opened(root)
    if trouble or any(envelopes.is_enciphered(one) for one in envelopes.outermost(inner)):
        return replace(letter, outcome=Outcome.REFUSED, reason=trouble or "enciphered")
    return _content(letter, inner, ours)


def _heading(headers: Headers, ours: Ours, size: int) -> Letter:
    senders = headers.mailboxes("from")
    sender = senders[0] if senders else Mailbox(address="")
    mine = machines.plain(ours.address)
    reply_to = next((one for one in headers.addresses("reply-to") if one != sender.address), "")
    subject = headers.text("subject")
    answered, referred = headers.ids("in-reply-to"), headers.ids("references")
    letter = Letter(
        outcome=Outcome.MESSAGE,
        sender=sender.address,
        sender_name=sender.name[:200],
        to=headers.addresses("to"),
        copy=tuple(one for one in headers.addresses("cc") if machines.plain(one) != mine),
        reply_to=reply_to if machines.plain(reply_to) != mine else "",
        subject=subject[:1_000],
        code=token.code_in(subject),
        message_id=next(iter(headers.ids("message-id")), ""),
        references=tuple(dict.fromkeys((*answered, *reversed(referred)))),
        written_at=headers.date(),
        trust=trust(headers, sender.address, ours.authserv_id) if sender.address else Trust.NONE,
        size=size,
    )
    return _marked(letter, headers, ())


def _marked(letter: Letter, headers: Headers, texts: Sequence[str]) -> Letter:
    """Find our tokens, and the one that all strong places agree on.

    An address names one letter, and so does what the letter answers: the newest id of ours in it, as the older ones
    are only its history. Where these two differ nobody can tell. A token in the text counts only where both are
    silent: quotes bring whole histories along, the newest on top.
    """
    by_address = _found(address for address in headers.addresses(*_ADDRESSED))
    by_reference = _found(letter.references)
    in_text = _found((letter.subject, *texts))
    strong = {*by_address, *by_reference[:1]}
    agreed = strong.pop() if len(strong) == 1 else "" if strong else next(iter(in_text), "")
    return replace(letter, token=agreed, tokens=tuple(dict.fromkeys((*by_address, *by_reference, *in_text))))


def _found(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for text in texts for one in token.tokens(text)))


def _refusal(headers: Headers, letter: Letter) -> str:
    senders = {one.address for one in headers.mailboxes("from") if one.address}
    invalid = any("@" in value and not headers.addresses("from") for value in headers.all("from"))
    if len(senders) > 1 or len(list(headers.all("from"))) > 1:
        return "several senders"
    if not letter.sender:
        return "sender's address" if invalid else "no sender"
    return ""


def _bounced(letter: Letter, report: bounces.Report) -> Letter:
    if not report.failures:
        return replace(letter, outcome=Outcome.AUTO_REPLY, reason=report.note)
    return replace(letter, outcome=Outcome.BOUNCE, reason="delivery failed", failures=report.failures)


def _content(letter: Letter, root: Part, ours: Ours) -> Letter:
    body = bodies.read(root)
    found = files.read(root, body)
    read = body.lines
    if not any(line.text.strip() for line in read) and (found.html or found.text):
        read = lines.read(found.text) if found.text else markup.read(found.html).lines
    forwarded = fold(letter.subject).startswith(_FORWARDS)
    fresh = not letter.references and machines.unprefixed(letter.subject) == letter.subject
    new = quoting.take_apart(read, forwarded=forwarded, fresh=fresh, address=ours.address, phrases=ours.phrases)
    letter = replace(
        letter,
        text=new.text,
        pieces=new.pieces,
        quoted=new.quoted,
        attachments=found.attachments,
        signers=found.signers,
    )
    return _marked(letter, root.headers, (new.text, new.quoted))


def _is_verp(address: str) -> bool:
    return bool(_VERP.search(address) and token.tokens(address))
