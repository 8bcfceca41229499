"""A real browser for the tests: Chromium without a screen, started once, spoken to over its debugging protocol."""

import asyncio
import base64
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import IO, Any

import aiohttp

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--remote-debugging-port=0",
)
_PATIENCE = 60.0  # seconds that a page may take


class NoBrowserError(Exception):
    """No browser can be run here. The message says what to install."""


def program() -> str:
    """Return the browser's program: what CHROMIUM names, or Debian's; raises NoBrowserError."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        raise NoBrowserError("install Debian's package chromium, or name a browser in CHROMIUM")
    return found


@contextmanager
def running_browser() -> Iterator[str]:
    """Run one for as long as it is needed, and yield where it listens; raises NoBrowserError."""
    folder = tempfile.mkdtemp(prefix="koku-browser-")
    process = subprocess.Popen(
        [program(), *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        yield _address(process.stderr)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()
        shutil.rmtree(folder, ignore_errors=True)


def _address(log: IO[str]) -> str:
    said = []
    for line in log:
        if match := re.search(r"DevTools listening on (ws://\S+)", line):
            return match[1]
        said.append(line)
    raise NoBrowserError(f"the browser did not start: {''.join(said)[-400:]}")


class Tab:
    """One page. What it has asked for stands in `requests`, what it complained of in `complaints`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session = ""
        self._loaded = asyncio.Event()
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def open(self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Show a page in a window of that size, as a phone does, and wait until it is there."""
        if not self._session:
            target = await self._ask("Target.createTarget", url="about:blank")
            attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            self._session = attached["sessionId"]
            for domain in ("Page", "Network", "Runtime", "Log", "Accessibility"):
                await self._ask(f"{domain}.enable")
        await self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self._ask("Emulation.setEmulatedMedia", features=scheme)
        self.requests, self.complaints = [], []
        self._loaded.clear()
        await self._ask("Page.navigate", url=url)
        await asyncio.wait_for(self._loaded.wait(), _PATIENCE)

    async def evaluate(self, script: str) -> Any:
        """Return what an expression is worth there; a promise is waited for. Raises AssertionError where it throws."""
        answer = await self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def spoken(self) -> list[tuple[str, str]]:
        """Return role and name of everything that a screen reader would tell of."""
        tree = await self._ask("Accessibility.getFullAXTree")
        nodes = [node for node in tree["nodes"] if not node.get("ignored")]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes]

    async def picture(self) -> bytes:
        """Return what is to be seen, as PNG."""
        shot = await self._ask("Page.captureScreenshot", format="png")
        return base64.b64decode(shot["data"])

    async def listen(self) -> None:
        """Take what the browser says, until it is closed."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
            elif said["method"] == "Page.loadEventFired":
                self._loaded.set()
            elif said["method"] == "Network.requestWillBeSent":
                self._note(self.requests, said["params"]["request"]["url"], said["params"]["request"]["url"])
            elif said["method"] == "Log.entryAdded":
                entry = said["params"]["entry"]
                self._note(self.complaints, entry["text"], entry.get("url", ""))

    @staticmethod
    def _note(notes: list[str], text: str, url: str) -> None:
        """Note it, but for the icon that a browser asks every site for, in its own time."""
        if not url.endswith("/favicon.ico"):
            notes.append(text)

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send_json({"id": number, "method": method, "params": params, **session})
        answer = await asyncio.wait_for(self._answers[number], _PATIENCE)
        assert "error" not in answer, (method, answer.get("error"))
        return dict(answer["result"])


@asynccontextmanager
async def tab(address: str) -> AsyncIterator[Tab]:
    """Open a tab of a running browser, and close the connection afterwards."""
    async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        one = Tab(socket)
        listening = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            listening.cancel()
