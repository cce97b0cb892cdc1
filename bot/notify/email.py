"""How does a message become e-mail? One letter of text and HTML to one address, in a thread of its own.

The same message always has the same Message-ID, so that a receiver can tell a second copy. A mail server cannot be asked
whether it has taken a letter before: where the connection breaks off after the text was sent, a copy may arrive.
"""

import hashlib
import re
import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from socket import SHUT_RDWR

from bot.notify.channels_file import Channels, Email, is_mail_address
from bot.ports import Clock, Message, NotDelivered, Receipt
from bot.report.letter_forms import as_html, as_plain
from bot.report.markdown import visible

SECONDS = 10.0
"""For one answer of the mail server (house)."""
DEADLINE = 30.0
"""For a letter as a whole (house): well within the lease under which it is sent."""
_SHOWN = 160  # characters of the server's own words
_LONGEST_SUBJECT = 180
_WHOLE = ("message-id", "in-reply-to", "references", "list-unsubscribe")


class _Wire(EmailPolicy):
    """Headers that programs read stay as they are: the library would take a long id for a word and encode it."""

    def fold(self, name: str, value: str) -> str:
        """Write one header, an id a line."""
        if name.lower() not in _WHOLE:
            folded: str = super().fold(name, value)
            return folded
        return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header as bytes."""
        return self.fold(name, value).encode("ascii") if name.lower() in _WHOLE else super().fold_binary(name, value)


_WIRE = _Wire(linesep="\r\n")


class EmailChannel:
    """E-mail by one server of the operator's. A connection of its own for each letter: safe to share between threads."""

    name = "email"

    def __init__(self, channels: Channels, email: Email, clock: Clock, deadline: float = DEADLINE) -> None:
        """Take where people are reached, the server, and the time. Raises OSError where `ca_file` cannot be used."""
        self._channels = channels
        self._email = email
        self._clock = clock
        self._deadline = deadline
        self._tls = ssl.create_default_context(cafile=str(channels.ca_file) if channels.ca_file else None)
        if channels.ca_file is not None:
            self._tls.load_default_certs()  # beside, not instead
        self._from_name, self._from = parseaddr(email.sender)
        self._domain = _ascii_domain(self._from.rpartition("@")[2])

    def address(self, person: str) -> str | None:
        """Find a person's e-mail address."""
        known = self._channels.person(person)
        return known.email if known is not None else None

    def find(self, message: Message) -> Receipt | None:
        """Tell nothing: a mail server cannot be asked."""
        return None

    def send(self, message: Message) -> Receipt:
        """Send a letter; raises NotDelivered."""
        if not message.aloud:
            return Receipt("", already=True)  # nothing that stands in a mailbox can be brought up to date
        letter = self.written(message)
        taken = False
        with self._connected() as server:
            try:
                taken = not _delivered(server, letter, self._envelope(self._from), self._envelope(message.to))
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise _refused("the recipient", code, said) from None
            except smtplib.SMTPSenderRefused as error:
                raise _refused("the sender", error.smtp_code, error.smtp_error) from None
            except smtplib.SMTPDataError as error:
                raise _refused("the letter", error.smtp_code, error.smtp_error) from None
            except smtplib.SMTPNotSupportedError:
                raise NotDelivered(
                    "The mail server takes no addresses with foreign letters (it lacks SMTPUTF8). "
                    "Give an address in plain ASCII, or use another server.",
                    lasting=True,
                ) from None
        if taken:
            return Receipt(letter["Message-ID"])
        raise NotDelivered("The mail server did not take the letter.")

    def written(self, message: Message) -> EmailMessage:
        """Write the letter as it goes out; raises NotDelivered for an address that is none."""
        if not is_mail_address(message.to):
            raise NotDelivered("The recipient's e-mail address is none.", lasting=True)
        written = EmailMessage(policy=_WIRE.clone(utf8=not self._envelope(message.to).isascii()))
        written["From"] = _address(self._from_name, self._envelope(self._from))
        written["To"] = _address("", self._envelope(message.to))
        if self._email.reply_to:
            written["Reply-To"] = _address("", self._envelope(self._email.reply_to))
        written["Subject"] = _words(message.letter.subject, _LONGEST_SUBJECT)
        written["Date"] = self._clock.now()
        written["Message-ID"] = self._id("message", message.key, message.to)
        # the head of a thread is an id that no letter has: whichever comes first, they stand together
        root = self._id("thread", message.thread, message.to)
        begun = message.begun if message.begun and _is_id(message.begun) else None
        written["In-Reply-To"] = begun or root
        written["References"] = f"{root} {begun}" if begun else root
        written["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer
        written["X-Auto-Response-Suppress"] = "All"
        if message.urgency != "normal":
            written["Importance"] = message.urgency
        if message.unsubscribe is not None and re.fullmatch(
            r"https://[\x21-\x3b\x3d\x3f-\x7e]{1,800}", message.unsubscribe
        ):
            written["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            written["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        written.set_content(as_plain(message.letter), cte="quoted-printable")
        written.add_alternative(as_html(message.letter), subtype="html", cte="quoted-printable")
        return written

    def _id(self, kind: str, name: str, to: str) -> str:
        digest = hashlib.sha256(f"{kind}\n{name}\n{to.lower()}".encode()).hexdigest()[:40]
        return f"<{digest}.{kind}@{self._domain}>"

    def _envelope(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        return f"{local}@{_ascii_domain(domain)}"

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._open()
        # smtplib waits for each answer anew: a server that drips would hold a letter for ever
        ended = threading.Event()

        def end() -> None:
            ended.set()
            if (connection := server.sock) is not None:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)

        watch = threading.Timer(self._deadline, end)
        watch.daemon = True
        watch.start()
        begun = False
        try:
            self._greeted(server)
            begun = True
            yield server
        except (TimeoutError, smtplib.SMTPServerDisconnected, OSError) as error:
            if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
                raise  # smtplib's own are OSErrors too
            raise self._broken(error, ended.is_set(), begun) from None
        finally:
            watch.cancel()
            with suppress(OSError):
                server.close()

    def _open(self) -> smtplib.SMTP:
        host, port = self._email.host, self._email.at_port
        try:
            if self._email.security == "tls":
                return smtplib.SMTP_SSL(host, port, self._domain, timeout=SECONDS, context=self._tls)
            return smtplib.SMTP(host, port, self._domain, timeout=SECONDS)
        except smtplib.SMTPConnectError as error:
            raise _refused("the connection", error.smtp_code, error.smtp_error) from None
        except OSError as error:
            raise self._broken(error, ended=False, begun=False) from None

    def _greeted(self, server: smtplib.SMTP) -> None:
        try:
            server.ehlo_or_helo_if_needed()
            if self._email.security == "starttls":
                server.starttls(context=self._tls)
            if self._email.username is not None and self._email.password is not None:
                server.login(self._email.username, self._email.password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            # what the server says is left out: it may repeat what it was told
            raise NotDelivered(
                f"The mail server refuses the login ({error.smtp_code}). Check `email.username` and `email.password`."
            ) from None
        except smtplib.SMTPNotSupportedError:
            what = "STARTTLS" if not isinstance(server.sock, ssl.SSLSocket) else "a login"
            raise NotDelivered(
                f"The mail server offers no {what.removeprefix('a ')}. Check `email.port` and `email.security`."
            ) from None
        except smtplib.SMTPHeloError as error:
            raise _refused("the greeting", error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPResponseException as error:
            raise _refused("the connection", error.smtp_code, error.smtp_error) from None

    def _broken(self, error: BaseException, ended: bool, begun: bool) -> NotDelivered:
        where = f"`{self._email.host}:{self._email.at_port}`"
        if ended or isinstance(error, TimeoutError):
            said = f"The mail server {where} did not answer in time; at most {self._deadline:g} s are waited."
        elif isinstance(error, ssl.SSLError):
            said = f"The mail server {where} has no TLS certificate that can be trusted, or speaks no TLS there."
        elif isinstance(error, smtplib.SMTPServerDisconnected):
            said = f"The mail server {where} broke off."
        else:
            said = f"The mail server {where} could not be reached ({getattr(error, 'strerror', None) or 'network'})."
        return NotDelivered(said, uncertain=begun)


def _delivered(server: smtplib.SMTP, letter: EmailMessage, sender: str, to: str) -> dict[str, tuple[int, bytes]]:
    return server.send_message(letter, from_addr=sender, to_addrs=[to])


def _words(untrusted: str, limit: int) -> str:
    """Make words of a header's: the library would decode what looks encoded, line ends and all."""
    return visible(untrusted, limit).replace("`", "").replace("=?", "= ?")


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(_words(name, 100), local, domain)


def _ascii_domain(domain: str) -> str:
    """Write a domain as DNS does; one that cannot be stays, and the server will refuse it."""
    try:
        return domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return domain


def _is_id(reference: str) -> bool:
    return reference.startswith("<") and reference.endswith(">") and reference.isascii() and " " not in reference


def _refused(what: str, code: int, said: bytes | str) -> NotDelivered:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    shown = visible(text, _SHOWN) or "no reason given"
    return NotDelivered(
        f"The mail server refuses {what} ({code}): {shown.rstrip('.')}.",
        lasting=500 <= code < 600,  # RFC 5321, 4.2.1: 4xx may go well later
    )
