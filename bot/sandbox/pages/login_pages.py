"""How does a user let an App know who they are? The page that asks, and the exchange of its code for a token.

Docs "generating a user access token for a GitHub App": the web application flow.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.logins import USER_TOKEN_LIFE, LoginRefused
from bot.sandbox.model import App
from bot.sandbox.pages.render import HEADERS, render, see
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import Refused
from bot.sandbox.world import World

_FIELDS = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "login")
_LARGEST = 20_000


def ask(visit: Visit) -> Response:
    """Ask whether an App may know who the visitor is; whoever said yes before is sent on at once."""
    app, back = _wanted(visit, visit.query)
    if isinstance(back, Response):
        return back
    user = visit.someone()
    if (app.id, user.id) in visit.world.authorized:
        return _sent_back(visit, app, back, visit.query)
    cancel = _with(
        back, {"error": "access_denied", "error_description": "The user has denied your application access."}
    )
    state = {"state": visit.query["state"]} if "state" in visit.query else {}
    kept = {name: visit.query[name] for name in _FIELDS if name in visit.query}
    page = render(visit, "authorize.html", app=app, back=back, cancel=_with(cancel, state), kept=kept)
    # a browser holds the form's answer, which leads to the App, to the same rule
    where = urlsplit(back)
    own = HEADERS["Content-Security-Policy"]
    policy = own.replace("form-action 'self'", f"form-action 'self' {where.scheme}://{where.netloc}")
    page.headers["Content-Security-Policy"] = policy
    return page


def authorize(visit: Visit) -> Response:
    """Let the App know, and send the visitor back to it with a code."""
    app, back = _wanted(visit, visit.form)
    return back if isinstance(back, Response) else _sent_back(visit, app, back, visit.form)


def _wanted(visit: Visit, fields: Mapping[str, str]) -> tuple[App, str | Response]:
    app = visit.world.app_by_client(fields.get("client_id", ""))
    if not app.callback_urls:
        raise Refused(400, "This App has no callback URL.")
    back = fields.get("redirect_uri") or app.callback_urls[0]
    if not visit.world.takes_back(app, back):
        mismatch = {
            "error": "redirect_uri_mismatch",
            "error_description": "The redirect_uri MUST match the registered callback URL for this application.",
        }
        return app, see(_with(app.callback_urls[0], mismatch))
    return app, back


def _sent_back(visit: Visit, app: App, back: str, fields: Mapping[str, str]) -> Response:
    challenge = fields.get("code_challenge") or None
    if challenge is not None and fields.get("code_challenge_method") != "S256":
        raise Refused(400, "code_challenge_method must be S256.")
    code = visit.world.login_code(app, visit.someone(), back, challenge)
    return see(_with(back, {"code": code.text} | ({"state": fields["state"]} if "state" in fields else {})))


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}" if query else address


def token_route(world: World) -> BaseRoute:
    """Build the route at which an App has a code exchanged; its client asks, no browser."""

    async def exchange(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return Response(status_code=413)
        said = {name: values[-1] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
        answer = await run_in_threadpool(_exchanged, world, said)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(answer)
        return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")

    return Route("/login/oauth/access_token", exchange, methods=["POST"])


def _exchanged(world: World, said: dict[str, str]) -> dict[str, str | int]:
    try:
        token = world.user_token(
            said.get("client_id", ""),
            said.get("client_secret", ""),
            said.get("code", ""),
            said.get("redirect_uri"),
            said.get("code_verifier"),
        )
    except LoginRefused as refused:  # told with a 200, as GitHub does
        return {
            "error": refused.error,
            "error_description": refused.description,
            "error_uri": "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/",
        }
    life = int(USER_TOKEN_LIFE.total_seconds())
    return {"access_token": token.text, "expires_in": life, "scope": "", "token_type": "bearer"}
