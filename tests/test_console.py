"""The console: lines in, a transcript out, whatever a pipe brings."""

import asyncio
import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.channels.console import ConsoleChannel, lines, read_line, written
from bot.messages import Address, Button, Destination, Enclosure, Outbound, Position
from tests.killing import _ROOT

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_ME = Address("console", "me")


def _read(line: str) -> str:
    return read_line(line, 1, _ME, _NOW, "s").said.text


def test_a_message_is_written_as_in_a_transcript() -> None:
    """Markup is taken away, a link shows its address, paragraphs are indented, buttons stand in brackets."""
    message = Outbound(
        text='<b>Vai</b> tā?\n\nLasiet <a href="https://a.lv">te</a> &amp; tur.',
        rows=((Button(label="Jā", data="p:0"), Button(label="Nē", data="p:1")), (Button(label="Nezinu", data="p:2"),)),
    )
    assert "🤖 Vai tā?\n\n   Lasiet te: https://a.lv & tur.\n   [Jā] [Nē]\n   [Nezinu]" == written(message)


async def test_a_file_is_named_and_put_where_it_can_be_opened(tmp_path: Path) -> None:
    """In the folder, whatever its name says about others."""
    out, folder = io.StringIO(), tmp_path / "sent"
    file = Enclosure(key="k", name="../../dati.html", content=b"<p>")
    await ConsoleChannel(out, folder).send(
        Destination(chat=_ME), Outbound(kind="document", text="Te ir Jūsu dati.", enclosures=(file,))
    )
    assert f"🤖 📎 ../../dati.html Te ir Jūsu dati.\n   ({folder / 'dati.html'})\n" == out.getvalue()
    assert b"<p>" == (folder / "dati.html").read_bytes()


def test_a_place_is_written_as_a_link() -> None:
    """A terminal shows no map."""
    place = Outbound(kind="place", position=Position(lat=57.3, lon=25.2))
    assert "🤖 📍 https://www.openstreetmap.org/?mlat=57.30000&mlon=25.20000" == written(place)


def test_a_typed_line_is_a_message() -> None:
    """`[Jā]` presses a button as `Jā` does; blanks around it are nothing."""
    assert ["Labdien!", "Jā", "["] == [_read(line) for line in ("  Labdien! \r", "[Jā]", "[")]
    first, second = (read_line("x", number, _ME, _NOW, "s") for number in (1, 2))
    assert ("s:1", "s:2") == (first.external_id, second.external_id)


def test_what_can_not_be_stored_is_replaced() -> None:
    """Halves of UTF-16 pairs, as Python makes of bytes that are no UTF-8, and NUL never get further."""
    assert ["oz?oli", "ozoli"] == [_read("oz\udcffoli"), _read("oz\0oli")]


async def test_lines_come_until_the_end_also_where_they_are_no_utf8() -> None:
    """Empty lines are skipped; bytes of another encoding are a line with signs that say so."""
    stream = io.TextIOWrapper(io.BytesIO(b"Labdien!\n\n  \n" + b"koki\xff\xfe\nbeigas"), encoding="utf-8")
    assert ["Labdien!", "koki\ufffd\ufffd", "beigas"] == [line async for line in lines(stream)]


async def test_the_channel_prints_and_numbers_what_it_prints() -> None:
    """Each message has an id of its own; a passing line stands in brackets, an empty one is nothing."""
    out = io.StringIO()
    channel = ConsoleChannel(out)
    refs = [await channel.send(Destination(chat=_ME), Outbound(text=text)) for text in ("a", "b")]
    await channel.acknowledge("1", "Jau pierakstīts.")
    await channel.acknowledge("1", "")
    assert (["1", "2"], "🤖 a\n🤖 b\n   (Jau pierakstīts.)\n") == (refs, out.getvalue())


async def test_chat_by_letter_asks_everything_at_once(tmp_path: Path) -> None:
    """`chat --channel email` answers a line as it would a letter, and reads the next one against its numbers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "chat", "--channel", "email", cwd=_ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate("Gribu reģistrēt 20 liepas\n1) es 2) pērn aprīlī\n".encode())
    said = printed.decode()
    assert (0, True, True) == (
        process.returncode,
        "1) Kas stādīja kokus?" in said,
        "Stādīts: 2025. gada aprīlī" in said,
    )


async def test_chat_through_a_pipe_is_a_transcript_and_remembers(tmp_path: Path) -> None:
    """Two runs of `chat` on one folder are one conversation, printed as transcripts are, whatever the pipe brings."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}

    async def chat(typed: bytes) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "chat", cwd=_ROOT, env=environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await process.communicate(typed)
        assert 0 == process.returncode, printed
        return printed.decode()

    first = await chat(b"/palidziba\n" + b"\xff\xfe \x00\n")
    assert (True, True) == (first.startswith("👤 /palidziba\n🤖 Labdien!"), "[Reģistrēt kokus]" in first)
    second = await chat(b"/palidziba\n")
    assert "Esmu Koku palīgs" not in second
    # Files are made, and what the rooms come back to is said, before the next line is read.
    third = await chat("kādi dati par mani ir?\natsaukt reģistrāciju\n".encode())
    assert (True, True) == ("📎 mani-dati.html" in third, "Jums nav reģistrāciju" in third), third
    assert (tmp_path / "sent" / "mani-dati.html").stat().st_size
