"""Who hears the webhooks in these tests? A small server that keeps what it got, and answers as it is told."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One webhook as it arrived."""

    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def event(self) -> str:
        """The event with its action."""
        action = self.payload.get("action")
        name = self.headers["x-github-event"]
        return f"{name}.{action}" if action else name

    @property
    def payload(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def guid(self) -> str:
        return self.headers["x-github-delivery"]


class Receiver:
    """A webhook endpoint; a context manager. While `open` is not set, nothing is answered."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []
        self._lock = Lock()
        self.status = 202
        self.open = Event()
        self.open.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver._lock:
                    receiver._heard.append(Heard({name.lower(): value for name, value in self.headers.items()}, body))
                receiver.open.wait(30)
                said = b'{"accepted":true}'
                self.send_response(receiver.status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a sender that gave up waiting

        self._http = Server(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/github/webhook"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def heard(self, wanted: Callable[[Heard], bool] = lambda _: True) -> list[Heard]:
        """List what arrived, in its order."""
        with self._lock:
            return [each for each in self._heard if wanted(each)]

    def events(self) -> list[str]:
        return [each.event for each in self.heard()]

    def forget(self) -> None:
        with self._lock:
            self._heard.clear()

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.open.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
