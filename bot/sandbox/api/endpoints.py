"""Which endpoints are there? All of them, gathered."""

from bot.sandbox.api import (
    actions,
    apps,
    checks,
    commits,
    contents,
    git,
    issues,
    meta,
    people,
    pulls,
    releases,
    repositories,
    reviews,
    statuses,
)
from bot.sandbox.api.access import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *meta.ENDPOINTS,
    *apps.ENDPOINTS,
    *people.ENDPOINTS,
    *repositories.ENDPOINTS,
    *contents.ENDPOINTS,
    *git.ENDPOINTS,
    *commits.ENDPOINTS,
    *pulls.ENDPOINTS,
    *reviews.ENDPOINTS,
    *issues.ENDPOINTS,
    *checks.ENDPOINTS,
    *statuses.ENDPOINTS,
    *actions.ENDPOINTS,
    *releases.ENDPOINTS,
)
