"""Access: the token that opens an account whose provider takes no password (XOAUTH2: Microsoft, Google)."""

import asyncio
import contextlib
import re
import shlex

_SECONDS = 30.0
_TOKEN = re.compile(r"[!-~]+")


class AccessError(Exception):
    """No token could be had. The message says why, without the token; trying again later may help."""


async def access_token(command: str) -> str:
    """Run the command that prints a token and return it; raises AccessError."""
    try:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        raise AccessError(f"MAIL_TOKEN_COMMAND can't be run: {type(error).__name__}") from None
    try:
        async with asyncio.timeout(_SECONDS):
            printed, _ = await process.communicate()
    except TimeoutError:
        raise AccessError("MAIL_TOKEN_COMMAND does not end") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    token = printed.decode("ascii", "replace").strip()
    if process.returncode or not _TOKEN.fullmatch(token):
        raise AccessError(f"MAIL_TOKEN_COMMAND ended with {process.returncode} and no token")
    return token
