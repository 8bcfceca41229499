"""The account: where our mailbox lies and how we get in, as IMAP_URL says it."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})  # where a mailbox needs no TLS
_IMAPS, _IMAP = 993, 143
_PRINTABLE = re.compile(r"[ -~]+|[^ -~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A folder on an IMAP server. `token_command` prints an access token where the server wants no password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False, default="")
    folder: str = "INBOX"
    tls: bool = True
    token_command: str = ""

    @property
    def name(self) -> str:
        """What its letters are numbered under: another server or folder numbers anew."""
        return f"{self.user}@{self.host}/{self.folder}"


def parse(url: str, token_command: str = "") -> Account:
    """Read imaps://user:password@host[:993][/folder]; raises ValueError, which says what to mend without showing it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("IMAP_URL can't be read: write # / ? @ : in the password as %23 %2F %3F %40 %3A") from None
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if parts.scheme not in {"imaps", "imap"} or not host:
        raise ValueError("IMAP_URL must be like imaps://user:password@host")
    if parts.scheme == "imap" and host not in _HERE:
        raise ValueError("IMAP_URL must begin with imaps://: without TLS the password can be read on its way")
    if parts.query or parts.fragment:
        raise ValueError("IMAP_URL can't be read: write # / ? @ : in the password as %23 %2F %3F %40 %3A")
    if not user or not (password or token_command):
        raise ValueError("IMAP_URL needs a user and a password: imaps://user:password@host")
    if _CONTROL.search(user + password + folder):
        raise ValueError("IMAP_URL holds a line end or another control character")
    tls = parts.scheme == "imaps"
    return Account(
        host=host,
        port=port or (_IMAPS if tls else _IMAP),
        user=user,
        password=password,
        folder=folder,
        tls=tls,
        token_command=token_command,
    )


def quoted(text: str) -> str:
    """Write a string as a command wants it: the library sends names and users bare."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encoded(folder: str) -> str:
    """Write a folder's name in modified UTF-7 (RFC 3501, 5.1.3): `Nosūtītie` is `Nos&AWs-t&ASs-tie`."""
    return "".join(_run(run) for run in _PRINTABLE.findall(folder))


def _run(run: str) -> str:
    if " " <= run[0] <= "~":
        return run.replace("&", "&-")
    shifted = base64.b64encode(run.encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",").decode()
    return f"&{shifted}-"
