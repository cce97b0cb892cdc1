"""Who is looking at which page, as which user, and what may they do there?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote

from starlette.requests import Request

from bot.sandbox.model import Account, Permission, Repo
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

COOKIE = "sandbox_user"
LARGEST_FORM = 3_000_000  # bytes: a file of 1 MB, each of its bytes as `%41`
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a page. `user` is whom the visitor acts as: None only in a world without users."""

    world: World
    user: Account | None
    path: str
    query_string: str = ""
    params: Mapping[str, str] = field(default_factory=dict)  # the parts of the address
    query: Mapping[str, str] = field(default_factory=dict)
    loaded: tuple[str, ...] = ()  # the large diffs that the visitor wants to see
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """The address to come back to."""
        return f"{self.path}?{self.query_string}" if self.query_string else self.path

    def repo(self) -> Repo:
        """Find the repository of the address, by a former name too; what a user may not read is not there."""
        name = f"{self.params['owner']}/{self.params['repo']}"
        try:
            repo = self.world.repo(name)
        except Refused:
            if name.lower() not in self.world.moved:
                raise
            repo = self.world.repos[self.world.moved[name.lower()]]
        self.need(repo, "read")
        return repo

    def may(self, repo: Repo, needed: Permission) -> bool:
        """Say whether the visitor has a permission; nobody writes into an archive."""
        return self.world.may(repo, self.user, needed) and not (repo.archived and needed != "read")

    def need(self, repo: Repo, needed: Permission) -> None:
        """Refuse what the visitor may not do, as GitHub does."""
        if not self.world.may(repo, self.user, "read"):
            raise not_found()
        if repo.archived and needed != "read":
            raise Refused(403, "Repository was archived so is read-only.")
        if not self.may(repo, needed):
            raise Refused(403, f"You need {needed} access to {repo.full_name} to do that.")

    def someone(self) -> Account:
        """Name the user who acts."""
        if self.user is None:
            raise Refused(401, "Requires authentication: this sandbox has no users yet.")
        return self.user


def people(world: World) -> list[Account]:
    """List the users as whom a visitor can act, the oldest first."""
    return [account for account in world.accounts.values() if account.kind == "User" and not account.suspended]


async def arrive(world: World, request: Request) -> Visit:
    """Read a request; raises Refused for a form that is too large or comes from another site."""
    form: dict[str, str] = {}
    if request.method == "POST":
        refuse_foreign(request)
        form = await _form(request)
    with world.lock:
        chosen = request.cookies.get(COOKIE)
        users = people(world)
        user = next((each for each in users if str(each.id) == chosen), users[0] if users else None)
    return Visit(
        world,
        user,
        quote(request.scope["path"]),
        request.scope["query_string"].decode("ascii", "replace"),
        {name: str(value) for name, value in request.path_params.items()},
        dict(request.query_params),
        tuple(request.query_params.getlist("load")),
        form,
    )


def refuse_foreign(request: Request) -> None:
    """Refuse a form that another site sent; a program that sends neither header is no browser, and may."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        own = origin is None or origin.partition("://")[2] == request.headers.get("host")
    if not own:
        raise Refused(403, "This form was sent by another site.")


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise Refused(413, "This is too large for a form.")
    try:
        fields = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(400, "This form has too many fields.") from None
    # a browser ends each line of a text with \r\n, whatever the file had
    return {name: values[-1].replace("\r\n", "\n") for name, values in fields.items()}
