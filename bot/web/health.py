"""Is the service alive, and can it work? For load balancers and for whoever looks first."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot import __version__
from bot.wiring.service import Service


def routes(service: Service) -> APIRouter:
    """Build the routes of health."""
    router = APIRouter()

    @router.get("/healthz")
    def alive() -> dict[str, str]:
        """Say that the process answers; it asks nothing of anybody else."""
        return {"status": "ok", "version": __version__}

    @router.get("/readyz")
    def ready() -> JSONResponse:
        """Say whether webhooks can be stored: the database answers and is at this release's revision."""
        if service.is_ready():
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "the database does not answer, or is not migrated"}, 503)

    return router
