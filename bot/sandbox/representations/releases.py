"""How does GitHub describe a release and its assets?"""

from bot.sandbox.attachments import Asset, Release
from bot.sandbox.representations.accounts import simple_user
from bot.sandbox.representations.notation import Json, node_id, quoted, stamp
from bot.sandbox.representations.repositories import address, page
from bot.sandbox.world import World


def release(world: World, made: Release) -> Json:
    """Describe a release with its assets."""
    api, html = address(world, made.repo), page(world, made.repo)
    own, tag = f"{api}/releases/{made.id}", quoted(made.tag)
    return {
        "url": own,
        "html_url": f"{html}/releases/tag/{tag}",
        "assets_url": f"{own}/assets",
        "upload_url": f"{own}/assets{{?name,label}}",
        "tarball_url": f"{api}/tarball/{tag}",
        "zipball_url": f"{api}/zipball/{tag}",
        "id": made.id,
        "node_id": node_id("Release", made.id),
        "tag_name": made.tag,
        "target_commitish": made.repo.default_branch,
        "name": made.tag,
        "body": None,
        "draft": False,
        "prerelease": False,
        "immutable": False,
        "created_at": stamp(made.created_at),
        "published_at": stamp(made.created_at),
        "author": simple_user(world, made.author),
        "assets": [asset(world, each) for each in made.assets],
    }


def asset(world: World, made: Asset) -> Json:
    """Describe a file of a release."""
    repo = made.release.repo
    return {
        "url": f"{address(world, repo)}/releases/assets/{made.id}",
        "browser_download_url": f"{page(world, repo)}/releases/download/{quoted(made.release.tag)}/{quoted(made.name)}",
        "id": made.id,
        "node_id": node_id("ReleaseAsset", made.id),
        "name": made.name,
        "label": None,
        "state": "uploaded",
        "content_type": "application/octet-stream",
        "size": len(made.content),
        "digest": made.digest,
        "download_count": 0,
        "created_at": stamp(made.created_at),
        "updated_at": stamp(made.created_at),
        "uploader": simple_user(world, made.uploader),
    }
