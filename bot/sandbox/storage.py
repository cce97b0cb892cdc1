"""What does GitHub serve beside its API and its pages? Bytes that an address leads to, and the LFS server of each repository.

On GitHub both are other servers' work. What is lent is fetched by its address alone: a request that brings a credential
is refused, as object stores refuse it.
"""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.api.access import has, opens
from bot.sandbox.api.callers import AsInstallation, AsUser, Caller, Nobody, identify
from bot.sandbox.faults import Fault, Seen
from bot.sandbox.model import Repo
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

_LFS = "application/vnd.git-lfs+json"
_MOST_OBJECTS = 100  # docs: the batch API asks for no more at a time
_OID = re.compile(r"[0-9a-f]{64}")
_LINK_SECONDS = 60


def routes(world: World) -> list[BaseRoute]:
    """List the addresses."""
    return [
        Route("/-/stored/{key}", partial(_stored, world)),
        Route("/{owner}/{repo}.git/info/lfs/objects/batch", partial(_batch, world), methods=["POST"]),
    ]


async def _stored(world: World, request: Request) -> Response:
    return await run_in_threadpool(
        _answered, world, request, partial(_lent, world, request.path_params["key"], request.headers)
    )


async def _batch(world: World, request: Request) -> Response:
    body = await request.body()
    owner, name = request.path_params["owner"], request.path_params["repo"]
    return await run_in_threadpool(
        _answered, world, request, partial(_objects, world, f"{owner}/{name}", request.headers, body)
    )


def _answered(world: World, request: Request, answer: "partial[Response]") -> Response:
    """Answer a request unless a fault stands before, and note it."""
    with world.lock:
        fault = world.next_fault(request.method, request.url.path)
        response = answer() if fault is None else _faulty(fault)
        size = len(bytes(response.body))
        query = request.url.query
        world.requests.append(Seen(request.method, request.url.path, query, response.status_code, size, "", "file"))
    return response


def _faulty(fault: Fault) -> Response:
    body = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
    return Response(body, fault.status, dict(fault.headers))


def _lent(world: World, key: str, headers: Mapping[str, str]) -> Response:
    loan = world.loans.get(key)
    if "authorization" in headers:
        return Response("Only one way to authenticate is allowed.", 400, media_type="text/plain")
    if loan is None or loan.until <= world.now() or headers.get("x-proof") != loan.proof:
        return Response("The address is not, or no longer, good.", 403, media_type="text/plain")
    return Response(loan.content, media_type="application/octet-stream")


def _objects(world: World, name: str, headers: Mapping[str, str], body: bytes) -> Response:
    """Say where the files are that a client asks for, by Git LFS's batch API."""
    try:
        caller = identify(world, _authorization(headers))
        repo = _repository(world, caller, name)
        found = [_object(world, repo, each) for each in _wanted(body)]
    except Refused as refused:
        more = {"LFS-Authenticate": 'Basic realm="GitHub"'} if refused.status == 401 else {}
        return JSONResponse({"message": refused.message}, refused.status, more, media_type=_LFS)
    return JSONResponse({"transfer": "basic", "objects": found, "hash_algo": "sha256"}, media_type=_LFS)


def _authorization(headers: Mapping[str, str]) -> str:
    """Read the credential that git sends as a password."""
    scheme, _, said = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        password = base64.b64decode(said, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    return f"token {password}"


def _repository(world: World, caller: Caller, name: str) -> Repo:
    """Find the repository, if the caller may read its files; raises Refused 401, 403 or 404."""
    match caller:
        case AsUser(user):
            repo = world.repo(name)
            if not world.may(repo, user, "read"):
                raise not_found()
        case AsInstallation(installation, token):
            repo = world.repo(name)
            if not opens(installation, token, repo):
                raise not_found()
            if not has(token, "contents", "read"):
                raise Refused(403, "Resource not accessible by integration")
        case Nobody():
            raise Refused(401, "Credentials needed")
        case _:
            raise Refused(403, "Resource not accessible by integration")
    return repo


def _wanted(body: bytes) -> list[tuple[str, int]]:
    try:
        said = json.loads(body)
        asked = [(each["oid"], each["size"]) for each in said["objects"]]
        right = said["operation"] == "download" and "basic" in said.get("transfers", ["basic"])
    except (ValueError, KeyError, TypeError):
        raise Refused(422, "The request is not one of the batch API") from None
    if not right or len(asked) > _MOST_OBJECTS or said.get("hash_algo", "sha256") != "sha256":
        raise Refused(422, "Only downloads of SHA-256 objects by the basic transfer are served")
    return asked


def _object(world: World, repo: Repo, wanted: tuple[str, int]) -> dict[str, object]:
    oid, size = wanted
    content = world.large_file(repo, oid) if _OID.fullmatch(str(oid)) else None
    if content is None or len(content) != size:
        code, message = (
            (404, "Object does not exist on the server") if content is None else (422, "Invalid object size")
        )
        return {"oid": oid, "size": size, "error": {"code": code, "message": message}}
    proof = secrets.token_hex(8)
    download = {"href": world.lend(content, proof=proof), "header": {"X-Proof": proof}, "expires_in": _LINK_SECONDS}
    return {"oid": oid, "size": size, "authenticated": True, "actions": {"download": download}}
