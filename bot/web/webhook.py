"""How does a webhook come in? Bounded, signed, understood, stored, and only then answered: 202 means that it is not lost."""

import json
import logging
from typing import Any
from uuid import UUID

import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.web.signature import is_signed
from bot.wiring.service import Service

_log = logging.getLogger(__name__)

MAX_BODY = 25 * 1024 * 1024  # docs "webhook events and payloads": GitHub delivers no larger one
_BUSY = 30  # seconds after which to come again; GitHub itself does not, but whoever redelivers sees it


def routes(service: Service) -> APIRouter:
    """Build the route of GitHub's webhooks."""
    router = APIRouter()

    @router.post("/github/webhook", status_code=202)
    async def receive(request: Request) -> JSONResponse:
        """Take a webhook of GitHub's."""
        body = await _body(request)
        if body is None:
            return _answer(413, f"A webhook has at most {MAX_BODY:,} bytes.")
        if not is_signed(body, request.headers.get("x-hub-signature-256"), service.settings.app.webhook_secrets):
            return _answer(401, "The signature X-Hub-Signature-256 is missing or does not fit the body and our secret.")
        guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
        if not _is_guid(guid) or not event.isascii() or not event.isidentifier() or len(event) > 100:
            return _answer(400, "X-GitHub-Delivery must be a GUID and X-GitHub-Event the name of an event.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _answer(415, "Set the webhook's content type to application/json in the GitHub App's settings.")
        return await anyio.to_thread.run_sync(_accept, service, event, guid, body)

    return router


async def _body(request: Request) -> bytes | None:
    """Read the body, and stop as soon as it is too large."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > MAX_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _accept(service: Service, event: str, guid: str, body: bytes) -> JSONResponse:
    try:
        payload: Any = json.loads(body)
    except (ValueError, RecursionError):
        return _answer(400, "The body is no JSON.")
    if not isinstance(payload, dict):
        return _answer(400, "The body is no JSON object.")
    try:
        heard = service.hear(event, guid, payload)
        accepted = service.inbox.accept(heard)
    except Exception:  # noqa: BLE001  # whatever it was, it is not stored: GitHub must hear so, and shows it as failed
        _log.exception("delivery %s of %s was not stored", guid, event)
        return JSONResponse(
            {"message": "This delivery could not be stored; redeliver it."}, 503, {"Retry-After": str(_BUSY)}
        )
    what = f"{len(heard.reviews)} to review" if heard.reviews else "nothing to do"
    return JSONResponse({"message": "Known already." if accepted == "known" else f"Stored: {what}."}, 202)


def _answer(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status)


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
