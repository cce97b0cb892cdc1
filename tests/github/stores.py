"""Which servers keep files, and how do they fail? A small one whose every answer is written by its test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class Store:
    """Answers each path by a function that is given the connection, and keeps what was sent to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.closing = Event()

    def says(self, path: str, content: bytes, status: int = 200, **headers: str) -> str:
        """Answer with bytes; return the address."""

        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(status)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in ({"content-length": str(len(content))} | named).items():
                to.send_header(name, value)
            to.end_headers()
            to.wfile.write(content)

        self.answers[path] = answer
        return self.url + path

    def drips(self, path: str, status: int = 200, **headers: str) -> str:
        """Answer with a byte now and then, until somebody has enough of it; return the address."""

        def answer(to: BaseHTTPRequestHandler) -> None:
            to.send_response(status)
            for name, value in ({"content-length": "1000000"} | headers).items():
                to.send_header(name, value)
            to.end_headers()
            while not self.closing.wait(0.02):
                to.wfile.write(b".")
                to.wfile.flush()

        self.answers[path] = answer
        return self.url + path


@contextmanager
def store() -> Iterator[Store]:
    """Serve on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            try:
                state.answers[self.path](self)
            except OSError:
                self.close_connection = True  # the client has gone

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that has enough goes away without a word

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Store(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
