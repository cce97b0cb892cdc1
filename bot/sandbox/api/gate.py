"""How does a request come in and its answer go out? Faults, credentials, limits, ETags, headers, and the log, for all alike."""

import asyncio
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.api.call import Answer, Call
from bot.sandbox.api.callers import Caller, Nobody, identify
from bot.sandbox.api.endpoints import ENDPOINTS
from bot.sandbox.api.fields import Fields, whole
from bot.sandbox.api.limits import count, give_back, rate_of
from bot.sandbox.faults import Fault, Seen, kind_of
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

DROP = "sandbox.drop"  # the extension of the server by which a connection is closed without an answer
_DOCUMENTATION = "https://docs.github.com/rest"
_VENDOR = re.compile(r"application/vnd\.github\.(?:v3\.)?(raw|object|html|diff|patch|sha)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came. `path` follows `/api/v3`."""

    method: str
    path: str
    query: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Gate:
    """The REST API of a world, as an ASGI application to be mounted at `/api/v3`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._endpoints = sorted(ENDPOINTS, key=lambda endpoint: -endpoint.literal)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        path = scope["path"].removeprefix("/api/v3")
        parameters = dict(request.query_params)
        query = scope["query_string"].decode("latin-1")
        asked = Asked(request.method, path, query, parameters, request.headers, await request.body())
        reply, actor = await self._reply(asked, self._world.next_fault(asked.method, asked.path))
        if reply is None:
            self._log(asked, 0, 0, actor)
            scope["extensions"][DROP]["transport"].abort()
            await receive()  # until the connection is gone
            return
        self._log(asked, reply.status, len(reply.body), actor)
        await Response(reply.body, reply.status, reply.headers)(scope, receive, send)

    async def _reply(self, asked: Asked, fault: Fault | None) -> tuple[Reply | None, str]:
        """Answer as far as a fault lets us, with the name of whoever asked; without an answer the connection is dropped."""
        if fault is None:
            return await run_in_threadpool(self._carried_out, asked)
        reply: Reply | None = None
        actor, wait = "", fault.seconds if fault.action == "delay" else 0.0
        if not fault.after:
            await asyncio.sleep(wait)
        if fault.after or fault.action == "delay":
            reply, actor = await run_in_threadpool(self._carried_out, asked)
        if fault.after:
            await asyncio.sleep(wait)
        if fault.action == "delay":
            return reply, actor
        return None if fault.action == "drop" else _faulty(fault), actor

    def _log(self, asked: Asked, status: int, size: int, actor: str) -> None:
        seen = Seen(asked.method, asked.path, asked.query, status, size, actor, kind_of(asked.path))
        with self._world.lock:
            self._world.requests.append(seen)

    def _carried_out(self, asked: Asked) -> tuple[Reply, str]:
        """Carry a request out, alone in the world; return the reply and the name of whoever asked."""
        with self._world.lock:
            caller: Caller = Nobody()
            try:
                caller = identify(self._world, asked.headers.get("authorization", ""))
                if asked.path != "/rate_limit":  # asking is free
                    count(self._world, caller)
                answer = self._answer(asked, caller)
            except Refused as refused:
                answer = _refusal(refused)
            reply = _unless_known(_rendered(answer, asked), asked)
            if reply.status == 304:
                give_back(self._world, caller)
            limits = rate_of(self._world, caller).headers()
        return Reply(reply.status, {**limits, **reply.headers}, reply.body), caller.actor

    def _answer(self, asked: Asked, caller: Caller) -> Answer:
        if "user-agent" not in asked.headers:
            raise Refused(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent."
            )
        path = self._by_name(asked.path)
        form = _form(asked)
        for endpoint in self._endpoints:
            parts = endpoint.match(asked.method, path)
            if parts is not None:
                body = Fields(_body(asked))
                return endpoint.action(
                    Call(self._world, caller, asked.method, path, asked.parameters, form, body, parts)
                )
        raise not_found()

    def _by_name(self, path: str) -> str:
        """Turn an address by ids, which GitHub gives for what may be renamed, into the one by names."""
        kind, _, rest = path.removeprefix("/").partition("/")
        number, slash, tail = rest.partition("/")
        world, known = self._world, whole(number) or 0
        if kind == "repositories" and (repo := world.repos.get(known)):
            return f"/repos/{repo.full_name}{slash}{tail}"
        if kind == "user" and (account := world.accounts.get(known)):
            return f"/users/{account.login}{slash}{tail}"
        if kind == "organizations" and (org := world.accounts.get(known)):
            what, _, rest = tail.partition("/")
            number, slash, tail_of_team = rest.partition("/")
            team = world.teams.get(whole(number) or 0) if what == "team" else None
            return (
                f"/orgs/{org.login}/teams/{team.slug}{slash}{tail_of_team}"
                if team
                else f"/orgs/{org.login}{slash}{tail}"
            )
        return path


def _body(asked: Asked) -> dict[str, object]:
    if not asked.body or asked.method == "GET":
        return {}
    try:
        body = json.loads(asked.body, parse_constant=_no_number)
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise Refused(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "Body should be a JSON object")
    return body


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _refusal(refused: Refused) -> Answer:
    body: dict[str, object] = {"message": refused.message}
    if refused.errors:
        body["errors"] = list(refused.errors)
    if "Location" in refused.headers:
        body["url"] = refused.headers["Location"]
    body |= {"documentation_url": _DOCUMENTATION, "status": str(refused.status)}
    return Answer(refused.status, body, refused.headers)


def _rendered(answer: Answer, asked: Asked) -> Reply:
    body = answer.data if isinstance(answer.data, bytes) else b""
    if answer.data is not None and not isinstance(answer.data, bytes):
        body = json.dumps(answer.data, separators=(",", ":")).encode()
    headers = {**_stamped(asked), **answer.headers}
    if answer.data is not None:
        headers["Content-Type"] = answer.kind
    return Reply(answer.status, headers, body)


def _unless_known(reply: Reply, asked: Asked) -> Reply:
    """Mark what was read, and send nothing to whoever has it already."""
    if asked.method != "GET" or reply.status != 200:
        return reply
    tag = f'"{hashlib.sha256(reply.body).hexdigest()}"'
    marked = {**reply.headers, "ETag": f"W/{tag}", "Cache-Control": "private, max-age=60, s-maxage=60"}
    if tag not in asked.headers.get("if-none-match", ""):
        return Reply(200, marked, reply.body)
    del marked["Content-Type"]
    return Reply(304, marked, b"")


def _form(asked: Asked) -> str:
    """Read which of several forms of an answer is asked for; none is the usual one."""
    accept = asked.headers.get("accept", "")
    vendor = _VENDOR.search(accept)
    if vendor is not None:
        return vendor[1]
    return "octet-stream" if "application/octet-stream" in accept else ""


def _stamped(asked: Asked) -> dict[str, str]:
    accept = _VENDOR.search(asked.headers.get("accept", ""))
    form = f"; param={accept[1]}" if accept else ""
    return {
        "X-GitHub-Request-Id": ":".join(secrets.token_hex(n).upper() for n in (2, 3, 4, 4, 4)),
        "X-GitHub-Media-Type": f"github.v3{form}; format=json",
        "X-GitHub-Api-Version-Selected": asked.headers.get("x-github-api-version", "2022-11-28"),
    }


def _faulty(fault: Fault) -> Reply:
    # as from something that stands before GitHub: without GitHub's own headers, unless the fault has them
    data = {"message": HTTPStatus(fault.status).phrase} if fault.body is None else fault.body
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Reply(fault.status, {"Content-Type": "application/json; charset=utf-8", **fault.headers}, body)
