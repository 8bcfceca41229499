"""Composing: an Outbound becomes a letter, plain text and HTML that say the same, and the headers around them.

A letter is put together by hand, since the library takes a millisecond for one. All that varies in its headers goes
through `headers`, and all of its text through quoted-printable, in which no line can be taken for anything else.
"""

import base64
import binascii
import hashlib
import hmac
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.channels.email import headers, token
from bot.messages import Destination, Enclosure, Envelope, Fate, Outbound, Position, SendError
from bot.words.catalogs import LANGUAGES, load_catalogs
from bot.words.plain import plain

MARK = "X-Koku-Paligs"  # by which we know our own letters
_NAME = headers.encoded("Koku palīgs")
_MOST_COPIES = 10  # a letter to more than these is no conversation: only its sender is answered

_TEMPLATES = Path(__file__).parents[3] / "templates" / "email"
_KINDS = frozenset({"message", "place", "document", "photo"})
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
# What bot.words writes is let through; anything else that looks like a tag is shown as it is.
_STRAY = re.compile(r'<(?!/?(?:b|i|code)>|/a>|a href="(?:https?|mailto|tg):[^"<>]*">)')
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; ?(charset|method|component|name)=[A-Za-z0-9-]+)*")
_NOTHING = Envelope()


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """Whose letters these are. `plus` says that koki+anything@example.lv reaches koki@example.lv."""

    address: str
    secret: str  # signs the tokens
    plus: bool = False
    privacy_url: str = ""
    pages: str = ""  # where people reach our pages, without a slash at the end


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """A letter ready to go. `recipients` has the person first, then the copies."""

    sender: str  # of the envelope: where reports about this letter come back to
    recipients: tuple[str, ...]
    message_id: str  # without angle brackets; the same however often this delivery is composed
    content: bytes


class Composer:
    """Writes letters in every language. The templates are read and compiled once in a process."""

    def __init__(self, letterhead: Letterhead) -> None:
        self._head = letterhead
        self._ours = headers.ascii_address(letterhead.address)
        if not self._ours:
            raise ValueError("letters need an address of their own with an ASCII name")
        self.domain = self._ours.rpartition("@")[2]
        self._pens = _pens()

    def compose(self, to: Destination, message: Outbound, now: datetime, unsubscribe: str = "") -> Composed:
        """Write one letter; raises SendError(REFUSED) for what can't be one or has nowhere to go.

        `unsubscribe` is the address of the page that takes a reader off the list (RFC 8058); it makes the letter
        one of many.
        """
        if message.kind not in _KINDS:
            raise SendError(Fate.REFUSED, f"no such kind of letter: {message.kind}")
        person = headers.ascii_address(to.chat.ident)
        if not person:
            foreign = not to.chat.ident.rpartition("@")[0].isascii()
            what = "an address with other than ASCII before the @" if foreign else "no address"
            raise SendError(Fate.REFUSED, f"{what}: no letter can be sent there")
        if message.bulk and not unsubscribe and self._head.pages and to.token:
            unsubscribe = f"{self._head.pages}/atteikties/{token.leaving_token(to.token, person, self._head.secret)}"
        envelope = message.envelope or _NOTHING
        copies = self._copies(envelope, person)
        pen = self._pens.get(message.language, self._pens["lv"])
        ours = self._token(envelope, to)
        subject = pen.subject(envelope, token.code(token.prompt_of(ours)) if ours else "")
        message_id = self._message_id(ours, to, message)
        fields = {
            "From": f"{_NAME} <{self._ours}>",
            "To": person,
            "Cc": headers.folded(copies, ","),
            "Reply-To": f"{_NAME} <{headers.tagged(self._ours, ours)}>" if ours and self._head.plus else "",
            "Subject": headers.encoded(subject),
            "Date": format_datetime(now),
            "Message-ID": f"<{message_id}>",
            **_thread(envelope),
            "Auto-Submitted": "auto-replied" if envelope.message_id else "auto-generated",
            "X-Auto-Response-Suppress": "All",
            MARK: "1",
            **(self._list(unsubscribe) if unsubscribe or message.bulk else {}),
            "Content-Language": pen.language,
        }
        shown = {
            "subject": subject,
            "token": ours,
            "unsubscribe": headers.one_line(unsubscribe),
            "privacy_url": self._head.privacy_url,
        }
        text, markup = pen.write(message, shown)
        return Composed(
            sender=headers.tagged(self._ours, f"bounce-{ours}") if ours and self._head.plus else self._ours,
            recipients=(person, *copies),
            message_id=message_id,
            content=_assembled(fields, text, markup, message.enclosures),
        )

    def text(self, message: Outbound, token_: str) -> str:
        """Return the plain text of a letter as it was sent, for finding what somebody has typed into a copy of it."""
        pen = self._pens.get(message.language, self._pens["lv"])
        shown = {"subject": "", "token": token_, "unsubscribe": "", "privacy_url": self._head.privacy_url}
        return pen.write(message, shown)[0]

    def _copies(self, envelope: Envelope, person: str) -> tuple[str, ...]:
        """Return whom the person copied in, but ourselves, and those whom no letter can reach."""
        if len(envelope.copy) > _MOST_COPIES:
            return ()
        found = {address.lower(): address for address in map(headers.ascii_address, envelope.copy) if address}
        return tuple(address for key, address in found.items() if key != person.lower() and not self._is_ours(key))

    def _is_ours(self, address: str) -> bool:
        local, _, domain = address.rpartition("@")
        return self._ours.lower() in (address, f"{local.partition('+')[0]}@{domain}")

    def _token(self, envelope: Envelope, to: Destination) -> str:
        try:
            if envelope.case:
                return token.sign_case(envelope.case, to.chat.ident, self._head.secret)
            return token.sign(envelope.prompt, to.chat.ident, self._head.secret)
        except ValueError:
            return ""  # a letter that asks nothing, or asks by the prompt of another kind of channel

    def _message_id(self, ours: str, to: Destination, message: Outbound) -> str:
        """Name the letter by its delivery, so that one sent twice is one letter to whoever receives it."""
        stem = ours
        if not stem:
            what = f"{to.chat}|{to.token}|{message.text}"
            digest = hmac.digest(self._head.secret.encode(), what.encode("utf-8", "replace"), hashlib.sha256)
            stem = base64.b32encode(digest[:15]).decode().lower()
        return f"{stem}.{to.token}@{self.domain}" if to.token else f"{stem}@{self.domain}"

    def _list(self, unsubscribe: str) -> dict[str, str]:
        page = headers.one_line(unsubscribe)
        by_letter = f"<mailto:{self._ours}?subject=unsubscribe>"
        return {
            "Precedence": "bulk",
            "List-Id": f"<koku-paligs.{self.domain}>",
            "List-Unsubscribe": headers.folded([*([f"<{page}>"] if page else []), by_letter], ","),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if page else "",
        }


