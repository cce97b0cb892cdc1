"""What does a run of Weights & Biases say? Its summary by GraphQL, or one of its files. Nothing is pinned but by a digest."""

import json
from base64 import b64encode
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources import strict_json
from bot.sources.stores import store
from bot.sources.stores.guard import Ask, Failure, Guard, Visit
from bot.sources.stores.operator import Wandb
from bot.sources.stores.reach import Reach, target
from bot.sources.stores.store import Place

_RUN = (
    "query Run($entity: String!, $project: String!, $run: String!) {"
    " project(name: $project, entityName: $entity) {"
    " run(name: $run) { state createdAt heartbeatAt config summaryMetrics } } }"
)
_FILE = (
    "query File($entity: String!, $project: String!, $run: String!, $file: String!) {"
    " project(name: $project, entityName: $entity) {"
    " run(name: $run) { files(names: [$file], first: 1) { edges { node { name directUrl } } } } } }"
)
_MAX_REPLY = 1_000_000  # bytes of an answer that only says where a file lies (house)
_PUBLIC = Wandb().url
_LOGIN_FIX = (
    "Correct the link, make the project public, or ask the operator of Tunegate to set `wandb.api_key` in the stores file "
    "to a key that may read it."
)


class WandbStore:
    """Runs of W&B: of the public service, or of a server of the operator's."""

    def __init__(self, operator: Wandb, guard: Guard) -> None:
        """Take the API with its key, and the client."""
        self._operator = operator
        self._guard = guard
        self._to = target(operator.url)
        self._is_own = self._to.origin != target(_PUBLIC).origin

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a run's summary as canonical JSON, or one of its files as it is."""
        names = _Names.of(parsed)
        if isinstance(names, Unavailable):
            return names
        if self._is_own and not place.around.trusted:
            return store.waits_for_a_maintainer("The operator's W&B server is asked", place)
        with self._guard.visit(self._reach()) as visit:
            run = self._run(visit, names, place, max_bytes)
            if isinstance(run, Unavailable):
                return run
            found = self._file(visit, names, run, place, max_bytes) if names.file else _summary(names, run)
        return found if isinstance(found, Unavailable) else store.read_from(linked, found, store.digest(found))

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by the digest beside the link: a run can be changed."""
        closed = not place.around.trusted and (self._is_own or self._operator.api_key)
        return None if closed else store.digest_pin(linked)

    def _reach(self) -> Reach:
        private = frozenset({self._to.origin}) if self._is_own else frozenset[str]()
        return Reach(hosts=("*",), private=private)  # the API says where a file lies: any public store of objects

    def _login(self, place: Place) -> dict[str, str]:
        key = self._operator.api_key if place.around.trusted else None
        return {"Authorization": f"Basic {b64encode(f'api:{key.get_secret_value()}'.encode()).decode()}"} if key else {}

    def _run(self, visit: Visit, names: "_Names", place: Place, max_bytes: int) -> dict[str, Any] | Unavailable:
        """Ask the API about a run."""
        query = {"query": _FILE if names.file else _RUN, "variables": names.variables}
        ask = Ask(
            f"{self._operator.url}/graphql",
            headers={"Content-Type": "application/json"},
            credentials=self._login(place),
            content=json.dumps(query).encode(),
        )
        found = visit.read(ask, _MAX_REPLY if names.file else max_bytes)
        if isinstance(found, Failure):
            return self._closed(place) if found.status in (401, 403) else found.fact
        reply = _parsed(found.content, max(max_bytes, _MAX_REPLY))
        data = reply.get("data")
        if reply.get("errors") or not isinstance(data, dict):
            return Unavailable(
                "W&B answers the question with an error.", Trouble.PASSING, "Nothing to do now, it is tried again."
            )
        project = data.get("project")
        if not isinstance(project, dict):  # what one may not see does not exist
            return self._closed(place)
        run = project.get("run")
        if not isinstance(run, dict):
            return Unavailable("There is no such run in this W&B project.", Trouble.DEFINITIVE, "Correct the link.")
        return run

    def _closed(self, place: Place) -> Unavailable:
        if not place.around.trusted and self._operator.api_key:
            return store.waits_for_a_maintainer("W&B asks for a login", place)
        return Unavailable("W&B asks for a login, or knows no such project.", Trouble.PASSING, _LOGIN_FIX)

    def _file(
        self, visit: Visit, names: "_Names", run: dict[str, Any], place: Place, max_bytes: int
    ) -> bytes | Unavailable:
        """Read a file of a run from where the API says that it lies."""
        where = _direct_url(run, names.file)
        if where is None:
            return Unavailable(
                "The W&B run has no such file.", Trouble.DEFINITIVE, "Correct the link, or log the file."
            )
        url = urljoin(f"{self._operator.url}/", where)
        own = url.startswith(f"{self._operator.url}/")
        found = visit.read(Ask(url, credentials=self._login(place) if own else {}), max_bytes)
        return found.fact if isinstance(found, Failure) else found.content


class _Names:
    """The names in a link: of entity, project, run and, if any, file."""

    def __init__(self, entity: str, project: str, run: str, file: str) -> None:
        self.entity, self.project, self.run, self.file = entity, project, run, file

    @classmethod
    def of(cls, parsed: Link) -> "_Names | Unavailable":
        """Take a link apart; the entity is read as written, a host would be read in lower case."""
        entity = urlsplit(parsed.text).netloc
        project, run, file = (*parsed.path.split("/", 2), "")[:3]
        if not project or not run or any(part in (".", "..") for part in file.split("/")):
            fix = "Write wandb://ENTITY/PROJECT/RUN[/FILE]; RUN is the id in the address of the run's page."
            return Unavailable("The link names no run of W&B.", Trouble.DEFINITIVE, fix)
        return cls(entity, project, run, file)

    @property
    def variables(self) -> dict[str, str]:
        named = {"entity": self.entity, "project": self.project, "run": self.run}
        return {**named, "file": self.file} if self.file else named


def _parsed(raw: bytes, max_bytes: int) -> dict[str, Any]:
    try:
        found = strict_json.loads(raw, max_bytes=max_bytes)
    except strict_json.BadJson:
        return {}
    return found if isinstance(found, dict) else {}


def _summary(names: _Names, run: dict[str, Any]) -> bytes | Unavailable:
    """Write a run's summary; W&B keeps its config and metrics as JSON in a text."""
    read: dict[str, Any] = {}
    for key in ("config", "summaryMetrics"):
        text = run.get(key)
        try:
            read[key] = strict_json.loads(text.encode(), max_bytes=len(text) * 4) if isinstance(text, str) else {}
        except strict_json.BadJson as error:
            return Unavailable(
                f"`{key}` of the W&B run {error}.", Trouble.DEFINITIVE, "Link a file of the run instead."
            )
    whole = {
        "wandb": {"entity": names.entity, "project": names.project, "run": names.run},
        **{key: run.get(key) for key in ("state", "createdAt", "heartbeatAt")},
        **read,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _direct_url(run: dict[str, Any], file: str) -> str | None:
    files = run.get("files")
    edges = files.get("edges") if isinstance(files, dict) else None
    for edge in edges if isinstance(edges, list) else ():
        node = edge.get("node") if isinstance(edge, dict) else None
        if isinstance(node, dict) and node.get("name") == file and isinstance(node.get("directUrl"), str):
            return str(node["directUrl"])
    return None
