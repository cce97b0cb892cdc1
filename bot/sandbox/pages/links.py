"""Where is the page of a repository, a pull request, a person?"""

import hashlib
from urllib.parse import quote

from bot.sandbox.model import Account, Pull, Repo


def address(repo: Repo, *parts: object) -> str:
    """Build the address of a page of a repository; only the last part may hold slashes that stay."""
    names = [quote(repo.owner.login, safe=""), quote(repo.name, safe=""), *(quote(str(part)) for part in parts)]
    return "/" + "/".join(name for name in names if name)


def pull_address(pull: Pull, *parts: object) -> str:
    """Build the address of a page of a pull request."""
    return address(pull.repo, "pull", pull.number, *parts)


def person_address(account: Account) -> str:
    """Build the address of an account's page; an App's bot leads to the App."""
    if account.kind == "Bot":
        return "/apps/" + quote(account.login.removesuffix("[bot]"), safe="")
    return "/" + quote(account.login, safe="")


def diff_anchor(path: str) -> str:
    """Name a file within a diff, as GitHub does."""
    return "diff-" + hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()
