"""A bucket for tests: as much of S3 over real HTTP as the object store uses, in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket(ThreadingHTTPServer):
    """Objects by their keys; `name` is the bucket's."""

    daemon_threads = True
    name = "koki"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that lead the library here."""
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.server_port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-north-1",
        }


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """Serve a bucket for as long as it is needed."""
    with Bucket() as bucket:
        thread = threading.Thread(target=bucket.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield bucket
        finally:
            bucket.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def do_PUT(self) -> None:
        self.server.objects[self._key] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200)

    def do_GET(self) -> None:
        if not self._key:
            self._answer(200, self._listing().encode(), "application/xml")
        elif self._key in self.server.objects:
            self._answer(200, self.server.objects[self._key])
        else:
            self._answer(404)

    def do_POST(self) -> None:
        """Delete, which the library always asks for several at once."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = [part.partition("</Key>")[0] for part in body.split("<Key>")[1:]]
        for key in keys:
            self.server.objects.pop(key, None)
        done = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{done}</DeleteResult>".encode(), "application/xml")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{self.server.name}").lstrip("/")

    def _listing(self) -> str:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size><ETag>1</ETag>"
            "<LastModified>2026-11-01T00:00:00.000Z</LastModified></Contents>"
            for key, data in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"

    def _answer(self, status: int, body: bytes = b"", media_type: str = "application/octet-stream") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Length", str(len(body))),
            ("Content-Type", media_type),
            ("ETag", '"1"'),
            ("Last-Modified", formatdate(usegmt=True)),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
