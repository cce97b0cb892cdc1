"""What does an object of a bucket hold, at a version? Read by obstore, from buckets that the operator has named alone.

A version pins the object when the store itself answers with that version: some that know no versions ignore the question.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bot.readiness.fact import Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Spool
from bot.sources.stores import large, store
from bot.sources.stores.guard import CONNECT_SECONDS, LARGE_BYTES_PER_SECOND, SILENCE_SECONDS
from bot.sources.stores.operator import S3, Az, Gs, Operator
from bot.sources.stores.store import Place
from bot.sources.strict_json import printable

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_PIECE = 1_000_000  # bytes read at once
_RETRIES = 2
_UNVERSIONED = ("", "null")  # S3 names so what was stored before versions were kept: it can be overwritten


@dataclass(frozen=True, slots=True)
class _Way:
    """The way to an object: its bucket by name and as the operator says, its key, and the version that is asked for."""

    name: str
    bucket: S3 | Gs | Az
    key: str
    version: str | None

    def shown(self, scheme: str) -> str:
        """Write the object for people."""
        return f"`{scheme}://{self.name}/{printable(self.key)}`"

    def options(self) -> "GetOptions":
        """Say what is asked besides the key."""
        return {"version": self.version} if self.version else {}

    def pinned(self, meta: "ObjectMeta") -> str | None:
        """Take the version as a pin where the store answers with it."""
        return self.version if self.version and meta.get("version") == self.version else None


_Read = Callable[[_Way], str | Unavailable | None]


class BucketStore:
    """Objects of the buckets of one scheme: s3, gs or az."""

    def __init__(self, scheme: str, operator: Operator) -> None:
        """Take the scheme, and the operator's buckets."""
        self._scheme = scheme
        buckets: Mapping[str, Mapping[str, S3 | Gs | Az]] = {"s3": operator.s3, "gs": operator.gs, "az": operator.az}
        self._buckets = buckets[scheme]
        self._operator = operator
        self.most = operator.max_inline_bytes

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read an object, at the version that the link names if it names one."""
        content = bytearray()
        found = self._followed(linked, parsed, place, lambda way: self._read(way, content.extend, max_bytes))
        if isinstance(found, Unavailable):
            return found
        return store.read_from(linked, bytes(content), store.digest(bytes(content)), found)

    def save(self, linked: LinkField, parsed: Link, place: Place, into: Spool) -> Source | Unavailable:
        """Write an object down."""
        found = self._followed(linked, parsed, place, lambda way: self._read(way, into.write, self.most))
        return found if isinstance(found, Unavailable) else large.saved(linked, into, found)

    def stretches(
        self, linked: LinkField, parsed: Link, place: Place, draw: large.Draw
    ) -> Known[large.Stretches] | Unavailable:
        """Read stretches of an object."""
        parts = list[tuple[int, bytes]]()
        sizes = list[int]()
        found = self._followed(linked, parsed, place, lambda way: self._parts(way, draw, parts, sizes))
        if isinstance(found, Unavailable):
            return found
        return large.of_stretches(linked, large.Stretches(sizes[0], tuple(parts)), found)

    def _followed(self, linked: LinkField, parsed: Link, place: Place, read: _Read) -> str | Unavailable | None:
        """Follow a link to its object, as far as that is allowed."""
        name = urlsplit(parsed.text).netloc
        bucket = self._buckets.get(name)
        if bucket is None:
            return store.not_open(f"The bucket `{self._scheme}://{printable(name)}`", f"{self._scheme}")
        if not place.around.trusted and (bucket.has_login or bucket.endpoint):
            return store.waits_for_a_maintainer(f"The bucket `{name}` is read with the operator's login", place)
        if any(part in ("", ".", "..") for part in parsed.path.split("/")):
            return Unavailable("The link names no object of its bucket.", Trouble.DEFINITIVE, "Correct its key.")
        version = _version(linked, parsed)
        if isinstance(version, Unavailable):
            return version
        return self._sound(_Way(name, bucket, parsed.path, version), read)

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by their digest, or by bucket, key and version."""
        name = urlsplit(parsed.text).netloc
        bucket = self._buckets.get(name)
        if bucket is None or (not place.around.trusted and (bucket.has_login or bucket.endpoint)):
            return None
        version = _version(linked, parsed)
        if isinstance(version, str) and not linked.sha256:
            at = bucket.endpoint or (bucket.account if isinstance(bucket, Az) else "")
            return f"{self._scheme}:{at}/{name}/{parsed.path}?version={version}"
        return store.digest_pin(linked)

    def _sound(self, way: _Way, read: _Read) -> str | Unavailable | None:
        """Read along a way, and say what goes wrong there; gives the version that pins what was read."""
        from obstore import exceptions  # only where a bucket is read: it is a large library

        try:
            return read(way)
        except (exceptions.NotFoundError, FileNotFoundError):
            what = f"no version `{printable(way.version)}` of " if way.version else "no object "
            reason = f"There is {what}{way.shown(self._scheme)}."
            return Unavailable(reason, Trouble.DEFINITIVE, "Correct the link, or upload the file.")
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError):
            return Unavailable(
                f"The bucket `{way.name}` may not be read.",
                Trouble.PASSING,
                f"The operator of Tunegate gives it a login that may, under `{self._scheme}` in the stores file.",
                Hindrance.CLOSED,
            )
        except (exceptions.BaseError, OSError, ValueError):  # its words hold addresses of the operator's
            return _passing(f"{way.shown(self._scheme)} could not be read now.")

    def _read(self, way: _Way, take: Callable[[memoryview], object], max_bytes: int) -> str | Unavailable | None:
        """Read an object whole, piece by piece."""
        import obstore

        found = obstore.get(self._open(way.name, way.bucket, max_bytes), way.key, options=way.options())
        size, shown, count = found.meta["size"], way.shown(self._scheme), 0
        if size > max_bytes:
            return _too_large(f"{shown} has {size:,} bytes", max_bytes)
        for piece in found.stream(min_chunk_size=_PIECE):
            count += len(piece)
            if count > max_bytes:
                return _too_large(f"{shown} has more bytes than it says", max_bytes)
            take(memoryview(piece))
        if count != size:
            return _passing(f"{shown} broke off.")
        return way.pinned(found.meta)

    def _parts(
        self, way: _Way, draw: large.Draw, parts: list[tuple[int, bytes]], sizes: list[int]
    ) -> str | Unavailable | None:
        """Read stretches of an object, whose size comes first among the sizes."""
        import obstore

        opened = self._open(way.name, way.bucket, self.most)
        meta = obstore.get(opened, way.key, options={**way.options(), "range": (0, 1)}).meta
        size, tag = meta["size"], str(meta.get("e_tag") or meta["last_modified"])
        sizes.append(size)
        for begin, length in draw(size, tag):
            found = obstore.get(opened, way.key, options={**way.options(), "range": (begin, begin + length)})
            content, same = bytes(found.bytes()), str(found.meta.get("e_tag") or found.meta["last_modified"])
            if (found.meta["size"], same, len(content)) != (size, tag, length):
                return large.changed(way.shown(self._scheme))
            parts.append((begin, content))
        return way.pinned(meta)

    def _open(self, name: str, bucket: S3 | Gs | Az, max_bytes: int) -> "ObjectStore":
        """Open a bucket as the operator says; what obstore would take from the environment is said here instead.

        A few logins of the environment cannot be overruled so: beside them the stores file is refused (`operator.read`).
        """
        seconds = self._operator.deadline_seconds + max_bytes / LARGE_BYTES_PER_SECOND
        client: ClientConfig = {
            "allow_http": (bucket.endpoint or "").startswith("http:"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "read_timeout": timedelta(seconds=SILENCE_SECONDS),
            "timeout": timedelta(seconds=seconds),
            "user_agent": "tunegate",
        }
        if self._operator.ca_file is not None:
            client["root_certificate"] = self._operator.ca_file.read_bytes()
        retry: RetryConfig = {
            "max_retries": _RETRIES,
            "retry_timeout": timedelta(seconds=self._operator.deadline_seconds),
        }
        match bucket:
            case S3():
                return _s3(name, bucket, client, retry)
            case Gs():
                return _gs(name, bucket, client, retry)
            case Az():
                return _az(name, bucket, client, retry)


def _s3(name: str, bucket: S3, client: "ClientConfig", retry: "RetryConfig") -> "ObjectStore":
    from obstore.store import S3Store

    login: dict[str, Any] = {"skip_signature": not bucket.has_login}
    if bucket.access_key_id is not None and bucket.secret_access_key is not None:
        key, secret, token = bucket.access_key_id, bucket.secret_access_key, bucket.session_token

        # by a provider, else a session token of the environment would be put beside the operator's key
        login["credential_provider"] = lambda: {
            "access_key_id": key.get_secret_value(),
            "secret_access_key": secret.get_secret_value(),
            "token": token.get_secret_value() if token else None,
            "expires_at": None,
        }
    return S3Store(
        name,
        endpoint=bucket.endpoint or f"https://s3.{bucket.region}.amazonaws.com",
        region=bucket.region,
        virtual_hosted_style_request=False,
        client_options=client,
        retry_config=retry,
        **login,
    )


def _gs(name: str, bucket: Gs, client: "ClientConfig", retry: "RetryConfig") -> "ObjectStore":
    from obstore.store import GCSStore

    login: dict[str, Any] = {"skip_signature": not bucket.has_login}
    if bucket.service_account_file is not None:
        login["service_account"] = str(bucket.service_account_file)
    if bucket.service_account_key is not None:
        login["service_account_key"] = bucket.service_account_key.get_secret_value()
    base = bucket.endpoint or "https://storage.googleapis.com"
    return GCSStore(name, base_url=base, client_options=client, retry_config=retry, **login)


def _az(name: str, bucket: Az, client: "ClientConfig", retry: "RetryConfig") -> "ObjectStore":
    from obstore.store import AzureStore

    login: dict[str, Any] = {"skip_signature": not bucket.has_login}
    # by a provider, else a token or key of the environment would be taken before the operator's
    if (key := bucket.account_key) is not None:
        login["credential_provider"] = lambda: {"access_key": key.get_secret_value(), "expires_at": None}
    if (sas := bucket.sas_token) is not None:
        token = sas.get_secret_value().removeprefix("?")  # as the portal shows it
        login["credential_provider"] = lambda: {"sas_token": token, "expires_at": None}
    if bucket.client_secret is not None:
        login |= {"tenant_id": bucket.tenant_id, "client_id": bucket.client_id}
        login["client_secret"] = bucket.client_secret.get_secret_value()
    return AzureStore(
        name,
        account_name=bucket.account,
        endpoint=bucket.endpoint or f"https://{bucket.account}.blob.core.windows.net",
        client_options=client,
        retry_config=retry,
        **login,
    )


def _version(linked: LinkField, parsed: Link) -> str | Unavailable | None:
    """Take the version of the link or the `revision` beside it; None where none pins the object."""
    written = parse_qs(urlsplit(parsed.text).query).get("version", [])
    named = {*written, *([linked.revision] if linked.revision else [])}
    if len(named) > 1:
        return Unavailable(
            "The link names two different versions of its object.",
            Trouble.DEFINITIVE,
            "Keep one `?version=`, and leave `revision` out.",
        )
    version = next(iter(named), "")
    return None if version in _UNVERSIONED else version


def _too_large(what: str, max_bytes: int) -> Unavailable:
    reason = f"{what}; at most {max_bytes:,} bytes are read."
    return Unavailable(reason, Trouble.DEFINITIVE, "Make the file smaller.", Hindrance.TOO_LARGE)


def _passing(reason: str) -> Unavailable:
    fix = "Nothing to do now, it is tried again. If it lasts, commit the file to this repository and link its path."
    return Unavailable(reason, Trouble.PASSING, fix)
