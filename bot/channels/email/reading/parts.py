"""Parts: a letter cut along its MIME boundaries, within limits on size, number and depth.

The standard library's parser builds every part before anybody can count them; this one stops at the limit, and keeps
no copies: a part is a stretch of the letter.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email.message import Message

from bot.channels.email.reading import headers
from bot.channels.email.reading.charsets import decode, line
from bot.channels.email.reading.headers import Headers

LARGEST = 10 * 1024 * 1024  # bytes of a letter; of a larger one only the headers are read
MOST = 50  # parts
DEEPEST = 10

_MESSAGES = ("message/rfc822", "message/global", "message/news")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


_LINE_END = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part: `children` of a multipart, or the one letter within a message/rfc822."""

    headers: Headers
    kind: str  # media type as labelled, in lower case
    parameters: Message = field(repr=False)
    raw: bytes = field(repr=False)
    start: int
    end: int
    children: tuple["Part", ...] = ()

    @property
    def is_letter(self) -> bool:
        """Whether it is a whole letter within a letter."""
        return self.kind in _MESSAGES and bool(self.children)

    @property
    def name(self) -> str:
        """The file name that it has, as one clean line without folders; '' without one."""
        disposition = self.headers.parameters("content-disposition")
        for holder, parameter, where in (
            (disposition, "filename", "content-disposition"),
            (self.parameters, "name", "content-type"),
        ):
            value = holder.get_param(parameter, header=where)
            if isinstance(value, tuple):  # RFC 2231: charset, language, value
                value = decode(value[2].encode("latin-1", "replace"), value[0] or "")
            if value:
                return re.split(r"[/\\]", line(headers.words(str(value))))[-1].strip()[:200]
        return ""

    @property
    def is_attached(self) -> bool:
        """Whether the sender's program says that it is a file."""
        return self.headers.raw("content-disposition").lower().startswith("attachment")

    @property
    def content_id(self) -> str:
        """What HTML calls it by, without brackets."""
        return next(iter(self.headers.ids("content-id")), "")

    def parameter(self, name: str) -> str:
        """Return a parameter of its type in lower case."""
        value = self.parameters.get_param(name, header="content-type")
        return str(value[2] if isinstance(value, tuple) else value or "").lower()

    def content(self) -> bytes:
        """Return its bytes with the transfer encoding undone."""
        data = self.raw[self.start : self.end]
        encoding = self.headers.raw("content-transfer-encoding").lower().strip(" ;\"'")
        if encoding == "base64":
            return headers.unbase64(data)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(data)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _unuu(data)
        return data

    def text(self) -> str:
        """Return its text in whatever charset it is, with line feeds."""
        text = decode(self.content(), self.parameter("charset"))
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def walk(self) -> Iterator["Part"]:
        """Go through it and all within."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class _Budget:
    parts: int = MOST
    trouble: str = ""


def cut(raw: bytes) -> tuple[Part, str]:
    """Cut a letter into parts; return it, and why it can't be read whole: "too big", "too many parts", '' if it can."""
    start = len(raw) - len(raw.lstrip(b"\r\n \t")) if raw[:1] in (b"\r", b"\n") else 0
    if b"\n" not in raw[:100_000] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if len(raw) > LARGEST:
        found, at = headers.read(raw, start, min(len(raw), LARGEST))
        return _leaf(found, raw, at, at), "too big"
    budget = _Budget()
    return _part(raw, start, len(raw), 0, budget), budget.trouble


def entity(raw: bytes, depth: int) -> tuple[Part, str]:
    """Cut what stood in a signed envelope at that depth, as if it had been a part there."""
    budget = _Budget()
    return _part(raw, 0, len(raw), depth, budget), budget.trouble


def _part(raw: bytes, start: int, end: int, depth: int, budget: _Budget, *, digest: bool = False) -> Part:
    found, at = headers.read(raw, start, end)
    whole = _leaf(found, raw, at, end, "message/rfc822" if digest else "text/plain")
    budget.parts -= 1
    if budget.parts < 0:
        budget.trouble = budget.trouble or "too many parts"
        return whole
    if not (whole.kind.startswith("multipart/") or whole.kind in _MESSAGES):
        return whole
    if depth >= DEEPEST:
        budget.trouble = budget.trouble or "nested too deep"
        return whole
    if whole.kind in _MESSAGES:
        inner = whole.content() if found.raw("content-transfer-encoding") else b""
        if inner and len(inner) != end - at:  # in base64, against the standard
            return replace(whole, children=(_part(inner, 0, len(inner), depth + 1, budget),))
        return replace(whole, children=(_part(raw, at, end, depth + 1, budget),))
    children: list[Part] = []
    for first, last in _between(raw, at, end, whole):
        if budget.trouble:
            break
        children.append(_part(raw, first, last, depth + 1, budget, digest=whole.kind == "multipart/digest"))
    # A multipart whose boundary is nowhere is the text that it then is.
    return replace(whole, children=tuple(children)) if children else replace(whole, kind="text/plain")


def _leaf(found: Headers, raw: bytes, start: int, end: int, default: str = "text/plain") -> Part:
    parameters = found.parameters("content-type")
    stated = found.raw("content-type").partition(";")[0].strip().lower()
    kind = stated if _TYPE.fullmatch(stated) else "text/plain" if stated else default
    return Part(headers=found, kind=kind, parameters=parameters, raw=raw, start=start, end=end)


def _between(raw: bytes, start: int, end: int, whole: Part) -> Iterator[tuple[int, int]]:
    stated = str(whole.parameters.get_boundary("") or "").encode("utf-8", "surrogateescape")
    boundary = stated if stated and raw.find(b"--" + stated, start, end) >= 0 else _guessed(raw, start, end)
    if not boundary:
        return
    first = -1
    for here, after, last in _delimiters(raw, start, end, b"--" + boundary):
        if first >= 0:
            content = here - (raw[here - 1 : here] == b"\n")
            content -= raw[content - 1 : content] == b"\r"
            yield first, max(first, content)
        if last:
            return
        first = after
    if first >= 0:
        yield first, end


def _delimiters(raw: bytes, start: int, end: int, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """Find the lines that cut: where each begins, where it ends, and whether it is the last."""
    at = raw.find(line, start, end)
    while at >= 0:
        rest = _LINE_END.match(raw, at + len(line), end)
        if rest and (at == start or raw[at - 1 : at] == b"\n"):
            yield at, rest.end(), bool(rest[1])
        at = raw.find(line, at + len(line), end)


def _guessed(raw: bytes, start: int, end: int) -> bytes:
    """Take the first line that looks like a boundary for one, where the stated one is nowhere."""
    found = re.compile(rb"(?:(?<=\n)|(?<![\s\S]))--([^\s-][^\r\n]{0,70}?)[ \t]*\r*\n").search(raw, start, end)
    return found[1] if found else b""


def _unuu(data: bytes) -> bytes:
    decoded: list[bytes] = []
    inside = False
    for one in data.splitlines():
        if not inside:
            inside = one.startswith(b"begin ")
        elif one.strip() in (b"end", b"`", b""):
            break
        else:
            try:
                decoded.append(binascii.a2b_uu(one))
            except binascii.Error:
                count = (((one[0] - 32) & 63) * 4 + 5) // 3
                decoded.append(_tried_uu(one[:count]))
    return b"".join(decoded)


def _tried_uu(one: bytes) -> bytes:
    try:
        return binascii.a2b_uu(one)
    except binascii.Error:
        return b""
