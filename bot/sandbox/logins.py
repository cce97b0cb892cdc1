"""Who let which App know who they are? GitHub's web flow for user access tokens: a code, PKCE, and a token for it."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from bot.sandbox.attachments import Attachments
from bot.sandbox.model import Account, App, LoginCode, Token
from bot.sandbox.state import Refused, locked, not_found

CODE_LIFE = timedelta(minutes=10)  # docs "generating a user access token"
USER_TOKEN_LIFE = timedelta(hours=8)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class LoginRefused(Exception):
    """GitHub gives no token: `error` and its description as in GitHub's answer, which is a 200."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class Logins(Attachments):
    """The codes and tokens of users' logins."""

    @locked
    def app_by_client(self, client_id: str) -> App:
        """Find an App by its client id; raises Refused 404."""
        for app in self.apps.values():
            if hmac.compare_digest(app.client_id.encode(), client_id.encode("utf-8", "replace")):
                return app
        raise not_found()

    @locked
    def takes_back(self, app: App, redirect_uri: str) -> bool:
        """Say whether an App may be answered at an address: one of its callbacks; on the loopback the port may differ."""
        return any(_same_callback(redirect_uri, each) for each in app.callback_urls)

    @locked
    def login_code(self, app: App, user: Account, redirect_uri: str, challenge: str | None) -> LoginCode:
        """Let a user authorize an App; the code is good for ten minutes, and once."""
        self.authorized.add((app.id, user.id))
        code = LoginCode(secrets.token_hex(10), app, user, redirect_uri, challenge, self.now() + CODE_LIFE)
        self.login_codes[code.text] = code
        return code

    @locked
    def user_token(
        self, client_id: str, client_secret: str, code: str, redirect_uri: str | None, verifier: str | None
    ) -> Token:
        """Give a token for a code; raises LoginRefused with GitHub's own words."""
        try:
            app = self.app_by_client(client_id)
        except Refused:
            app = None
        if app is None or not hmac.compare_digest(app.client_secret.encode(), client_secret.encode("utf-8", "replace")):
            raise LoginRefused(
                "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."
            )
        found = self.login_codes.pop(code, None)  # even a failed try uses it up
        if found is None or found.app is not app or found.expires_at <= self.now():
            raise LoginRefused("bad_verification_code", "The code passed is incorrect or expired.")
        if redirect_uri is not None and redirect_uri != found.redirect_uri:
            raise LoginRefused(
                "redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application."
            )
        if found.challenge is not None and _s256(verifier or "") != found.challenge:
            raise LoginRefused("bad_verification_code", "The code passed is incorrect or expired.")
        token = Token(f"ghu_{secrets.token_urlsafe(27)}", found.user, expires_at=self.now() + USER_TOKEN_LIFE)
        token.app = app
        self.tokens[token.text] = token
        return token

    @locked
    def revoke_user_token(self, app: App, text: str) -> None:
        """End a token that a user's login gave to an App; raises Refused 404."""
        token = self.tokens.get(text)
        if token is None or token.app is not app:
            raise not_found()
        del self.tokens[text]


def _same_callback(asked: str, registered: str) -> bool:
    try:
        one, other = urlsplit(asked), urlsplit(registered)
    except ValueError:
        return False
    if asked == registered:
        return True
    same = (one.scheme, one.hostname, one.path, one.query) == (other.scheme, other.hostname, other.path, other.query)
    return same and one.netloc.rpartition(":")[0] in _LOOPBACK


def _s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
