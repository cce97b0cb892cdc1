"""What may an App do as itself, and what does an installation see of itself?"""

from bot.sandbox.api.access import anyone, as_app, opens
from bot.sandbox.api.call import Answer, Call, created, done, found, ok
from bot.sandbox.api.callers import AsApp, AsClient, AsInstallation, undecodable
from bot.sandbox.model import Account, App, Delivery, Installation
from bot.sandbox.representations import apps as described
from bot.sandbox.representations.repositories import repository
from bot.sandbox.state import Refused, not_found


def _app(call: Call, app: App) -> Answer:
    count = sum(each.app is app for each in call.world.installations.values())
    return ok(described.app(call.world, app) | {"installations_count": count})


def _installations(call: Call, app: App) -> Answer:
    own = [each for each in call.world.installations.values() if each.app is app]
    return call.listed(own, lambda each: described.installation(call.world, each))


def _own(call: Call, app: App) -> Installation:
    wanted = call.number("installation_id")
    return found(call.world.installations.values(), lambda each: each.id == wanted and each.app is app)


def _installation(call: Call, app: App) -> Answer:
    return ok(described.installation(call.world, _own(call, app)))


def _uninstall(call: Call, app: App) -> Answer:
    call.world.uninstall(_own(call, app))
    return done()


def _make_token(call: Call, app: App) -> Answer:
    installation, body = _own(call, app), call.body
    wanted = body.object_or_none("permissions")
    permissions = None if wanted is None else {name: wanted.text(name) for name in wanted.names()}
    token = call.world.installation_token(
        installation,
        permissions=permissions or None,  # an empty object asks for nothing in particular: all that is granted
        repos=_chosen(call, installation),
    )
    return created(described.token(call.world, token, installation))


def _chosen(call: Call, installation: Installation) -> set[int] | None:
    """Read which repositories a token is to be for, by id and by name; None for all."""
    if "repository_ids" not in call.body and "repositories" not in call.body:
        return None
    ids = {each for each in call.body.values("repository_ids") if isinstance(each, int)}
    names = set(call.body.texts("repositories"))
    known = {repo.name: repo.id for repo in call.world.repositories_of(installation)}
    return ids | {known.get(name, 0) for name in names}  # nothing has the id 0: a name that is unknown is refused


def _of_repository(call: Call, app: App) -> Answer:
    repo = call.world.repo(f"{call.text('owner')}/{call.text('repo')}")
    place = call.world.installation_of(app, repo)
    if place is None:
        raise not_found()
    return ok(described.installation(call.world, place))


def _of_account(call: Call, app: App) -> Answer:
    account: Account = call.world.account(call.text("name"))
    place = found(call.world.installations.values(), lambda each: each.app is app and each.account is account)
    return ok(described.installation(call.world, place))


def _repositories(call: Call) -> Answer:
    caller, world = call.caller, call.world
    if not isinstance(caller, AsInstallation):
        what = "list repositories for an installation"
        raise Refused(403, f"You must authenticate with an installation access token in order to {what}.")
    place, token = caller.installation, caller.token
    seen = [repo for repo in world.repositories_of(place) if opens(place, token, repo)]
    answer = call.listed(seen, lambda repo: repository(world, repo), "repositories")
    selection = "all" if place.selected is None and token.repos is None else "selected"
    assert isinstance(answer.data, dict)  # noqa: S101  # a list with a key is an object
    return Answer(200, answer.data | {"repository_selection": selection}, answer.headers)


def _revoke(call: Call) -> Answer:
    if not isinstance(call.caller, AsInstallation):
        raise undecodable() if isinstance(call.caller, AsApp) else Refused(403, "Resource not accessible")
    del call.world.tokens[call.caller.token.text]
    return done()


def _revoke_user_token(call: Call) -> Answer:
    caller = call.caller
    if not isinstance(caller, AsClient) or caller.app.client_id != call.text("client_id"):
        raise not_found()
    call.world.revoke_user_token(caller.app, call.body.text("access_token"))
    return done()


def _deliveries(call: Call, app: App) -> Answer:
    sent = [each for each in reversed(call.world.deliveries) if each.app is app and each.answered]
    wanted = call.query.get("status")
    if wanted in ("success", "failure"):
        sent = [each for each in sent if (200 <= each.status_code < 300) is (wanted == "success")]
    part, headers = call.after(sent, lambda each: each.id)
    return Answer(200, [described.delivery(each) for each in part], headers)


def _sent(call: Call, app: App) -> Delivery:
    wanted = call.number("delivery_id")
    return found(call.world.deliveries, lambda each: each.id == wanted and each.app is app and each.answered)


def _delivery(call: Call, app: App) -> Answer:
    return ok(described.full_delivery(_sent(call, app)))


def _redeliver(call: Call, app: App) -> Answer:
    call.world.redeliver(_sent(call, app))
    return Answer(202, {})


def _hook(call: Call, app: App) -> Answer:
    return ok({"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url or ""})


ENDPOINTS = (
    as_app("GET", "/app", _app),
    as_app("GET", "/app/installations", _installations),
    as_app("GET", "/app/installations/{installation_id:int}", _installation),
    as_app("DELETE", "/app/installations/{installation_id:int}", _uninstall),
    as_app("POST", "/app/installations/{installation_id:int}/access_tokens", _make_token),
    as_app("GET", "/repos/{owner}/{repo}/installation", _of_repository),
    as_app("GET", "/orgs/{name}/installation", _of_account),
    as_app("GET", "/users/{name}/installation", _of_account),
    as_app("GET", "/app/hook/config", _hook),
    as_app("GET", "/app/hook/deliveries", _deliveries),
    as_app("GET", "/app/hook/deliveries/{delivery_id:int}", _delivery),
    as_app("POST", "/app/hook/deliveries/{delivery_id:int}/attempts", _redeliver),
    anyone("GET", "/installation/repositories", _repositories),
    anyone("DELETE", "/installation/token", _revoke),
    anyone("DELETE", "/applications/{client_id}/token", _revoke_user_token),
)
