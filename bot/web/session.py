"""Who is visiting? A signed cookie says it: account and login, no token. The key follows from the App's own key.

All processes of one App therefore know each other's visitors; a new private key logs everybody out.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.ports import Visitor

SESSION = 12 * 3600  # house: a working day, in seconds
LOGIN = 600  # seconds, as long as GitHub's code is good for


class Sessions:
    """The cookies of one service."""

    def __init__(self, private_key_pem: str, url: str) -> None:
        """Take what the key follows from, and the service's own address: only below https may a cookie be `__Host-`."""
        key = HKDF(hashes.SHA256(), 32, salt=None, info=b"tunegate sessions").derive(private_key_pem.encode())
        how = {"digest_method": hashlib.sha256}
        self._signed = URLSafeTimedSerializer(key, salt="session", signer_kwargs=how)
        self._begun = URLSafeTimedSerializer(key, salt="login", signer_kwargs=how)
        self._secure = url.startswith("https://")
        self._prefix = "__Host-" if self._secure else ""

    def visitor(self, request: Request) -> Visitor | None:
        """Read who is visiting; None for nobody, and for whatever is no cookie of ours or too old."""
        said = self._read(self._signed, request, "tunegate", SESSION)
        if not isinstance(said, list) or len(said) != 2:
            return None
        number, login = said
        return Visitor(number, login) if isinstance(number, int) and isinstance(login, str) else None

    def remember(self, response: Response, visitor: Visitor) -> None:
        """Let a browser say from now on who its user is."""
        self._set(response, "tunegate", self._signed.dumps([visitor.id, visitor.login]), SESSION)

    def forget(self, response: Response) -> None:
        """Let a browser say so no more."""
        self._delete(response, "tunegate")

    def begin(self, response: Response, state: str, verifier: str, to: str) -> None:
        """Keep in the browser what its login must come back with."""
        self._set(response, "tunegate-login", self._begun.dumps([state, verifier, to]), LOGIN)

    def begun(self, request: Request) -> tuple[str, str, str] | None:
        """Read what a login began with: state, verifier, and where it leads."""
        said = self._read(self._begun, request, "tunegate-login", LOGIN)
        if not isinstance(said, list) or len(said) != 3 or not all(isinstance(part, str) for part in said):
            return None
        return said[0], said[1], said[2]

    def end_login(self, response: Response) -> None:
        """Forget what a login began with: it is good for one."""
        self._delete(response, "tunegate-login")

    def _read(self, serializer: URLSafeTimedSerializer, request: Request, name: str, age: int) -> object:
        said = request.cookies.get(self._prefix + name)
        if said is None:
            return None
        try:
            found: object = serializer.loads(said, max_age=age)
        except BadSignature:  # expired ones too
            return None
        return found

    def _set(self, response: Response, name: str, value: str, age: int) -> None:
        # Lax: the way back from GitHub is a link from another site, and must find what it began with
        response.set_cookie(
            self._prefix + name, value, max_age=age, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(self._prefix + name, path="/", secure=self._secure, httponly=True, samesite="lax")
