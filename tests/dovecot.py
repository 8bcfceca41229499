"""A Dovecot server for the tests: a real mailbox over IMAP, filled over LMTP, that can be killed and renumbered.

It listens on 127.0.0.1 only and keeps everything in a folder of its own. Any user name logs in with the same password,
so that every test has a mailbox of its own.
"""

import base64
import contextlib
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.killing import free_port

PASSWORD = "ļoti/slepeni@:"
_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = koku-test
log_path = {folder}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
mail_fsync = never
mail_plugins = quota
{internal}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = maildir:quota
  quota_rule = *:storage=100M
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox "Nosūtītie vēstuļu & citi" {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  process_limit = 100
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""
_OAUTH2 = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""
_KEY = b"k" * 32  # signs access tokens


class NoDovecotError(Exception):
    """No server can be run here. The message says what to install."""


class Dovecot:
    """One running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, self.tls_port, self._lmtp_port = free_port(), free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it greets; raises NoDovecotError."""
        config = self._folder / "dovecot.conf"
        if not config.exists():
            self._prepare(config)
        self._process = subprocess.Popen(["dovecot", "-c", config, "-F"], stderr=subprocess.PIPE)
        for _ in range(500):
            with contextlib.suppress(OSError), smtplib.LMTP("127.0.0.1", self._lmtp_port):
                return
            if self._process.poll() is not None:
                said = self._process.stderr.read().decode() if self._process.stderr else ""
                raise NoDovecotError(f"dovecot ended: {said.strip()[-400:]}")
            time.sleep(0.01)
        raise NoDovecotError("dovecot does not greet")

    def stop(self) -> None:
        """End it and all its connections."""
        if self._process is None:
            return
        self.kill_connections()
        self._process.terminate()
        self._process.wait(10)
        if self._process.stderr:
            self._process.stderr.close()
        self._process = None

    def url(self, user: str, folder: str = "", *, tls: bool = False) -> str:
        """Return the IMAP_URL of a user's mailbox."""
        scheme, port = ("imaps", self.tls_port) if tls else ("imap", self.port)
        secret = "%C4%BCoti%2Fslepeni%40%3A"
        return f"{scheme}://{user.replace('@', '%40')}:{secret}@127.0.0.1:{port}/{folder}"

    @staticmethod
    def access_token(user: str) -> str:
        """Return what a provider's token service would: a token that opens this user's mailbox for an hour."""
        now = int(time.time())
        parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": user, "iat": now, "nbf": now, "exp": now + 3600})
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{_base64url(hmac.digest(_KEY, signed.encode(), hashlib.sha256))}"

    @property
    def certificate(self) -> Path:
        """The certificate that it signed itself."""
        return self._folder / "certificate.pem"

    def deliver(self, user: str, *letters: bytes) -> None:
        """Deliver letters into a mailbox; when this returns they are in it."""
        with smtplib.LMTP("127.0.0.1", self._lmtp_port) as client:
            for letter in letters:
                client.sendmail("sender@example.org", [user], letter)

    def flags(self, user: str) -> list[str]:
        """Return the flags of every letter of a mailbox, as its files' names and the list of keywords have them."""
        keywords: dict[str, str] = {}
        listed = self._folder / "mail" / user / "dovecot-keywords"
        if listed.exists():
            for line in listed.read_text().splitlines():
                number, _, name = line.partition(" ")
                keywords[chr(ord("a") + int(number))] = name
        found = [path.name.partition(":2,")[2] for place in ("new", "cur") for path in self._files(user, place)]
        return sorted(" ".join(keywords.get(flag, flag) for flag in flags) for flags in found)

    def read_all(self, user: str) -> None:
        """Read every letter, as a person does who looks into the mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            client.select()
            client.fetch("1:*", "(RFC822)")

    def refusals(self, user: str) -> int:
        """Return how many connections of a user ended with a refused login."""
        lines = (self._folder / "log").read_text().splitlines()
        return sum(f"user=<{user}>" in line and "auth failed" in line for line in lines)

    def renumber(self, user: str) -> None:
        """Lose the numbers of a mailbox, as a server does that is restored or moved: another UIDVALIDITY follows."""
        self.kill_connections()
        for path in (self._folder / "mail" / user).glob("dovecot*"):
            path.unlink()

    def kill_connections(self) -> int:
        """Kill every logged-in connection as a crash does; return how many there were."""
        return self._signal(signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Be silent on every logged-in connection, without closing it."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def connections(self) -> Sequence[int]:
        """Return the processes of logged-in connections."""
        if self._process is None or self._process.poll() is not None:
            return []
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(pid) for pid in children.split() if _name(int(pid)) == "imap"]

    def _signal(self, sign: signal.Signals) -> int:
        pids = self.connections()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        return len(pids)

    def _files(self, user: str, place: str) -> list[Path]:
        return sorted((self._folder / "mail" / user / place).glob("*"))

    def _prepare(self, config: Path) -> None:
        root = os.geteuid() == 0
        user = "nobody" if root else pwd.getpwuid(os.getuid()).pw_name
        group = "nogroup" if root else grp.getgrgid(os.getgid()).gr_name
        rootless = f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"
        for name in ("mail", "run", "state"):
            (self._folder / name).mkdir()
        if root:
            shutil.chown(self._folder / "mail", user, group)
        self._folder.chmod(0o755)
        _sign_certificate(self._folder)
        values = {"port": self.port, "tls_port": self.tls_port, "lmtp_port": self._lmtp_port, "password": PASSWORD}
        text = _CONFIG.format(folder=self._folder, user=user, group=group, internal="" if root else rootless, **values)
        key = self._folder / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(_KEY))
        (self._folder / "oauth2.conf").write_text(_OAUTH2.format(folder=self._folder))
        config.write_text(text, encoding="utf-8")


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """Run a server for as long as it is needed; raises NoDovecotError."""
    if not shutil.which("dovecot"):
        raise NoDovecotError("install Debian's packages dovecot-imapd and dovecot-lmtpd")
    folder = Path(tempfile.mkdtemp(prefix="koku-mail-"))
    server = Dovecot(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _sign_certificate(folder: Path) -> None:
    command: list[str | Path] = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem",
    ]  # fmt: skip
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
