"""How does the sandbox come up? A world behind HTTP on the loopback: its API, its pages, and the sending of webhooks."""

import ipaddress
import socket
import threading
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.sandbox import pages, storage
from bot.sandbox.api.gate import DROP, Gate
from bot.sandbox.webhooks import Webhooks
from bot.sandbox.world import World

_PATIENCE = 10.0  # seconds to come up and to go down


class Sandbox:
    """A local GitHub. What happens in its world before `start` is told to nobody."""

    def __init__(self, world: World, *, host: str = "127.0.0.1", port: int = 0) -> None:
        """Take a world, and where to serve it: on the loopback only, port 0 being any that is free."""
        if not _is_loopback(host):
            raise ValueError(f"the sandbox is for this machine only: {host} is no loopback address")
        self.world = world
        self.webhooks = Webhooks(world)
        self._where = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def api_url(self) -> str:
        """The root of the REST API, once started."""
        return self.world.api_url

    def start(self) -> str:
        """Come up; return the root of the pages. Raises OSError when the port is taken."""
        host, port = self._where
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        named = f"[{host}]" if ":" in host else host
        self.world.url = f"http://{named}:{listener.getsockname()[1]}"
        self._server = _Server(_config(self.world))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="sandbox-http", daemon=True
        )
        self._thread.start()
        if not self._server.up.wait(_PATIENCE):
            raise RuntimeError("the sandbox did not come up")
        self.webhooks.start()
        return self.world.url

    def stop(self) -> None:
        """Go down; requests under way are cut off."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_PATIENCE)
        self.webhooks.stop()
        self._server = self._thread = None

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class _Protocol(HttpToolsProtocol):
    """HTTP whose connections the application can drop, which ASGI has no word for."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {DROP: {"transport": self.transport}}


def _config(world: World) -> uvicorn.Config:
    app = Starlette(routes=[Mount("/api/v3", app=Gate(world)), *storage.routes(world), *pages.routes(world)])
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
