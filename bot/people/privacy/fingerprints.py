"""Fingerprints: what an erased address is known by. Without the key they say nothing of whose they were.

The key lies in neither the database nor its backups: whoever has those alone can't try addresses out.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.disk import sync

_FILE = "erasure.key"


@dataclass(frozen=True)
class Fingerprints:
    """Makes them with the `secret` of the settings, or else with a key in a folder, made when it is first needed."""

    secret: str = field(repr=False)
    folder: Path

    @property
    def name(self) -> str:
        """What tells the key from another one."""
        return self._of(b"key")[:12]

    def of(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the fingerprint of each address: 64 hexadecimal digits."""
        return tuple(self._of(f"address {address}".encode()) for address in addresses)

    def _of(self, what: bytes) -> str:
        return hmac.new(self._key, what, hashlib.sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        return self.secret.encode() or _from_file(self.folder)


def _from_file(folder: Path) -> bytes:
    path = folder / _FILE
    if path.exists():
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{_FILE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    sync(new)
    try:
        path.hardlink_to(new)  # another process may have been first: then its key counts
        sync(folder)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    return path.read_bytes()
