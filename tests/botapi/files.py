"""Files on Telegram's side: what was uploaded, under which ids, and for how long a download link lives."""

import hashlib
import io
import itertools
import mimetypes
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from tests.botapi.errors import ApiError, Blame, ignored, violation
from tests.botapi.spec import Json, Upload

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024

_LINK_LIFETIME = 3600  # seconds; "guaranteed to be valid for at least 1 hour", so a bot must not count on more
_PHOTO_EDGES = (90, 320, 800, 1280)  # Telegram keeps a photo in these sizes (longest edge, pixels)


@dataclass(frozen=True, kw_only=True)
class File:
    """A file with its ids. `size` may claim more bytes than `data` holds, to have a big file without carrying one."""

    file_id: str
    unique_id: str
    folder: str
    data: bytes
    size: int
    name: str
    mime: str

    def ids(self) -> Json:
        """Return the fields which every file object of the Bot API has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": self.size}


class Files:
    """All files which people or the bot have sent."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._photos: dict[str, list[Json]] = {}
        self._links: dict[str, tuple[str, float]] = {}
        self._numbers = itertools.count(1)

    def add(self, folder: str, data: bytes, *, name: str = "", mime: str = "", size: int | None = None) -> File:
        """Keep a file; `folder` is documents, photos, voice ... as in Telegram's paths."""
        number = next(self._numbers)
        digest = hashlib.sha256(data + str(size or "").encode()).hexdigest()
        file = File(
            file_id=f"AgAC{number:05d}{digest[:24]}",
            unique_id=f"AQAD{digest[:11]}",
            folder=folder,
            data=data,
            size=len(data) if size is None else size,
            name=name,
            mime=mime or mimetypes.guess_type(name)[0] or "application/octet-stream",
        )
        self._files[file.file_id] = file
        return file

    def add_photo(self, data: bytes) -> list[Json]:
        """Keep a photo as Telegram does: smaller JPEGs, turned upright and without EXIF; return its PhotoSize objects.

        Bytes which are no picture are kept as they are, as one size: a test may not care for pixels.
        """
        try:
            sizes = _resized(data)
        except UnidentifiedImageError:
            sizes = [(data, 1, 1)]
        photo = []
        for jpeg, width, height in sizes:
            file = self.add("photos", jpeg, name="photo.jpg", mime="image/jpeg")
            photo.append({**file.ids(), "width": width, "height": height})
        for size in photo:
            self._photos[size["file_id"]] = photo
        return photo

    def find(self, file_id: str, wrong: str = "wrong file identifier/HTTP URL specified") -> File:
        """Return the file with this id; an unknown id is a violation worded as `wrong`."""
        if file_id.startswith(("http://", "https://")):
            raise ignored("sending files by URL is not simulated")
        if file_id not in self._files:
            raise violation(wrong)
        return self._files[file_id]

    def link(self, file_id: str, now: float) -> Json:
        """Answer getFile: a File object whose file_path may be downloaded for an hour from now."""
        file = self.find(file_id, "invalid file_id")
        if file.size > MAX_DOWNLOAD:
            raise violation("file is too big")
        suffix = mimetypes.guess_extension(file.mime) or ""
        path = f"{file.folder}/file_{file_id[4:9].lstrip('0')}{suffix}"
        self._links[path] = (file_id, now + _LINK_LIFETIME)
        return {**file.ids(), "file_path": path}

    def download(self, path: str, now: float) -> File | None:
        """Return what a link leads to; None when there is no such link or it is too old."""
        file_id, until = self._links.get(path, ("", 0.0))
        return self._files[file_id] if now < until else None

    def photo_from_bot(self, value: Upload | str) -> list[Json]:
        """Return the sizes of a photo which the bot uploads or sends again."""
        if isinstance(value, str):
            if self.find(value).folder != "photos":
                raise violation("can't use file of type Document as Photo")
            return self._photos[value]
        _check_upload(value, "photo")
        if len(value.data) > MAX_PHOTO:
            raise violation(
                f"file of size {len(value.data)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
            )
        try:
            with Image.open(io.BytesIO(value.data)) as image:
                width, height = image.size
        except UnidentifiedImageError:
            raise violation("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise violation("PHOTO_INVALID_DIMENSIONS")
        return self.add_photo(value.data)

    def document_from_bot(self, value: Upload | str) -> Json:
        """Return the Document object of a file which the bot uploads or sends again."""
        if isinstance(value, str):
            file = self.find(value)
            if file.folder == "photos":
                raise violation("can't use file of type Photo as Document")
        else:
            _check_upload(value, "document")
            file = self.add("documents", value.data, name=value.name, mime=value.mime)
        return document(file)


def document(file: File) -> Json:
    """Return file as a Document object."""
    return {**file.ids(), "file_name": file.name, "mime_type": file.mime}


def _check_upload(value: Upload, what: str) -> None:
    if not value.data:
        raise violation(f"there is no {what} in the request: file must be non-empty")
    if len(value.data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large", Blame.BOT)


def _resized(data: bytes) -> list[tuple[bytes, int, int]]:
    with Image.open(io.BytesIO(data)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    longest = max(image.size)
    edges = [edge for edge in _PHOTO_EDGES if edge < longest] + [min(longest, _PHOTO_EDGES[-1])]
    sizes = []
    for edge in dict.fromkeys(edges):
        small = image.copy()
        small.thumbnail((edge, edge))
        out = io.BytesIO()
        small.save(out, "JPEG", quality=87)
        sizes.append((out.getvalue(), *small.size))
    return sizes
