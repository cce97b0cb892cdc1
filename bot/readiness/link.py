"""Where does a link of a proposal point? Parsed from the first day, whatever store can read it (READINESS section 2)."""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

SCHEMES = ("https", "hf", "s3", "gs", "az", "mlflow", "wandb", "actions")


class BadLink(ValueError):
    """The link is not of a form that we know; its message is for the team."""


@dataclass(frozen=True, slots=True)
class Link:
    """A parsed link. `scheme` "repository" for a bare path; `path` the rest without host; `revision` a pin if given."""

    text: str
    scheme: str
    host: str
    path: str
    revision: str | None = None

    @property
    def in_repository(self) -> bool:
        """Say whether the link is a file of the repository itself."""
        return self.scheme == "repository"


def parse(text: str) -> Link:
    """Parse a link; raises BadLink with a sentence that says what is wrong."""
    if not text or text != text.strip() or re.search(r"[\x00-\x1f\x7f]", text):
        raise BadLink("a link is one line without blanks around it")
    if len(text) > 2048:
        raise BadLink("a link has at most 2,048 characters")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if not scheme:
        return _repository(text)
    name = scheme.group(1).lower()
    if name not in SCHEMES or not text[scheme.end() :].startswith("//"):
        known = ", ".join(f"{s}://" for s in SCHEMES)
        raise BadLink(f"'{scheme.group(1)}:' is no store that we know; use a path in the repository or one of {known}")
    return _remote(text, name)


def _repository(text: str) -> Link:
    if "\\" in text:
        raise BadLink("a path in the repository is written with /, not with \\")
    if text.endswith("/") or posixpath.normpath(text) in (".", "/", "//", ".."):
        raise BadLink("this path names a folder, not a file")
    return Link(text, "repository", "", text)


def _remote(text: str, scheme: str) -> Link:
    try:
        parts = urlsplit(text)
        host, port, user = parts.hostname or "", parts.port, parts.username or parts.password
    except ValueError as error:
        raise BadLink(f"this is no valid address: {error}") from error
    if user:
        raise BadLink("a link never holds a user name or a password")
    if not host:
        raise BadLink(f"after {scheme}:// comes {'a host' if scheme == 'https' else 'a name'}")
    path, revision = parts.path.lstrip("/"), None
    if scheme == "https" and port not in (None, 443):
        raise BadLink("https links use port 443")
    if scheme == "hf":
        host, path, revision = _hub(text)
    elif scheme in ("s3", "gs", "az"):
        revision = next(iter(parse_qs(parts.query).get("version", ())), None)
        if not path:
            raise BadLink(f"after {scheme}://BUCKET comes /KEY")
    elif scheme == "wandb" and path.count("/") < 1:
        raise BadLink("write wandb://ENTITY/PROJECT/RUN[/FILE]")
    elif scheme == "mlflow" and not path:
        raise BadLink("write mlflow://HOST/RUN_ID[/ARTIFACT]")
    elif scheme == "actions" and (not host.isdigit() or path.count("/") < 1):
        raise BadLink("write actions://RUN_ID/ARTIFACT/PATH")
    return Link(text, scheme, host, path, revision)


def _hub(text: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"hf://(datasets/)?([\w.-]+)/([\w.-]+)@([\w.-]+)/(.+)", text)
    if not match:
        raise BadLink("write hf://[datasets/]ORG/NAME@REV/PATH")
    return f"{match[1] or ''}{match[2]}/{match[3]}", match[5], match[4]


def resolve(link: Link, proposal_path: str) -> str:
    """Turn a repository link into a path from the repository's root; raises BadLink when it would leave it."""
    base = "" if link.path.startswith("/") else posixpath.dirname(proposal_path)
    joined = posixpath.normpath(posixpath.join(base, link.path.lstrip("/")))
    if joined == ".." or joined.startswith(("../", "/")):
        raise BadLink("this link leaves the repository")
    if joined == ".":
        raise BadLink("this path names a folder, not a file")
    return joined
