"""Who is asking? Nobody, a user, an App by its JWT or its client secret, or an installation by its token."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from bot.sandbox.model import Account, App, Installation, Token
from bot.sandbox.state import Refused
from bot.sandbox.world import World

_LONGEST = 600  # seconds that a JWT may still be good for (docs: generating a JWT)


@dataclass(frozen=True, slots=True)
class Nobody:
    """A request without a credential."""

    actor = ""
    limited_as = ""


@dataclass(frozen=True, slots=True)
class AsUser:
    """A user."""

    user: Account

    @property
    def actor(self) -> str:
        """Name whoever asks."""
        return self.user.login

    @property
    def limited_as(self) -> str:
        """Name whose limit the requests count against."""
        return f"user/{self.user.id}"


@dataclass(frozen=True, slots=True)
class AsApp:
    """An App itself, which may look after its installations and nothing else."""

    app: App

    @property
    def actor(self) -> str:
        """Name whoever asks."""
        return f"app/{self.app.slug}"

    @property
    def limited_as(self) -> str:
        """Name whose limit the requests count against."""
        return f"app/{self.app.id}"


@dataclass(frozen=True, slots=True)
class AsClient:
    """An App by its client id and secret, with which it looks after its users' tokens and nothing else."""

    app: App

    @property
    def actor(self) -> str:
        """Name whoever asks."""
        return f"client/{self.app.slug}"

    @property
    def limited_as(self) -> str:
        """Name whose limit the requests count against."""
        return f"client/{self.app.id}"


@dataclass(frozen=True, slots=True)
class AsInstallation:
    """An App at work on an account."""

    installation: Installation
    token: Token

    @property
    def actor(self) -> str:
        """Name whoever asks."""
        return self.installation.app.bot.login

    @property
    def limited_as(self) -> str:
        """Name whose limit the requests count against."""
        return f"installation/{self.installation.id}"


Caller = Nobody | AsUser | AsApp | AsClient | AsInstallation


def identify(world: World, authorization: str) -> Caller:
    """Find out who sent an `Authorization` header; raises Refused 401, 403 or 404."""
    if not authorization:
        return Nobody()
    scheme, _, credential = authorization.partition(" ")
    credential = credential.strip()
    if scheme.lower() == "basic":
        return AsClient(_client_of(world, credential))
    if scheme.lower() not in ("bearer", "token") or not credential:
        raise bad_credentials()
    if credential.count(".") == 2 and credential not in world.tokens:
        return AsApp(_app_of(world, credential))
    token = world.tokens.get(credential)
    if token is None or (token.expires_at is not None and token.expires_at <= world.now()):
        raise bad_credentials()
    if token.user is not None:
        if token.user.suspended:
            raise Refused(403, "Sorry. Your account was suspended.")
        return AsUser(token.user)
    if token.installation is None:
        raise bad_credentials()
    if token.installation.suspended_at is not None:
        raise Refused(403, "This installation has been suspended")
    return AsInstallation(token.installation, token)


def bad_credentials() -> Refused:
    """Make the answer to a credential that is unknown or over."""
    return Refused(401, "Bad credentials")


def undecodable() -> Refused:
    """Make the answer to what should be a JWT and is none of ours."""
    return Refused(401, "A JSON web token could not be decoded")


def author(caller: Caller) -> tuple[Account, App | None]:
    """Say as whom the caller writes; raises Refused 401 or 403."""
    match caller:
        case AsUser(user):
            return user, None
        case AsInstallation(installation):
            return installation.app.bot, installation.app
        case AsApp() | AsClient():
            raise forbidden()
        case Nobody():
            raise Refused(401, "Requires authentication")


def forbidden(*accepted: str) -> Refused:
    """Make the answer to an App that lacks a permission; `accepted` are those that would do, `name=level`."""
    headers = {"X-Accepted-GitHub-Permissions": "; ".join(accepted)} if accepted else None
    return Refused(403, "Resource not accessible by integration", headers=headers)


def _client_of(world: World, credential: str) -> App:
    try:
        client_id, _, secret = base64.b64decode(credential, validate=True).decode().partition(":")
        app = world.app_by_client(client_id)
    except (binascii.Error, UnicodeDecodeError, Refused):
        raise bad_credentials() from None
    if not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        raise bad_credentials()
    return app


def _app_of(world: World, credential: str) -> App:
    """Check a JWT: signed by the App that it names, issued, and not good for too long."""
    try:
        issuer = jwt.decode(credential, options={"verify_signature": False}).get("iss")
    except jwt.PyJWTError as error:
        raise undecodable() from error
    app = next((each for each in world.apps.values() if str(issuer) in (str(each.id), each.client_id)), None)
    if app is None:
        raise Refused(404, "Integration not found")
    trusted = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False, "verify_iss": False}
    try:
        claims = jwt.decode(credential, app.public_key_pem, algorithms=["RS256"], options=trusted)  # type: ignore[arg-type]
    except jwt.PyJWTError as error:
        raise undecodable() from error
    _check_times(claims, world.now())
    return app


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    seconds = int(now.timestamp())
    expires, issued = _instant(claims.get("exp")), _instant(claims.get("iat"))
    if expires is None or expires <= seconds:
        what = "must be a numeric value representing the future time at which the assertion expires"
        raise Refused(401, f"'Expiration time' claim ('exp') {what}")
    if expires > seconds + _LONGEST:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    if issued is None or issued > seconds:
        what = "must be an Integer representing the time that the assertion was issued"
        raise Refused(401, f"'Issued at' claim ('iat') {what}")


def _instant(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