class _Pen:
    """The letters of one language."""

    def __init__(self, language: str, catalog: Any) -> None:
        self.language = language
        _ = catalog.gettext
        self._unnamed = {True: _("Jūsu vēstule"), False: _("Ziņa no Koku palīga")}
        self._map = _("Vieta kartē")
        templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html.j2",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
        )
        templates.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]
        templates.globals["language"] = language
        self._text = templates.get_template("letter.txt.j2")
        self._html = templates.get_template("letter.html.j2")

    def subject(self, envelope: Envelope, code: str) -> str:
        """Return the subject: the person's, or one for a letter that has none."""
        reply = bool(envelope.message_id)
        bare = headers.bare_subject(envelope.subject, reply=reply)
        return headers.subject(bare or self._unnamed[reply], code, reply=reply)

    def write(self, message: Outbound, shown: dict[str, str]) -> tuple[str, str]:
        """Write the letter as plain text and as HTML; raises SendError(REFUSED) when it says nothing."""
        paragraphs = [*filter(None, _PARAGRAPHS.split(message.text.strip())), *self._links(message)]
        if not paragraphs:
            raise SendError(Fate.REFUSED, "a letter that says nothing")
        paragraphs = [_STRAY.sub("&lt;", paragraph) for paragraph in paragraphs]
        text = self._text.render(shown, text=plain("\n\n".join(paragraphs)))
        marked = [Markup(paragraph.replace("\n", "<br>\n")) for paragraph in paragraphs]  # noqa: S704 - see _STRAY
        return text, self._html.render(shown, paragraphs=marked)

    def _links(self, message: Outbound) -> Iterator[str]:
        """Put what a chat shows as a map or a button as links."""
        if message.position:
            yield _link(self._map, _map(message.position))
        for row in message.rows:
            for button in row:
                if button.url:
                    yield _link(button.label, button.url)


@cache
def _pens() -> Mapping[str, _Pen]:
    catalogs = load_catalogs(())
    return {language: _Pen(language, catalogs[language]) for language in LANGUAGES}


def _thread(envelope: Envelope) -> dict[str, str]:
    if not envelope.message_id:
        return {}
    ids = [f"<{id_}>" for id_ in headers.references(envelope.references, envelope.message_id)]
    answered = f"<{envelope.message_id}>"
    return {"In-Reply-To": answered if answered in ids else "", "References": headers.folded(ids)}


def _link(label: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(label)}</a>'


def _map(at: Position) -> str:
    where = f"{at.lat:.5f}/{at.lon:.5f}"
    return f"https://www.openstreetmap.org/?mlat={at.lat:.5f}&mlon={at.lon:.5f}#map=16/{where}"


def _assembled(fields: dict[str, str], text: str, markup: str, files: tuple[Enclosure, ...]) -> bytes:
    """Put the message together. What it is cut at can't stand in quoted-printable, nor in base64."""
    cut = f"=_{hashlib.sha256(fields['Message-ID'].encode()).hexdigest()[:24]}"
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    parts = b"".join(_part(cut, *part) for part in (("plain", text), ("html", markup)))
    spoken = (
        f'Content-Type: multipart/alternative; boundary="{cut}"\r\n\r\n'.encode() + parts + f"--{cut}--\r\n".encode()
    )
    if files:
        around = f"{cut}-all"
        enclosed = b"".join(_enclosed(around, file) for file in files)
        spoken = (
            f'Content-Type: multipart/mixed; boundary="{around}"\r\n\r\n--{around}\r\n'.encode()
            + spoken
            + enclosed
            + f"--{around}--\r\n".encode()
        )
    return f"{head}MIME-Version: 1.0\r\n".encode("ascii") + spoken


def _enclosed(cut: str, file: Enclosure) -> bytes:
    name = quote(headers.one_line(file.name).encode("utf-8", "replace"), safe="")
    kind = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    head = (
        f"--{cut}\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename*=utf-8''{name}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(file.content).replace(b"\n", b"\r\n")


def _part(cut: str, subtype: str, content: str) -> bytes:
    head = (
        f"--{cut}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = content.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return head.encode() + binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n") + b"\r\n"
