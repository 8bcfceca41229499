"""The object store: bytes under keys, in a folder or in a bucket, through one library."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import obstore
from obstore.store import LocalStore, from_url

from bot.disk import sync

_FOLDER = "file://"
_RETRIES, _RETRY_SECONDS = 2, 10  # the fetcher tries again by itself, and who asks the doctor waits for an answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An object that is there: its size in bytes, and when it was written (aware)."""

    key: str
    size: int
    written_at: datetime


class ObjectStore:
    """Objects of one installation; every call waits, so not for the event loop.

    `url` is file:///absolute/folder (no escapes), which is made, or s3://bucket/prefix, where the AWS_ variables of
    the environment say the rest. What can't be done raises OSError, or the library's own obstore.exceptions.
    """

    def __init__(self, url: str) -> None:
        self._folder = Path(url.removeprefix(_FOLDER)) if url.startswith(_FOLDER) else None
        if self._folder:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._store: obstore.store.ObjectStore = LocalStore(self._folder)
        else:
            patience = timedelta(seconds=_RETRY_SECONDS)
            self._store = from_url(url, retry_config={"max_retries": _RETRIES, "retry_timeout": patience})

    def put(self, key: str, data: bytes) -> None:
        """Write an object, all of it or none; when this returns it outlives a power cut."""
        obstore.put(self._store, key, data, use_multipart=False)
        if self._folder:
            path = self._folder / key
            for place in (path, *path.parents[: len(Path(key).parents)]):
                sync(place)

    def get(self, key: str) -> bytes:
        """Read an object; raises FileNotFoundError."""
        return bytes(obstore.get(self._store, key).bytes())

    def delete(self, key: str) -> None:
        """Delete an object; one that is gone already does no harm."""
        with suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def list_keys(self) -> Iterator[Listed]:
        """Yield every object, in no particular order."""
        for batch in obstore.list(self._store):
            for meta in batch:
                yield Listed(key=meta["path"], size=meta["size"], written_at=meta["last_modified"])


def new_key(sha256: str) -> str:
    """Make a key for content of this checksum. No two are the same, so that deleting one copy spares the others."""
    return f"{sha256[:2]}/{sha256[:16]}-{secrets.token_hex(8)}"
