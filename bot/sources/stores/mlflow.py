"""What does a run of an MLflow tracking server say? Its plain REST reply with the whole history of its metrics, or an artifact.

`runs/get` knows the latest value of a metric only: one that was logged over shows in its history alone, so the histories are
read too. A run can be changed at any time, so nothing here is pinned but by a digest.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources import strict_json
from bot.sources.stores import store
from bot.sources.stores.guard import Ask, Failure, Guard, Visit
from bot.sources.stores.operator import Mlflow
from bot.sources.stores.reach import Reach, target
from bot.sources.stores.store import Place

MAX_METRICS = 50
"""Metrics of a run whose history is read, the first by name (house). What has no history here was not looked at."""
MAX_PAGES = 5
"""Pages of one history, of 1,000 values each (house)."""

_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class MlflowStore:
    """Runs of the tracking servers that the operator has named."""

    def __init__(self, servers: Mapping[str, Mlflow], guard: Guard) -> None:
        """Take the servers by the host that links name, and the client."""
        self._servers = servers
        self._guard = guard

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a run as canonical JSON with `metric_history` beside `run`, or one of its artifacts as it is."""
        host = urlsplit(parsed.text).netloc.lower()  # with its port
        server = self._servers.get(host)
        if server is None:
            return store.not_open(f"The MLflow server `{strict_json.printable(host)}`", "mlflow")
        run, _, artifact = parsed.path.partition("/")
        if not _RUN.fullmatch(run) or any(part in (".", "..") for part in artifact.split("/")):
            return Unavailable(
                "The link names no run of MLflow.", Trouble.DEFINITIVE, "Write mlflow://HOST/RUN_ID[/ARTIFACT]."
            )
        if not place.around.trusted:
            return store.waits_for_a_maintainer("The operator's MLflow server is asked", place)
        asking = _Asking(server, run, max_bytes)
        with self._guard.visit(asking.reach) as visit:
            found = asking.artifact(visit, artifact) if artifact else asking.run(visit)
        if isinstance(found, Unavailable):
            return found
        return store.read_from(linked, found, store.digest(found))

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by the digest beside the link: a run can be changed."""
        opened = urlsplit(parsed.text).netloc.lower() in self._servers and place.around.trusted
        return store.digest_pin(linked) if opened else None


class _Asking:
    """The requests about one run."""

    def __init__(self, server: Mlflow, run: str, max_bytes: int) -> None:
        to = target(server.url)
        self.reach = Reach(hosts=(to.host,), private=frozenset({to.origin}))
        self._server = server
        self._run = run
        self._left = max_bytes
        self._max = max_bytes

    def artifact(self, visit: Visit, path: str) -> bytes | Unavailable:
        return self._read(visit, "get-artifact", {"path": path, "run_uuid": self._run})

    def run(self, visit: Visit) -> bytes | Unavailable:
        reply = self._json(visit, "runs/get", {"run_id": self._run})
        if isinstance(reply, Unavailable):
            return reply
        history: dict[str, list[Any]] = {}
        for name in _metrics(reply)[:MAX_METRICS]:
            values = self._history(visit, name)
            if isinstance(values, Unavailable):
                return values
            history[name] = values
        whole = {**reply, "metric_history": history}
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def _history(self, visit: Visit, name: str) -> list[Any] | Unavailable:
        """Read all values of a metric in the order in which they were logged."""
        points: list[dict[str, Any]] = []
        query = {"run_id": self._run, "metric_key": name, "max_results": "1000"}
        for _ in range(MAX_PAGES):
            reply = self._json(visit, "metrics/get-history", query)
            if isinstance(reply, Unavailable):
                return reply
            found = reply.get("metrics", [])
            points += [point for point in found if isinstance(point, dict)] if isinstance(found, list) else []
            following = reply.get("next_page_token")
            if not isinstance(following, str) or not following:
                # the server's own order where time and step say nothing
                return [point.get("value") for point in sorted(points, key=_moment)]
            query["page_token"] = following
        return Unavailable(
            f"The metric `{strict_json.printable(name)}` was logged more than {MAX_PAGES * 1000:,} times in this run.",
            Trouble.DEFINITIVE,
            "Log the evaluation to a run of its own, apart from the training.",
        )

    def _json(self, visit: Visit, method: str, query: Mapping[str, str]) -> dict[str, Any] | Unavailable:
        raw = self._read(visit, f"api/2.0/mlflow/{method}", query)
        if isinstance(raw, Unavailable):
            return raw
        try:
            reply = strict_json.loads(raw, max_bytes=self._max)
        except strict_json.BadJson as error:
            return Unavailable(
                f"The answer of the MLflow server to `{method}` {error}.", Trouble.PASSING, "Ask its operator."
            )
        return reply if isinstance(reply, dict) else {}

    def _read(self, visit: Visit, path: str, query: Mapping[str, str]) -> bytes | Unavailable:
        """Make one request; all of them together have no more bytes than the cap."""
        found = visit.read(
            Ask(f"{self._server.url}/{path}?{urlencode(query)}", credentials=_login(self._server)), self._left
        )
        if isinstance(found, Failure):
            return self._refused(found)
        self._left -= len(found.content)
        return found.content

    def _refused(self, found: Failure) -> Unavailable:
        if found.status in (404, 410):
            return Unavailable(
                "The MLflow server knows no such run, or no such artifact of it.",
                Trouble.DEFINITIVE,
                "Correct the link.",
            )
        if found.status in (401, 403):
            return Unavailable(
                found.fact.reason,
                Trouble.PASSING,
                "The operator of Tunegate sets a login that may read the run, under `mlflow` in the stores file.",
            )
        return found.fact


def _metrics(reply: Mapping[str, Any]) -> list[str]:
    run = reply.get("run")
    data = run.get("data") if isinstance(run, dict) else None
    found = data.get("metrics") if isinstance(data, dict) else None
    points = found if isinstance(found, list) else []
    names = {point.get("key") for point in points if isinstance(point, dict)}
    return sorted(name for name in names if isinstance(name, str))


def _moment(point: Mapping[str, Any]) -> tuple[float, float]:
    when, step = (
        float(value) if isinstance(value, int | float) else 0.0 for value in (point.get("timestamp"), point.get("step"))
    )
    return when, step


def _login(server: Mlflow) -> dict[str, str]:
    if server.token is not None:
        return {"Authorization": f"Bearer {server.token.get_secret_value()}"}
    if server.username is not None and server.password is not None:
        pair = f"{server.username}:{server.password.get_secret_value()}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return {}
