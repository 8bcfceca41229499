"""Envelopes: letters signed or enciphered by S/MIME and PGP. What is signed is read, what is enciphered can't be."""

from collections.abc import Iterator
from dataclasses import replace

from asn1crypto.cms import ContentInfo

from bot.channels.email.reading import parts
from bot.channels.email.reading.parts import DEEPEST, Part

_PKCS7 = ("application/pkcs7-mime", "application/x-pkcs7-mime")
SIGNATURES = (
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys",
)  # fmt: skip
_CLEAR = "-----BEGIN PGP SIGNED MESSAGE-----"
_SECRET = "-----BEGIN PGP MESSAGE-----"  # noqa: S105 - a line that announces one
_AFTER = "-----BEGIN PGP SIGNATURE-----"


def opened(root: Part) -> tuple[Part, str]:
    """Return the letter with a signed envelope around all of it taken off, and why it can't be read, if so."""
    trouble = ""
    for depth in range(1, DEEPEST):
        if root.kind == "multipart/signed" and root.children:
            return _inside(root, root.children[0]), trouble
        if root.kind not in _PKCS7:
            break
        content = _signed(root.content())
        if content is None:
            break
        inner, trouble = parts.entity(content, depth)
        root = _inside(root, inner)
    return root, trouble


def is_enciphered(root: Part) -> bool:
    """Whether the letter, or all there is to read in it, is enciphered."""
    if root.kind == "multipart/encrypted":
        return True
    if root.kind in _PKCS7:
        return not root.name.lower().endswith(".p7c") and _kind(root.content()) != "signed_data"
    if root.kind == "multipart/mixed":  # a server has put its own note beside
        return any(is_enciphered(child) for child in root.children) and not any(_says(child) for child in root.children)
    return root.kind == "text/plain" and root.text()[:2_000].lstrip().startswith(_SECRET)


def without_armour(text: str) -> str:
    """Return a text that PGP has signed in clear, without what PGP has put around it."""
    if not text.lstrip().startswith(_CLEAR):
        return text
    body = text.lstrip().partition("\n\n")[2].partition(_AFTER)[0]
    return "\n".join(line.removeprefix("- ") for line in body.split("\n"))


def _inside(root: Part, inner: Part) -> Part:
    """Put what was inside under the headers of the letter."""
    return replace(root, kind="multipart/mixed", children=(inner,))


def _says(part: Part) -> bool:
    return part.kind == "text/plain" and len(part.text().strip()) > 20 and not is_enciphered(part)


def _kind(data: bytes) -> str:
    try:
        return str(ContentInfo.load(data)["content_type"].native)
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _signed(data: bytes) -> bytes | None:
    if _kind(data) != "signed_data":
        return None
    try:
        content = ContentInfo.load(data)["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return content if isinstance(content, bytes) else None


def outermost(root: Part) -> Iterator[Part]:
    """Return what wraps the letter, from the outside, while it wraps one thing only."""
    while True:
        yield root
        if len(root.children) != 1 or root.is_letter:
            return
        root = root.children[0]
