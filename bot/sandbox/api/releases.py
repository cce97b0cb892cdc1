"""Which releases are there, and what is attached to them?"""

from bot.sandbox.api.access import in_repo, reading
from bot.sandbox.api.call import Answer, Call, found, ok
from bot.sandbox.attachments import Release
from bot.sandbox.model import Repo
from bot.sandbox.representations import releases as described


def _list(call: Call, repo: Repo) -> Answer:
    return call.listed(_of(call, repo)[::-1], lambda release: described.release(call.world, release))


def _by_tag(call: Call, repo: Repo) -> Answer:
    tag = call.text("tag")
    return ok(described.release(call.world, found(_of(call, repo), lambda release: release.tag == tag)))


def _assets(call: Call, repo: Repo) -> Answer:
    number = call.number("release_id")
    release = found(_of(call, repo), lambda each: each.id == number)
    return call.listed(release.assets, lambda asset: described.asset(call.world, asset))


def _asset(call: Call, repo: Repo) -> Answer:
    number = call.number("asset_id")
    asset = found((asset for release in _of(call, repo) for asset in release.assets), lambda each: each.id == number)
    if call.accept != "octet-stream":
        return ok(described.asset(call.world, asset))
    # docs: get a release asset: a client must take 200 as well, which GitHub answers where it serves the bytes itself
    return Answer(302, headers={"Location": call.world.lend(asset.content)})


def _of(call: Call, repo: Repo) -> list[Release]:
    return [each for each in call.world.releases.values() if each.repo is repo]


ENDPOINTS = (
    in_repo("GET", "/releases", _list, reading("contents")),
    in_repo("GET", "/releases/tags/{tag:path}", _by_tag, reading("contents")),
    in_repo("GET", "/releases/{release_id:int}/assets", _assets, reading("contents")),
    in_repo("GET", "/releases/assets/{asset_id:int}", _asset, reading("contents")),
)
