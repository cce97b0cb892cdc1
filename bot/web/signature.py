"""Did GitHub send these bytes? HMAC-SHA256 over the raw body, compared in constant time (docs "validating webhook deliveries")."""

import hashlib
import hmac
from collections.abc import Iterable

_PREFIX = "sha256="


def signature(body: bytes, secret: str) -> str:
    """Sign a body as GitHub does, in the form of the header `X-Hub-Signature-256`."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, header: str | None, secrets: Iterable[str]) -> bool:
    """Say whether a header is the body's signature by one of the secrets; every secret is tried, whatever fits.

    Bytes are compared, since a header may hold what no ASCII text does; a missing one takes as long as a wrong one.
    """
    given = (header or _PREFIX).encode("latin-1", "replace")
    fits = [hmac.compare_digest(given, signature(body, secret).encode()) for secret in secrets]
    return any(fits)
