"""A real mail server on this machine, that keeps what it takes and refuses what it is told to."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "tunegate", "open-sesame-7"  # taken by this server alone


@dataclass
class MailServer:
    """What arrived, and what is refused: replies by the command that they answer."""

    letters: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str], list[str]]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # before the answer to the letter
    port: int = 0

    def letter(self) -> EmailMessage:
        """The only letter that arrived."""
        (raw,) = self.letters
        parsed = message_from_bytes(raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        assert not parsed.defects
        return parsed

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.refuse.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if "RCPT" not in self.refuse:
            envelope.rcpt_tos.append(address)
        return self.refuse.get("RCPT", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.letters.append(envelope.original_content or envelope.content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos, envelope.mail_options))
        if self.seconds:
            time.sleep(self.seconds)
        return "250 taken"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextmanager
def running(tls: ssl.SSLContext | None = None, *, security: str = "none", **more: Any) -> Iterator[MailServer]:
    """Run a server until the block ends."""
    state = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        state.port = free.getsockname()[1]
    if security == "starttls":
        more |= {"tls_context": tls, "require_starttls": True}
    elif security == "tls":
        more |= {"ssl_context": tls}
    if tls is not None:
        more |= {
            "authenticator": authenticate,
            "auth_required": security == "starttls",
            "auth_require_tls": security == "starttls",
        }
    controller = Controller(
        state, hostname="127.0.0.1", port=state.port, enable_SMTPUTF8=more.pop("utf8", True), **more
    )
    controller.start()
    try:
        yield state
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Make a certificate of its own, and what a server needs of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    at, key_at = folder / "mail.pem", folder / "mail-key.pem"
    at.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_at.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at, key_at)
    return at, context
