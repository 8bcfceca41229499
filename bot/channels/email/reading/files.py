"""Files: what was attached that is real content, out of whatever it was wrapped in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.channels.email.letter import Attachment
from bot.channels.email.reading import containers, kinds, tnef
from bot.channels.email.reading.bodies import Body, is_text
from bot.channels.email.reading.charsets import line
from bot.channels.email.reading.envelopes import SIGNATURES
from bot.channels.email.reading.parts import Part

_NEVER = (*SIGNATURES, "message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
_MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """What came with a letter; `text` and `html` are what a winmail.dat had of the letter itself."""

    attachments: tuple[Attachment, ...] = ()
    signers: tuple[str, ...] = ()
    text: str = ""
    html: str = ""


def read(root: Part, body: Body) -> Files:
    """Collect the files of a letter, numbered from 1 in their order."""
    collecting = _Collecting(body)
    collecting.walk(root, "")
    found = (replace(one, number=number) for number, one in enumerate(collecting.found[:_MOST], 1))
    named = (replace(one, name=one.name or f"{one.number}.{kinds.extension(one.media_type)}") for one in found)
    return Files(
        attachments=tuple(named),
        signers=tuple(dict.fromkeys(collecting.signers)),
        text=collecting.text,
        html=collecting.html,
    )


class _Collecting:
    """One walk through a letter."""

    def __init__(self, body: Body) -> None:
        self.found: list[Attachment] = []
        self.signers: list[str] = []
        self.text = self.html = ""
        self._body = body
        self._read = {id(part) for part in body.parts}

    def walk(self, part: Part, container: str) -> None:
        """Take the files in a part; those of an enclosed letter have its name as their container."""
        if part.is_letter:
            letter = part.children[0]
            name = part.name or f"{letter.headers.text('subject')[:100] or 'vēstule'}.eml"
            self._keep(name, "message/rfc822", part.content(), container)
            self.walk(letter, name)
        elif part.children:
            for child in part.children:
                self.walk(child, container)
        elif id(part) not in self._read and part.kind not in _NEVER and not is_text(part):
            self._leaf(part, container)

    def _leaf(self, part: Part, container: str) -> None:
        content = part.content()
        if not content:
            return
        kind = kinds.media_type(content, part.kind)
        if kind == kinds.TNEF and (winmail := tnef.read(content)):
            self._winmail(winmail, container)
        elif kind.startswith("image/"):
            if not self._is_decoration(part, content, kind):
                self._keep(part.name, kind, content, container)
        elif kind in (kinds.ASICE, kinds.ASICS):
            self._container(part.name, kind, content, container)
        else:
            self._keep(part.name, kind, content, container)

    def _is_decoration(self, part: Part, content: bytes, kind: str) -> bool:
        named = part.content_id
        if named and named in self._body.quoted:
            return True
        inline = bool(named) and (named in self._body.shown or not part.is_attached)
        return kinds.is_decoration(content, kind, inline=inline)

    def _winmail(self, winmail: tnef.Winmail, container: str) -> None:
        self.text = self.text or winmail.text
        self.html = self.html or winmail.html
        for file in winmail.files:
            kind = kinds.media_type(file.content)
            if kind.startswith("image/") and kinds.is_decoration(file.content, kind, inline=bool(file.content_id)):
                continue
            if kind in (kinds.ASICE, kinds.ASICS):
                self._container(line(file.name), kind, file.content, container)
            elif kind != kinds.TNEF:  # a letter within: what is in it has been answered before
                self._keep(line(file.name), kind, file.content, container)

    def _container(self, name: str, kind: str, content: bytes, container: str) -> None:
        name = name or f"dokuments.{kinds.extension(kind)}"
        opened = containers.read(content)
        self._keep(name, kind, content, container, opened=opened is not None)
        if opened is None:
            return
        self.signers += opened.signers
        for inner, data in opened.files:
            self._keep(inner, kinds.media_type(data), data, name)

    def _keep(self, name: str, kind: str, content: bytes, container: str, *, opened: bool = False) -> None:
        self.found.append(
            Attachment(number=0, name=name, media_type=kind, content=content, container=container, opened=opened)
        )


def names(attachments: tuple[Attachment, ...]) -> Iterator[str]:
    """Return the names of the content, without those of the wrappings that were opened."""
    return (one.name for one in attachments if not one.opened)
