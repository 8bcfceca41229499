"""Containers: the signed files (.edoc, .asice) in which Latvian schools and municipalities send letters.

What is inside is content; who signed is read from the certificates, and *not verified*. Other archives stay closed.
"""

import base64
import binascii
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from asn1crypto.x509 import Certificate
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.email.reading import kinds
from bot.channels.email.reading.charsets import decode, line

_MOST_ENTRIES = 100
_LARGEST = 30 * 1024 * 1024  # bytes unpacked, all together
_HIGHEST_RATIO = 100  # unpacked to packed; office documents reach 30
_SMALL = 1024 * 1024  # bytes that may come of any ratio
_LARGEST_SIGNATURE = 2 * 1024 * 1024
_MOST_SIGNERS = 20
_LONGEST_NAME = 150
_SIGNATURES = re.compile(r"META-INF/[^/]*signatures[^/]*\.xml", re.IGNORECASE)
_DSIG = "{http://www.w3.org/2000/09/xmldsig#}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """What a signed file holds: (name, content) in its order, and who signed by the certificates in it."""

    files: tuple[tuple[str, bytes], ...]
    signers: tuple[str, ...] = ()


def read(data: bytes) -> Container | None:
    """Open a signed file; None where it can't be, or is made to fill memory: then it stays a file."""
    archive = kinds.archive(data)
    if archive is None:
        return None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > _MOST_ENTRIES or not _fit(entries):
            return None
        try:
            files = tuple((_name(entry), _unpacked(archive, entry)) for entry in entries if _is_content(entry.filename))
            signatures = [_unpacked(archive, entry) for entry in entries if _SIGNATURES.fullmatch(entry.filename)]
        except Exception:  # noqa: BLE001 - zipfile raises a dozen kinds over broken and encrypted entries
            return None
    signers = (name for signature in signatures if len(signature) <= _LARGEST_SIGNATURE for name in _signers(signature))
    return Container(files=files, signers=tuple(dict.fromkeys(signers))[:_MOST_SIGNERS])


def _fit(entries: list[zipfile.ZipInfo]) -> bool:
    if sum(entry.file_size for entry in entries) > _LARGEST:
        return False
    return all(
        entry.file_size <= _SMALL or entry.file_size <= _HIGHEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )


def _is_content(name: str) -> bool:
    return name != "mimetype" and not name.upper().startswith("META-INF/")


def _name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not entry.flag_bits & 0x800:  # not marked as utf-8, though most are
        name = decode(name.encode("cp437", "replace"))
    return re.split(r"[/\\]", line(name))[-1][:200]


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes: no more than its directory has promised, whatever is in it."""
    with archive.open(entry) as packed:
        return packed.read(entry.file_size)


def _signers(signature: bytes) -> Iterator[str]:
    try:
        root = fromstring(signature, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return
    for signed in root.iter(f"{_DSIG}Signature"):
        certificate = signed.find(f"{_DSIG}KeyInfo/{_DSIG}X509Data/{_DSIG}X509Certificate")
        if certificate is not None and (name := _holder(certificate)):
            yield name


def _holder(certificate: Element) -> str:
    try:
        loaded = Certificate.load(base64.b64decode("".join((certificate.text or "").split())))
        subject = loaded.subject.native
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
        return ""
    given, family = subject.get("given_name"), subject.get("surname")
    name = f"{given} {family}" if given and family else subject.get("common_name") or ""
    return line(str(name))[:_LONGEST_NAME]
