"""Letters for tests: written byte by byte as mail programs send them, so that nothing is made right on the way."""

import base64
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, keys, x509

from bot.channels.email.letter import Letter, Ours
from bot.channels.email.reading import read_letter

OURS = Ours(address="koki@example.lv", authserv_id="mx.example.lv")
TOKEN = "kp" + "a" * 16 + "b" * 16  # of the right shape, as every token that a letter brings may be forged
OTHER_TOKEN = "kp" + "c" * 16 + "d" * 16
BOUNDARY = "=_robeza"


def read(raw: bytes, ours: Ours = OURS) -> Letter:
    """Read a letter to us."""
    return read_letter(raw, ours)


def letter(body: str | bytes = "Labdien!", headers: Mapping[str, str | None] | None = None, *, kind: str = "") -> bytes:
    """Return a letter; headers that are given replace the usual ones, None takes one away."""
    fields: dict[str, str | None] = {
        "From": "Anna Ozola <anna@example.org>",
        "To": "koki@example.lv",
        "Subject": "Koki",
        "Date": "Tue, 03 Mar 2026 10:15:00 +0200",
        "Message-ID": "<1@example.org>",
        "MIME-Version": "1.0",
        "Content-Type": kind or "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    content = body.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if isinstance(body, str) else body
    return head.encode() + b"\r\n" + content


def part(content: str | bytes, kind: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    """Return one part: text as it is, bytes in base64. `content_id="a"` becomes Content-Id: a."""
    given = {name.replace("_", "-").title(): value for name, value in headers.items()}
    if isinstance(content, bytes):
        given["Content-Transfer-Encoding"] = "base64"
        content = base64.encodebytes(content).decode()
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Content-Type": kind, **given}.items())
    return f"{head}\r\n{content}\r\n".encode()


def attached(content: bytes, name: str, kind: str = "application/octet-stream") -> bytes:
    """Return a file as programs attach it."""
    return part(content, kind, content_disposition=f'attachment; filename="{name}"')


def of_parts(
    *parts: bytes, kind: str = "mixed", headers: Mapping[str, str | None] | None = None, boundary: str = BOUNDARY
) -> bytes:
    """Return a letter of several parts."""
    return letter(together(parts, boundary), headers, kind=f'multipart/{kind}; boundary="{boundary}"')


def within(*parts: bytes, kind: str = "alternative", boundary: str = "=_ieksa") -> bytes:
    """Return a part that holds parts."""
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + together(parts, boundary) + b"\r\n"


def together(parts: Sequence[bytes], boundary: str) -> bytes:
    """Put a boundary around parts."""
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + one for one in parts) + line + b"--\r\n"


def edoc(
    files: Mapping[str, bytes], signers: Sequence[bytes] = (), *, mimetype: str = "application/vnd.etsi.asic-e+zip"
) -> bytes:
    """Return a signed container with these files, signed (in name only) with these certificates."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name, content in files.items():
            archive.writestr(name, content)
        for number, certificate in enumerate(signers):
            archive.writestr(f"META-INF/edoc-signatures-S{number}.xml", _signature(certificate))
    return out.getvalue()


def certificate(**subject: str) -> bytes:
    """Return a certificate on that name: common_name, given_name, surname. Nobody has signed it."""
    key = keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "rsa"},
            "public_key": keys.RSAPublicKey({"modulus": 3233, "public_exponent": 17}),
        }
    )
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    named = x509.Name.build(subject)
    times = {"not_before": x509.Time({"utc_time": datetime(2025, 1, 1, tzinfo=UTC)}),
             "not_after": x509.Time({"utc_time": datetime(2030, 1, 1, tzinfo=UTC)})}  # fmt: skip
    told = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": 1,
            "signature": algorithm,
            "issuer": x509.Name.build({"common_name": "eParaksts ICA"}),
            "validity": x509.Validity(times),
            "subject": named,
            "subject_public_key_info": key,
        }
    )
    made = {"tbs_certificate": told, "signature_algorithm": algorithm, "signature_value": b"nobody's"}
    data: bytes = x509.Certificate(made).dump()
    return data


def signed_opaque(entity: bytes) -> bytes:
    """Return S/MIME's signed-data around a part: no signatures, as they are not looked at."""
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": entity},
            "signer_infos": [],
        }
    )
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return made


def enveloped() -> bytes:
    """Return S/MIME's enveloped-data: what only its recipient can read."""
    inner = {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": b"\0" * 16},
        "encrypted_content": core.OctetString(b"secret").contents,
    }
    data = cms.EnvelopedData({"version": "v0", "recipient_infos": [], "encrypted_content_info": inner})
    made: bytes = cms.ContentInfo({"content_type": "enveloped_data", "content": data}).dump()
    return made


def winmail(text: str, files: Mapping[str, bytes]) -> bytes:
    """Return a winmail.dat with a text and files, named both the short and the long way."""
    out = [b"\x78\x9f\x3e\x22\x01\x00", _object(1, 0x9007, struct.pack("<LL", 1257, 0))]
    out.append(_object(1, 0x800C, text.encode("cp1257") + b"\0"))
    for name, content in files.items():
        out.append(_object(2, 0x9002, bytes(14)))
        out.append(_object(2, 0x8010, b"SHORT~1.DAT\0"))
        out.append(_object(2, 0x800F, content))
        long_name = name.encode("utf-16-le") + b"\0\0"
        padded = long_name + bytes(-len(long_name) % 4)
        properties = struct.pack("<LHHLL", 1, 0x001F, 0x3707, 1, len(long_name)) + padded
        out.append(_object(2, 0x9005, properties))
    return b"".join(out)


def _object(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHL", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _signature(certificate: bytes) -> str:
    encoded = base64.b64encode(certificate).decode()
    return (
        '<?xml version="1.0" encoding="UTF-8"?><asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
        ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:Signature><ds:SignedInfo/><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{encoded}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
        "</asic:XAdESSignatures>"
    )
