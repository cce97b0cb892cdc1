"""`tunegate serve`: webhooks in, pages out, and a worker beside them."""

import argparse
import logging
import threading
from contextlib import nullcontext
from dataclasses import replace

import uvicorn

from bot.cli.running import listener, serving, working_beside
from bot.cli.running import run as run_service
from bot.settings import Settings
from bot.web.app import create_app
from bot.wiring.databases import CannotStart
from bot.wiring.service import Service

_log = logging.getLogger(__name__)


def run(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; return 2 when it cannot start."""

    def change(settings: Settings) -> Settings:
        host, port = chosen.host or settings.host, settings.port if chosen.port is None else chosen.port
        return replace(settings, host=host, port=port)

    def work(service: Service, stop: threading.Event) -> None:
        settings = service.settings
        place = listener(settings.host, settings.port)
        with serving(server(service), place) as http, nullcontext() if chosen.no_worker else working_beside(service):
            where = "its own PostgreSQL" if settings.database_url is None else "the PostgreSQL of DATABASE_URL"
            _log.info("listening on %s port %d, reached at %s, with %s", *place.getsockname()[:2], settings.url, where)
            while http.is_alive() and not stop.wait(1):
                pass
        if not stop.is_set():
            raise CannotStart("HTTP is no longer served; the lines above say why.")

    return run_service("serve", work, change)


def server(service: Service) -> uvicorn.Server:
    """Make the HTTP server of a service."""
    config = uvicorn.Config(
        create_app(service),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # who asks is who connects: a proxy must not vouch for somebody on this machine
        timeout_graceful_shutdown=20,
    )
    return uvicorn.Server(config)
