"""By which channels are people reached, and where? The model of the channels file, and its reader.

`${NAME}` inside a value is the environment's: so the file itself holds no secret. Secrets are shown nowhere.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.readiness import operator_file

_ATOM = r"[^\s@<>()\[\]\\,;:\"]{1,64}"
_MAIL = re.compile(rf"{_ATOM}@[^\s@<>()\[\]\\,;:\"]{{1,253}}")
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(\[bot\])?(/[A-Za-z0-9_.-]{1,100})?")
_SLACK = re.compile(r"[UWCGD][A-Z0-9]{2,20}|#[^\s#@]{1,80}")
_WHSEC = "whsec_"


class BadChannels(ValueError):
    """The channels file says something that cannot be used; the message names the line, the key and what to do."""


def is_mail_address(text: str) -> bool:
    """Say whether a text is one e-mail address and nothing else; foreign letters are allowed on both sides."""
    return bool(_MAIL.fullmatch(text)) and text.isprintable() and ".." not in text


def _mail(text: str) -> str:
    if not is_mail_address(text):
        raise ValueError("write one e-mail address like first.owner@example.com")
    return text


def _sender(text: str) -> str:
    _, address = parseaddr(text)
    if not text.isprintable() or not is_mail_address(address):
        raise ValueError("write the sender like Tunegate <tunegate@example.com>")
    return text


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}", text):
        raise ValueError("write a host like smtp.example.com")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise ValueError("write an address like https://hooks.example.com/tunegate")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("write the address in plain ASCII, foreign names in their xn-- form")
    return text


def _secret_url(given: SecretStr) -> SecretStr:
    _url(given.get_secret_value())
    return given


def _signing(given: SecretStr) -> SecretStr:
    text = operator_file.secret(given).get_secret_value()
    try:
        key = b64decode(text.removeprefix(_WHSEC), validate=True)
    except ValueError:
        key = b""
    if not text.startswith(_WHSEC) or not 24 <= len(key) <= 64:  # Standard Webhooks, "symmetric signatures"
        raise ValueError("write the secret as whsec_ and 24 to 64 random bytes in base64")
    return given


def _slack(text: str) -> str:
    if not _SLACK.fullmatch(text):
        raise ValueError("write a Slack id like U024BE7LH or C024BE91L, or a channel like #adapters")
    return text


def _person(text: str) -> str:
    if not _PERSON.fullmatch(text):
        raise ValueError("write a login like first-owner, or a team like acme/ml-platform")
    return text.lower()


Secret = Annotated[SecretStr, AfterValidator(operator_file.secret)]
SecretUrl = Annotated[SecretStr, AfterValidator(_secret_url)]
Mail = Annotated[str, AfterValidator(_mail)]
SlackId = Annotated[str, AfterValidator(_slack)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Email(_Part):
    """A mail server, and whom it sends for. `security: none` only for a server that takes no login."""

    host: Annotated[str, AfterValidator(_host)]
    port: int | None = Field(None, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: Annotated[str, AfterValidator(_sender)] = Field(alias="from")
    reply_to: Mail | None = None

    @model_validator(mode="after")
    def _login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.username is not None and self.security == "none":
            raise ValueError("a login is sent by starttls or tls only")
        if self.username is not None and not (self.username.isascii() and self.username.isprintable()):
            raise ValueError("a username is one line of plain ASCII")
        return self

    @property
    def at_port(self) -> int:
        """The port, or the usual one: 587 for STARTTLS, 465 for TLS, 25 without (RFC 8314)."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class Slack(_Part):
    """A bot's token, by which people are reached one by one, or an incoming webhook, which leads to one channel."""

    token: Secret | None = None
    webhook: SecretUrl | None = None
    channel: SlackId | None = None
    api_url: Annotated[str, AfterValidator(_url)] = "https://slack.com/api"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.token is None) == (self.webhook is None):
            raise ValueError("give a token or a webhook, one of them")
        if self.webhook is not None and self.channel is not None:
            raise ValueError("an incoming webhook has its own channel; leave `channel` out")
        return self


class Webhook(_Part):
    """An address of the operator's that takes signed messages; two secrets while one is rotated."""

    url: SecretUrl
    secret: Annotated[SecretStr, AfterValidator(_signing)]
    previous_secret: Annotated[SecretStr, AfterValidator(_signing)] | None = None


class Apprise(_Part):
    """Addresses of apprise, which reach whatever it knows; needs `tunegate[apprise]`."""

    urls: tuple[Secret, ...] = Field(min_length=1, max_length=20)


class Person(_Part):
    """Where one person, or one team, is reached."""

    email: Mail | None = None
    slack: SlackId | None = None


class Channels(_Part):
    """All that the operator says of channels; a channel that is left out is closed. Issues are written unless it is false."""

    issues: bool = True
    email: Email | None = None
    slack: Slack | None = None
    webhook: Webhook | None = None
    apprise: Apprise | None = None
    people: dict[Annotated[str, AfterValidator(_person)], Person] = {}
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _certificates(self) -> Self:
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError(f"there is no file {self.ca_file} (ca_file)")
        return self

    def person(self, name: str) -> Person | None:
        """Find where a person or team is reached; logins differ in case alone."""
        return self.people.get(name.lower())

    def named(self) -> Iterator[str]:
        """List the addresses that the operator has named: they may be private."""
        if self.slack is not None:
            yield self.slack.api_url if self.slack.webhook is None else self.slack.webhook.get_secret_value()
        if self.webhook is not None:
            yield self.webhook.url.get_secret_value()


def read(raw: bytes, environment: Mapping[str, str]) -> Channels:
    """Read the channels file; raises BadChannels with all that is wrong, a line each."""
    try:
        return operator_file.read(raw, Channels, environment)[0]
    except operator_file.BadFile as error:
        raise BadChannels(str(error)) from None
