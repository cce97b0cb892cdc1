"""How do Apps hear of what happened? Signed webhooks, sent one after the other on a thread of their own.

As on GitHub each is sent once: whoever does not take it within ten seconds hears of it again only when asking for it.
"""

import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from queue import SimpleQueue

import requests

from bot.sandbox.model import App, Delivery, Event, Installation
from bot.sandbox.payloads import is_known, payload
from bot.sandbox.world import World

LIMIT = 10.0  # seconds (docs: best practices for using webhooks)
LARGEST = 25 * 1024 * 1024  # bytes; more is never sent (docs: webhook events and payloads)
_USER_AGENT = "GitHub-Hookshot/5a1d0b0"
_KEPT = 64 * 1024  # bytes of an answer
_ABOUT_INSTALLATIONS = ("installation", "installation_repositories")
# what an App must be allowed to read to hear of an event (docs: webhook events and payloads)
_PERMISSIONS = {
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "push": "contents",
    "check_run": "checks",
    "check_suite": "checks",
    "status": "statuses",
    "issue_comment": "issues",
}
_WITHOUT_ASKING = ("check_run", "check_suite")  # heard by every App that may write checks


@dataclass(frozen=True, slots=True)
class _Answer:
    status: str
    code: int
    headers: dict[str, str]
    body: str


class Webhooks:
    """The sender of webhooks. It listens to its world from `start` to `stop`."""

    def __init__(self, world: World, *, limit: float = LIMIT) -> None:
        self._world = world
        self._limit = limit
        self._waiting: SimpleQueue[Delivery | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._told = 0  # deliveries that were queued, and that were tried
        self._tried = 0
        self._stopped = False
        self._thread = threading.Thread(target=self._send_all, name="sandbox-webhooks", daemon=True)

    def start(self) -> None:
        """Begin to listen and to send."""
        with self._world.lock:
            self._world.listeners.append(self._hear)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; what was not sent yet is lost."""
        with self._world.lock:
            self._world.listeners.remove(self._hear)
        self._stopped = True
        self._waiting.put(None)
        self._thread.join(self._limit + 1)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until all that was told so far has been tried; raises TimeoutError."""
        with self._changed:
            told = self._told
            if not self._changed.wait_for(lambda: self._tried >= told, timeout):
                raise TimeoutError(f"{told - self._tried} webhooks were not sent within {timeout} s")

    def _hear(self, event: Event) -> None:
        """Take note of an event, as it is now; called under the world's lock."""
        if isinstance(event.subject, Delivery):
            self._queue(_again(self._world, event.subject))
            return
        if not is_known(event):
            return
        for app, installation in self._hearers(event):
            copies = self._copies(event)
            delivery = self._delivery(app, installation, event) if copies else None
            if delivery is not None and len(delivery.body) <= LARGEST:
                self._queue(delivery)
                for _ in range(copies - 1):
                    self._queue(_again(self._world, delivery, redelivery=False))

    def _hearers(self, event: Event) -> Iterator[tuple[App, Installation | None]]:
        for app in self._world.apps.values():
            if app.webhook_url is None or event.only not in (None, app):
                continue
            if event.name == "ping":
                yield app, None
            elif event.name in _ABOUT_INSTALLATIONS:
                yield app, event.subject if isinstance(event.subject, Installation) else None
            elif event.repo is not None:
                place = self._world.installation_of(app, event.repo)
                if place is not None and place.suspended_at is None and _hears(app, place, event):
                    yield app, place

    def _copies(self, event: Event) -> int:
        for fault in self._world.delivery_faults:
            if fault.matches(event.name, event.action):
                fault.times -= fault.times > 0
                return 0 if fault.kind == "drop" else 2
        return 1

    def _delivery(self, app: App, installation: Installation | None, event: Event) -> Delivery:
        body = json.dumps(payload(self._world, event, installation), separators=(",", ":")).encode()
        guid = str(uuid.uuid4())
        return Delivery(
            id=self._world.next_id(),
            guid=guid,
            app=app,
            event=event.name,
            action=event.action,
            url=app.webhook_url or "",
            headers=_headers(app, event.name, guid, body),
            body=body,
            installation_id=None if installation is None else installation.id,
            repo_id=None if event.repo is None else event.repo.id,
            delivered_at=self._world.now(),
        )

    def _queue(self, delivery: Delivery) -> None:
        self._world.deliveries.append(delivery)
        with self._changed:
            self._told += 1
        self._waiting.put(delivery)

    def _send_all(self) -> None:
        while (delivery := self._waiting.get()) is not None and not self._stopped:
            self._try(delivery)
            with self._changed:
                self._tried += 1
                self._changed.notify_all()

    def _try(self, delivery: Delivery) -> None:
        began = time.monotonic()
        try:
            # a connection for each: one that is kept may be closed from the other side just then, and the webhook lost
            with requests.Session() as session:
                session.trust_env = False  # no proxy and no .netrc of this machine
                answer = self._post(session, delivery, began + self._limit)
        except requests.Timeout:
            answer = _Answer("timed out", 504, {}, "")
        except requests.RequestException:
            answer = _Answer("failed to connect to host", 502, {}, "")
        with self._world.lock:
            delivery.delivered_at = self._world.now()
            delivery.duration = round(time.monotonic() - began, 2)
            delivery.status, delivery.status_code = answer.status, answer.code
            delivery.answer_headers, delivery.answer_body = answer.headers, answer.body
            delivery.answered = True

    def _post(self, session: requests.Session, delivery: Delivery, end: float) -> _Answer:
        with session.post(
            delivery.url,
            data=delivery.body,
            headers=delivery.headers,
            timeout=self._limit,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = bytearray()
            for part in answer.iter_content(8192):
                body += part
                if time.monotonic() > end:
                    raise requests.Timeout
                if len(body) > _KEPT:
                    break
            status = "OK" if answer.ok else f"Invalid HTTP Response: {answer.status_code}"
            kept = body[:_KEPT].decode("utf-8", "replace")
            return _Answer(status, answer.status_code, dict(answer.headers), kept)


def signature(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    """Sign a body, as it stands in `X-Hub-Signature-256`."""
    return f"{algorithm}={hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()}"


def _headers(app: App, event: str, guid: str, body: bytes) -> dict[str, str]:
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": _USER_AGENT,
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": str(app.hook_id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature": signature(app.webhook_secret, body, "sha1"),
        "X-Hub-Signature-256": signature(app.webhook_secret, body),
    }


def _again(world: World, delivery: Delivery, *, redelivery: bool = True) -> Delivery:
    """Copy a delivery to be sent once more: the same words under the same GUID, to where the App hears now."""
    return Delivery(
        id=world.next_id(),
        guid=delivery.guid,
        app=delivery.app,
        event=delivery.event,
        action=delivery.action,
        url=delivery.app.webhook_url or delivery.url,
        headers=_headers(delivery.app, delivery.event, delivery.guid, delivery.body),
        body=delivery.body,
        installation_id=delivery.installation_id,
        repo_id=delivery.repo_id,
        delivered_at=world.now(),
        redelivery=redelivery,
    )


def _hears(app: App, place: Installation, event: Event) -> bool:
    granted = place.permissions.get(_PERMISSIONS[event.name])
    if event.name in _WITHOUT_ASKING and granted == "write":
        return True
    return granted is not None and (event.always or event.name in app.events)
