"""`tunegate serve`: webhooks in, pages out, and a worker beside them."""

import argparse
from contextlib import nullcontext
from dataclasses import replace

import uvicorn

from bot.cli.running import run as run_service
from bot.cli.running import working_beside
from bot.settings import Settings
from bot.web.app import create_app
from bot.wiring.service import Service


def run(chosen: argparse.Namespace) -> int:
    """Serve until told to stop; return 2 when it cannot start."""

    def change(settings: Settings) -> Settings:
        host, port = chosen.host or settings.host, settings.port if chosen.port is None else chosen.port
        return replace(settings, host=host, port=port)

    def work(service: Service) -> None:
        with nullcontext() if chosen.no_worker else working_beside(service):
            server(service).run()

    return run_service("serve", work, change)


def server(service: Service) -> uvicorn.Server:
    """Make the HTTP server of a service."""
    settings = service.settings
    config = uvicorn.Config(
        create_app(service),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # who asks is who connects: a proxy must not vouch for somebody on this machine
        timeout_graceful_shutdown=20,
    )
    return uvicorn.Server(config)
