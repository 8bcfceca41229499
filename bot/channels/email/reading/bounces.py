"""Bounces: reports that a letter of ours did not arrive, by the standard (RFC 3464) and by what servers write."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes

from flufl.bounce import all_failures

from bot.channels.email.letter import Failure
from bot.channels.email.reading import headers
from bot.channels.email.reading.charsets import decode
from bot.channels.email.reading.headers import Headers
from bot.channels.email.reading.machines import is_daemon, outer
from bot.channels.email.reading.parts import Part

_LARGEST = 100_000  # bytes of a report that are searched: each pattern looks at each line
_MOST = 50  # recipients
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|fail|notif|report|problem|has failed|error)|failure|failed|returned|returning|bounce"
    r"|could not be (?:sent|delivered)|mail (?:error|system)|not delivered|nav piegād|neizdevās|nepiegād|unzustellbar"
    r"|не доставлен|недоставлен|warning: (?:could not|message)|user unknown|rejected|permanent|notification",
    re.IGNORECASE,
)
# A mailbox that is gone. Others of class 5 (full, too large, taken for spam) say nothing about the address.
_GONE = re.compile(r"5\.1\.\d+|5\.2\.1|5\.4\.4")
_NOBODY = re.compile(
    r"(?:user|recipient|mailbox|account|address|box)\b.{0,40}(?:unknown|not found|not exist|disabled|unavailable"
    r"|invalid|rejected)"
    r"|(?:no such|unknown|invalid|unrouteable|bad) (?:user|recipient|mailbox|account|address|person)"
    r"|does(?:n't| not) exist"
    r"|host (?:unknown|not found)|no mailbox here|not listed in",
    re.IGNORECASE,
)

_UNDELIVERED = re.compile(
    r"not (?:be )?deliver|undeliver|deliver(?:y|ing) .{0,60}fail|fail(?:ed|ure)|error (?:deliver|send)"
    r"|was rejected|returned",
    re.IGNORECASE,
)
_COPIED = re.compile(
    r"^[> \t]*To:[ \t]*(?:[^\n<>]{0,100}<)?([^\s<>@]{1,64}@[^\s<>@,;]{1,200})", re.MULTILINE | re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s@<>()\[\]:;,\"']{1,64}@[a-zA-Z0-9.-]{1,200}\.[a-zA-Z]{2,20}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a report says: who did not get the letter; nobody where it only waits, or has arrived."""

    failures: tuple[Failure, ...] = ()
    note: str = ""  # "delayed" | "delivered", where nothing failed


def read(raw: bytes, root: Part) -> Report | None:
    """Read a report; None for what is none. Standard reports first: what servers write is guessed."""
    message_id = _returned(root)
    statuses = [status for part in outer(root) if part.kind == "message/delivery-status" for status in _statuses(part)]
    if statuses:
        return _standard(statuses, message_id)
    if is_daemon(root.headers) or _is_report(root):
        return _guessed(raw, root, message_id)
    if _SUBJECT.search(root.headers.text("subject")) and "in-reply-to" not in root.headers:
        return _by_detectors(raw, root, message_id)  # a person may write of failures too
    return None


def _is_report(root: Part) -> bool:
    return root.kind == "multipart/report" or "x-failed-recipients" in root.headers


def _statuses(part: Part) -> Iterator[Headers]:
    data, at = part.content(), 0
    for _ in range(_MOST):
        if at >= len(data):
            return
        found, at = headers.read(data, at, len(data))
        if "final-recipient" in found or "original-recipient" in found:
            yield found


def _standard(statuses: list[Headers], message_id: str) -> Report:
    failures: list[Failure] = []
    notes: list[str] = []
    for status in statuses:
        action = status.raw("action").strip().lower()
        said = status.text("diagnostic-code")
        code = _code(status.raw("status"), said)
        if action in ("delivered", "relayed", "expanded"):
            notes.append("delivered")
        elif action == "delayed":
            notes.append("delayed")
        else:
            who = _recipient(status.raw("final-recipient")) or _recipient(status.raw("original-recipient"))
            permanent = _permanent(code, said)
            failures.append(Failure(address=who, permanent=permanent, status=code, message_id=message_id))
    note = "" if failures else "delayed" if "delayed" in notes else "delivered"
    return Report(failures=tuple(dict.fromkeys(failures)), note=note)


