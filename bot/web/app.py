"""Which routes are there? The whole HTTP surface of the service, assembled."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot import __version__
from bot.web import health, login, pages, webhook
from bot.web.session import Sessions
from bot.wiring.service import Service


def create_app(service: Service) -> FastAPI:
    """Build the web application of a service."""
    app = FastAPI(title="Tunegate", version=__version__, docs_url=None, redoc_url=None)
    app.include_router(webhook.routes(service))
    app.include_router(health.routes(service))
    sessions = Sessions(service.settings.app.private_key_pem, service.settings.url)
    app.include_router(login.routes(service, sessions))
    app.include_router(pages.routes(service, sessions))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    return app
