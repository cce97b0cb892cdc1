"""How does a person log in and out? By GitHub's own word, with state and PKCE, back to the page that was asked for."""

import base64
import hashlib
import hmac
import logging
import re
import secrets
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.ports import ForgeTrouble, LoginRefused, Logins
from bot.web.rendering import HEADERS, page
from bot.web.session import Sessions
from bot.wiring.service import Service

_log = logging.getLogger(__name__)

CALLBACK = "/login/callback"
# a page of ours: `//host` is none. Each part ends where the next begins: there is one way only to match, or not to
_PATH = re.compile(r"/(?:[\w.~-]+(?:/[\w.~-]+)*/?)?(?:\?[\w.~=&%+-]*)?", re.ASCII)
_LONGEST = 500


def routes(service: Service, sessions: Sessions) -> APIRouter:
    """Build the routes of logging in and out; without the App's client id there is nothing to log in to."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    if service.logins is None:
        return router
    logins: Logins = service.logins
    callback = service.settings.url + CALLBACK

    @router.get("/login")
    def login(to: str = "/") -> Response:
        """Send the browser to GitHub."""
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        answer = RedirectResponse(logins.address(callback, state, challenge), 303, HEADERS)
        sessions.begin(answer, state, verifier, to if _is_ours(to) else "/")
        return answer

    @router.get(CALLBACK)
    def back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        """Take the browser back from GitHub, and learn who its user is."""
        begun = sessions.begun(request)
        if begun is None or not hmac.compare_digest(begun[0].encode(), state.encode("utf-8", "replace")):
            return page("login_failed.html", status=400, why="begun", to="/")
        _, verifier, to = begun
        if error or not code:
            return _over(sessions, page("login_failed.html", status=403, why="denied", to=to))
        try:
            visitor = logins.who(code, verifier, callback)
        except LoginRefused as refused:
            _log.info("a login was refused by GitHub: %s", ascii(str(refused)))
            return _over(sessions, page("login_failed.html", status=403, why="refused", to=to))
        except ForgeTrouble as trouble:
            _log.warning("nobody can log in: %s", trouble.reason)
            return _over(sessions, page("login_failed.html", status=503, why="trouble", to=to))
        answer = RedirectResponse(to, 303, HEADERS)
        sessions.remember(answer, visitor)
        return _over(sessions, answer)

    @router.post("/logout")
    def logout(request: Request) -> Response:
        """Forget who is visiting."""
        if not is_own_form(request):
            return page("refused.html", status=403)
        answer = RedirectResponse("/", 303, HEADERS)
        sessions.forget(answer)
        return answer

    return router


def is_own_form(request: Request) -> bool:
    """Say whether a form was sent by a page of ours: by what the browser says of its origin (Sec-Fetch-Site, else Origin)."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def _is_ours(to: str) -> bool:
    return len(to) <= _LONGEST and _PATH.fullmatch(to) is not None


def _over(sessions: Sessions, answer: Response) -> Response:
    sessions.end_login(answer)
    return answer
