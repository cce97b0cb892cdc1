"""Who is the person in the browser? GitHub's web flow for user access tokens, with PKCE; the token is ended at once.

Docs "generating a user access token for a GitHub App". Nothing is done in anybody's name: the token says who somebody is,
what they may see is asked with the installation's own.
"""

from contextlib import suppress
from urllib.parse import urlencode

from bot.github.app_auth import USER_AGENT, asked
from bot.ports import Clock, ForgeTrouble, LoginRefused, Visitor

_ACCEPT = {"Accept": "application/json", "User-Agent": USER_AGENT}


class UserLogin:
    """The App's logins. Safe to share between threads."""

    def __init__(self, client_id: str, client_secret: str, web_url: str, api_url: str, clock: Clock) -> None:
        """Take the App's client id and secret, and where GitHub's pages and its API are."""
        self._client_id = client_id
        self._client_secret = client_secret
        self._web_url = web_url.rstrip("/")
        self._api_url = api_url.rstrip("/")
        self._clock = clock

    def __repr__(self) -> str:
        return f"UserLogin(client_id={self._client_id!r})"

    def address(self, callback: str, state: str, challenge: str) -> str:
        """Say where a browser is sent to log in; GitHub sends it to `callback` with a code. `challenge` is PKCE's (S256)."""
        query = {
            "client_id": self._client_id,
            "redirect_uri": callback,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._web_url}/login/oauth/authorize?{urlencode(query)}"

    def who(self, code: str, verifier: str, callback: str) -> Visitor:
        """Learn from a code who has logged in; raises LoginRefused, ForgeTrouble."""
        token = self._token(code, verifier, callback)
        try:
            return self._visitor(token)
        finally:
            self._end(token)

    def _token(self, code: str, verifier: str, callback: str) -> str:
        form = {
            "client_id": self._client_id,
            "client_secret": self._client_secret,
            "code": code,
            "redirect_uri": callback,
            "code_verifier": verifier,
        }
        said = asked(self._clock, "POST", f"{self._web_url}/login/oauth/access_token", _ACCEPT, data=form)
        token, error = said.get("access_token"), said.get("error")
        if error == "incorrect_client_credentials":  # ours to mend, and no login can succeed before
            raise ForgeTrouble("GitHub does not take the App's client id and secret")
        if not isinstance(token, str) or not token:
            raise LoginRefused(str(error)[:100] if isinstance(error, str) else "no token")
        return token

    def _visitor(self, token: str) -> Visitor:
        headers = {
            "Accept": "application/vnd.github+json",
            "User-Agent": USER_AGENT,
            "Authorization": f"Bearer {token}",
        }
        said = asked(self._clock, "GET", f"{self._api_url}/user", headers)
        number, login = said.get("id"), said.get("login")
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(login, str):
            raise ForgeTrouble("GitHub's answer holds no account")
        return Visitor(number, login)

    def _end(self, token: str) -> None:
        """End a token that has done its work; where that fails it ends by itself within hours."""
        headers = {"Accept": "application/vnd.github+json", "User-Agent": USER_AGENT}
        url = f"{self._api_url}/applications/{self._client_id}/token"
        with suppress(ForgeTrouble):  # the answer of success is no object
            asked(
                self._clock,
                "DELETE",
                url,
                headers,
                json={"access_token": token},
                auth=(self._client_id, self._client_secret),
            )
