"""Headers: what stands above a letter, decoded: addresses, names, ids, the date. Nothing here raises on odd input."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from bot.channels.email.reading.charsets import decode, known, line

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_MOST_FIELDS = 500
_LONGEST = 16_384  # bytes of one field: more is read by nobody
_LONGEST_PARAMETERS = 4_096
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_SPEC = re.compile(r"[^@\s<>(),;:\\\"\[\]]{1,128}@(?:[^@\s<>(),;:\\\"\[\]]{1,253}|\[[0-9a-fA-F:.IPv]{3,50}\])")
_ID = re.compile(r"<([^<>]{1,998})>")
_MOST_IDS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """An address in a header: `address` is '' where there is a name only, or what stands there is none."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of a letter or of one of its parts, in their order, names in lower case."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field."""
        return any(name == field for field, _ in self.fields)

    def raw(self, name: str) -> str:
        """Return the first field of a name on one line, not decoded; '' without one."""
        return next(self.all(name), "")

    def all(self, name: str) -> Iterator[str]:
        """Return all fields of a name, each on one line, not decoded."""
        return (_unfolded(value) for field, value in self.fields if field == name)

    def text(self, name: str) -> str:
        """Return the first field of a name, decoded, as one clean line."""
        return line(words(self.raw(name)))

    def mailboxes(self, *names: str) -> tuple[Mailbox, ...]:
        """Return the mailboxes in all fields of these names."""
        return tuple(mailbox for name in names for value in self.all(name) for mailbox in mailboxes(value))

    def addresses(self, *names: str) -> tuple[str, ...]:
        """Return the addresses in all fields of these names, each once."""
        return tuple(dict.fromkeys(mailbox.address for mailbox in self.mailboxes(*names) if mailbox.address))

    def ids(self, name: str) -> tuple[str, ...]:
        """Return message ids without their brackets, in the order they stand."""
        value = line(words(self.raw(name)))
        found = ["".join(one.split()) for one in _ID.findall(value)] or value.strip("<> ").split()[:1]
        return tuple(found[-_MOST_IDS:])

    def date(self) -> datetime | None:
        """Return when it was written, aware; None where that is missing or can't be."""
        try:
            written = parsedate_to_datetime(self.raw("date")[:200])
            aware = written if written.tzinfo else written.replace(tzinfo=UTC)
            aware.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            return None
        return aware if aware.year >= 1970 else None  # before letters were, it is a clock that was never set

    def parameters(self, name: str) -> Message:
        """Return content-type or content-disposition as the library's object, which knows the ways of parameters."""
        message = Message()
        if value := self.raw(name)[:_LONGEST_PARAMETERS]:
            message[name] = value
        return message


def read(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Read the fields that begin at `start`; return them and where the body begins."""
    fields: list[tuple[str, list[bytes]]] = []
    at = start
    while at < end:
        found = _LINE.match(raw, at, end)
        text = found[0].rstrip(b"\r\n") if found else b""
        at = found.end() if found else end
        if not text:
            break
        if text[:1] in (b" ", b"\t"):
            if not text.strip():
                break
            if fields and len(fields) <= _MOST_FIELDS:
                fields[-1][1].append(text)
        elif field := _FIELD.match(text):
            if len(fields) <= _MOST_FIELDS:
                fields.append((field[1].decode("ascii").lower(), [text[field.end() :]]))
        elif not text.startswith((b"From ", b">From ")):
            at = found.start() if found else end  # the blank line is missing: the body begins here
            break
    return Headers(tuple((name, b"".join(lines)[:_LONGEST]) for name, lines in fields[:_MOST_FIELDS])), at


def words(value: str) -> str:
    """Decode encoded words; neighbours in one charset are joined first, as letters may be cut in two."""
    decoded: list[str] = []
    waiting, label, at = b"", "", 0
    value = _BETWEEN.sub(r"\1", value)
    for found in _WORD.finditer(value):
        charset = found[1].split("*")[0]
        if found.start() != at or known(charset) != known(label):
            decoded += [decode(waiting, label), value[at : found.start()]]
            waiting = b""
        waiting, label, at = waiting + _word(found[2], found[3]), charset, found.end()
    return "".join([*decoded, decode(waiting, label), value[at:]])


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Read a list of addresses. A name with a comma that nobody quoted stays one name."""
    found: list[Mailbox] = []
    names = ""
    for name, spec, angle in _listed(value):
        shown = line(words(name))
        if not angle and "@" not in spec:
            again = line(words(spec))
            if again != spec and "<" in again:  # a program has encoded name and address together
                found += mailboxes(again)
            else:
                names = f"{names}, {shown}" if names else shown
            continue
        full = f"{names}, {shown}" if names and angle else shown
        found.append(Mailbox(address=address(spec), name=full))
        names = ""
    return (*found, Mailbox(address="", name=names)) if names else tuple(found)


def address(spec: str) -> str:
    """Return an addr-spec with its domain in lower case; '' for what is none, such as a@b@c."""
    spec = line(spec).strip(" '")
    spec = re.sub(r"^@[^:@]{1,300}:", "", spec)  # a route, as forty years ago
    if not _SPEC.fullmatch(spec):
        return ""
    local, _, domain = spec.rpartition("@")
    domain = domain.rstrip(".").lower()
    return f"{local}@{domain}" if domain and ".." not in domain and not domain.startswith(".") else ""


def _unfolded(value: bytes) -> str:
    text = value.decode("ascii") if value.isascii() else decode(value)
    return text.replace("\r", "").replace("\n", "").strip()


def _word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return unbase64(data)


def unbase64(data: bytes) -> bytes:
    """Decode base64 as far as it is any."""
    try:
        return binascii.a2b_base64(data + b"==")
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        return binascii.a2b_base64(letters[: len(letters) - len(letters) % 4])


def _listed(value: str) -> Iterator[tuple[str, str, bool]]:
    """Cut a list of addresses: (name, addr-spec or words, whether it stood in angle brackets)."""
    name: list[str] = []
    comments: list[str] = []
    specs: list[str] = []
    at, end = 0, len(value)

    def cut() -> Iterator[tuple[str, str, bool]]:
        bare = "".join(name).strip()
        for spec in specs:
            yield bare or "".join(comments), spec, True
        if not specs and bare:
            yield ("".join(comments) if "@" in bare else bare), bare, False

    while at < end:
        ch = value[at]
        if ch == '"':
            close = _closing(value, at)
            name.append(re.sub(r"\\(.)", r"\1", value[at + 1 : close]))
            at = close
        elif ch == "(":
            close = _comment(value, at)
            comments.append(value[at + 1 : close])
            at = close
        elif ch == "<" and (close := value.find(">", at)) > 0:
            specs.append(value[at + 1 : close])
            at = close
        elif ch in ",;" or (ch == ":" and not specs and "@" not in "".join(name)):
            if ch != ":":  # a group's name is nobody's
                yield from cut()
            name, comments, specs = [], [], []
        else:
            name.append(ch)
        at += 1
    yield from cut()


def _closing(value: str, at: int) -> int:
    found = re.compile(r'"(?:[^"\\]|\\.)*"').match(value, at)
    return found.end() - 1 if found else len(value)


def _comment(value: str, at: int) -> int:
    depth = 0
    for here in range(at, len(value)):
        depth += (value[here] == "(") - (value[here] == ")")
        if depth == 0:
            return here
    return len(value)
