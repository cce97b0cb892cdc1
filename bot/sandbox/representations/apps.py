"""How does GitHub describe Apps, their installations and tokens, and what was delivered to them?"""

import json

from bot.sandbox.model import App, Delivery, Installation, Token
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.notation import Json, node_id, stamp, stamp_or_none
from bot.sandbox.representations.repositories import repository
from bot.sandbox.world import World


def page(world: World, described: App) -> str:
    """Find the page of an App."""
    return f"{world.url}/apps/{described.slug}"


def app(world: World, described: App) -> Json:
    """Describe an App."""
    return {
        "id": described.id,
        "client_id": described.client_id,
        "slug": described.slug,
        "node_id": node_id("App", described.id),
        "owner": simple_user(world, described.owner),
        "name": described.name,
        "description": "",
        "external_url": described.external_url or page(world, described),
        "html_url": page(world, described),
        "created_at": stamp(described.created_at),
        "updated_at": stamp(described.created_at),
        "permissions": dict(described.permissions),
        "events": list(described.events),
    }


def installation(world: World, place: Installation) -> Json:
    """Describe an App on an account."""
    account, number = place.account, place.id
    settings = f"organizations/{account.login}/settings" if account.kind == "Organization" else "settings"
    by = place.suspended_by
    return {
        "id": number,
        "client_id": place.app.client_id,
        "account": simple_user(world, account),
        "repository_selection": _selection(place),
        "access_tokens_url": f"{world.api_url}/app/installations/{number}/access_tokens",
        "repositories_url": f"{world.api_url}/installation/repositories",
        "html_url": f"{world.url}/{settings}/installations/{number}",
        "app_id": place.app.id,
        "app_slug": place.app.slug,
        "target_id": account.id,
        "target_type": account.kind,
        "permissions": dict(place.permissions),
        "events": list(place.events),
        "created_at": stamp(place.created_at),
        "updated_at": stamp(place.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None if by is None else simple_user(world, by),
        "suspended_at": stamp_or_none(place.suspended_at),
    }


def _selection(place: Installation) -> str:
    return "all" if place.selected is None else "selected"


def token(world: World, made: Token, place: Installation) -> Json:
    """Describe a new token of an installation; the repositories are named when it was narrowed to some."""
    described: Json = {
        "token": made.text,
        "expires_at": stamp_or_none(made.expires_at),
        "permissions": dict(made.permissions),
        "repository_selection": _selection(place) if made.repos is None else "selected",
    }
    if made.repos is not None:
        described["repositories"] = [repository(world, world.repos[each]) for each in sorted(made.repos)]
    return described


def delivery(sent: Delivery) -> Json:
    """Describe a delivery as it stands in a list."""
    return {
        "id": sent.id,
        "guid": sent.guid,
        "delivered_at": stamp(sent.delivered_at),
        "redelivery": sent.redelivery,
        "duration": sent.duration,
        "status": sent.status,
        "status_code": sent.status_code,
        "event": sent.event,
        "action": sent.action,
        "installation_id": sent.installation_id,
        "repository_id": sent.repo_id,
        "throttled_at": None,
    }


def full_delivery(sent: Delivery) -> Json:
    """Describe a delivery with what was sent and what came back."""
    return delivery(sent) | {
        "url": sent.url,
        "request": {"headers": dict(sent.headers), "payload": json.loads(sent.body)},
        "response": {"headers": dict(sent.answer_headers), "payload": sent.answer_body},
    }