def _guessed(raw: bytes, root: Part, message_id: str) -> Report | None:
    """Guess from what servers write: by the library's detectors, else by whom the letter that came back was for."""
    if found := _by_detectors(raw, root, message_id):
        return found
    said = _said(root)
    who = root.headers.addresses("x-failed-recipients")
    if not who and (_NOBODY.search(said) or _REPLY.search(said) or _UNDELIVERED.search(said) or _code("", said)):
        who = _recipients(root, said)
    return Report(failures=_failures(who, said, message_id)) if who else None


def _by_detectors(raw: bytes, root: Part, message_id: str) -> Report | None:
    temporary, permanent = _detected(raw)
    if not permanent:
        return Report(note="delayed") if temporary else None
    return Report(failures=_failures(permanent, _said(root), message_id))


def _failures(who: Sequence[str], said: str, message_id: str) -> tuple[Failure, ...]:
    code = _code("", said)
    gone = _permanent(code, said)
    return tuple(Failure(address=one, permanent=gone, status=code, message_id=message_id) for one in who[:_MOST])


def _detected(raw: bytes) -> tuple[list[str], list[str]]:
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    try:
        found = all_failures(message_from_bytes(raw[:_LARGEST]))
    except Exception:  # noqa: BLE001 - a library of regular expressions over what strangers wrote
        return [], []
    temporary, permanent = (sorted({headers.address(decode(one)) for one in some} - {""}) for some in found)
    return temporary, permanent


def _said(root: Part) -> str:
    """Return the texts of a report, and not of the letter that came back."""
    texts = (part for part in outer(root) if part.kind.startswith("text/") and part.kind != "text/rfc822-headers")
    return "\n".join(part.text() for part in texts)[:_LARGEST]


def _recipients(root: Part, said: str) -> tuple[str, ...]:
    """Return whom the enclosed letter was for, else the first address that the report names."""
    for found in _enclosed(root):
        if to := found.addresses("to"):
            return to[:1]
    copied = [headers.address(one) for one in _COPIED.findall(said)]
    named = [headers.address(one) for one in _ADDRESS.findall(said[:5_000])]
    ours = root.headers.addresses("to", "from", "delivered-to")
    return tuple(one for one in (*copied, *named) if one and one not in ours)[:1]


def _enclosed(root: Part) -> Iterator[Headers]:
    for part in outer(root):
        if part.is_letter:
            yield part.children[0].headers
        elif part.kind in ("text/rfc822-headers", "message/rfc822-headers"):
            data = part.content().lstrip(b"\r\n")
            yield headers.read(data, 0, len(data))[0]


def _returned(root: Part) -> str:
    """Return the id of the letter that came back, from what of it is enclosed."""
    for enclosed in _enclosed(root):
        if found := enclosed.ids("message-id"):
            return found[0]
    return next(iter(root.headers.ids("in-reply-to")), "")


def _recipient(value: str) -> str:
    """Read `rfc822; x@example.lv`."""
    return headers.address(value.rpartition(";")[2].strip().strip("<>"))


def _code(stated: str, said: str) -> str:
    """Return the status, RFC 3463; where it is the general one, what the other server said."""
    found = _STATUS.search(stated)
    code = found[1] if found else ""
    if code and not code.endswith((".0.0", ".7.1")):
        return code
    better = _STATUS.search(said[:5_000])
    return better[1] if better and better[1][0] != "2" else code


def _permanent(code: str, said: str) -> bool:
    """Whether the address is gone for good: 5.1.x and the like; 4.x.x never is."""
    if code.startswith("4"):
        return False
    if code and not code.endswith((".0.0", ".7.1")):
        return bool(_GONE.fullmatch(code))
    reply = _REPLY.search(said[:5_000])
    return bool(_NOBODY.search(said[:5_000])) and (reply is None or reply[1] == "5")
