"""EDGE. What did the operator set? The only reader of the environment, and the only finder of shipped files."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.notify.channels_file import Channels
    from bot.sources.stores.operator import Operator

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # listening everywhere -> this machine


class BadSettings(ValueError):
    """The environment says something that cannot be used; the message names the variable and what to do."""


@dataclass(frozen=True, slots=True)
class GitHubApp:
    """The GitHub App as which the service speaks. `webhook_secrets` are tried in turn: two of them while one is rotated."""

    app_id: int
    private_key_pem: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    api_url: str = "https://api.github.com"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)

    @property
    def web_url(self) -> str:
        """The address of GitHub's pages, by its API's: a server's API ends in /api/v3, every other one begins with `api.`."""
        if self.api_url.endswith("/api/v3"):
            return self.api_url.removesuffix("/api/v3")
        return re.sub(r"^(https?://)api\.", r"\1", self.api_url)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the service is told. `database_url` None: a PostgreSQL of its own in `data`. `stores` None: as shipped.

    `channels` None: people are told by the forge's issues alone.
    """

    app: GitHubApp
    database_url: str | None = field(default=None, repr=False)
    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    stores: "Operator | None" = field(default=None, repr=False)
    channels: "Channels | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where people reach the service, without a slash at the end."""
        host = _LOOPBACK.get(self.host, self.host)  # an address that stands for all of them is none to go to
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises BadSettings that names the first variable which is missing or wrong."""
    env = os.environ if environment is None else environment
    app = _app(env)
    found = Settings(
        app=app,
        database_url=database_url(env),
        data=data_folder(env),
        host=env.get("TUNEGATE_HOST") or "127.0.0.1",
        port=_number(env, "TUNEGATE_PORT", 8000, most=65_535),
        public_url=_address(env, "TUNEGATE_URL"),
        stores=stores(env),
        channels=channels(env),
    )
    if app.client_id and not _is_safe(found.url):
        raise BadSettings(
            "TUNEGATE_URL must begin with https:// where people log in (TUNEGATE_GITHUB_CLIENT_ID is set)."
        )
    return found


def database_url(environment: Mapping[str, str] | None = None) -> str | None:
    """Read DATABASE_URL; None when the service keeps a PostgreSQL of its own."""
    return (os.environ if environment is None else environment).get("DATABASE_URL") or None


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Read TUNEGATE_DATA: where the service's own PostgreSQL lives; ./data, as root /var/lib/tunegate."""
    env = os.environ if environment is None else environment
    if given := env.get("TUNEGATE_DATA"):
        return Path(given)
    return Path("/var/lib/tunegate") if os.name == "posix" and os.geteuid() == 0 else Path("data")


def stores(environment: Mapping[str, str] | None = None) -> "Operator | None":
    """Read the file that TUNEGATE_STORES names: where links may lead, with which logins. None when it names none.

    Raises BadSettings with the line and the key of all that is wrong.
    """
    env = os.environ if environment is None else environment
    name = env.get("TUNEGATE_STORES")
    if not name:
        return None
    from bot.sources.stores import operator  # only where there is one: the command line starts without it

    try:
        return operator.read(Path(name).read_bytes(), env)
    except OSError as error:
        raise BadSettings(f"TUNEGATE_STORES cannot be read: {error}.") from error
    except operator.BadStores as error:
        raise BadSettings(f"TUNEGATE_STORES, the file {name}:\n{error}") from error


def channels(environment: Mapping[str, str] | None = None) -> "Channels | None":
    """Read the file that TUNEGATE_CHANNELS names: by which channels people are told, and where. None when it names none.

    Raises BadSettings with the line and the key of all that is wrong.
    """
    env = os.environ if environment is None else environment
    name = env.get("TUNEGATE_CHANNELS")
    if not name:
        return None
    from bot.notify import channels_file  # only where there is one: the command line starts without it

    try:
        return channels_file.read(Path(name).read_bytes(), env)
    except OSError as error:
        raise BadSettings(f"TUNEGATE_CHANNELS cannot be read: {error}.") from error
    except channels_file.BadChannels as error:
        raise BadSettings(f"TUNEGATE_CHANNELS, the file {name}:\n{error}") from error


def shipped(folder: str) -> Path:
    """Find a shipped folder (policies, migrations, examples): beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parent
    inside = package / "_shipped" / folder
    return inside if inside.is_dir() else package.parent / folder


def _app(env: Mapping[str, str]) -> GitHubApp:
    secrets = tuple(s for name in ("SECRET", "SECRET_PREVIOUS") if (s := env.get(f"TUNEGATE_GITHUB_WEBHOOK_{name}")))
    if not secrets:
        raise BadSettings("TUNEGATE_GITHUB_WEBHOOK_SECRET is not set: it is the secret of the GitHub App's webhook.")
    return GitHubApp(
        app_id=_number(env, "TUNEGATE_GITHUB_APP_ID", None, most=2**63 - 1),
        private_key_pem=_key(env),
        webhook_secrets=secrets,
        api_url=_address(env, "TUNEGATE_GITHUB_API_URL") or "https://api.github.com",
        **_client(env),
    )


def _client(env: Mapping[str, str]) -> dict[str, str | None]:
    names = ("TUNEGATE_GITHUB_CLIENT_ID", "TUNEGATE_GITHUB_CLIENT_SECRET")
    client_id, secret = (env.get(name) or None for name in names)
    if (client_id is None) is not (secret is None):
        here, lacking = names if secret is None else reversed(names)
        raise BadSettings(f"{here} is set and {lacking} is not: people log in with both, or not at all.")
    return {"client_id": client_id, "client_secret": secret}


def _is_safe(url: str) -> bool:
    """Say whether a cookie can be trusted to an address: https, or this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")


def _key(env: Mapping[str, str]) -> str:
    file, text = env.get("TUNEGATE_GITHUB_PRIVATE_KEY_FILE"), env.get("TUNEGATE_GITHUB_PRIVATE_KEY")
    if text:
        return text.replace("\\n", "\n")  # secret stores that keep one line write line ends so
    if not file:
        raise BadSettings(
            "Neither TUNEGATE_GITHUB_PRIVATE_KEY_FILE nor TUNEGATE_GITHUB_PRIVATE_KEY is set: "
            "generate a private key on the GitHub App's page and name its file."
        )
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"TUNEGATE_GITHUB_PRIVATE_KEY_FILE cannot be read: {error}.") from error


def _number(env: Mapping[str, str], name: str, default: int | None, *, most: int) -> int:
    text = env.get(name)
    if not text:
        if default is None:
            raise BadSettings(f"{name} is not set: it stands on the GitHub App's page as App ID.")
        return default
    if not text.isascii() or not text.isdecimal() or not 0 <= int(text) <= most:
        raise BadSettings(f"{name} must be a whole number up to {most}.")
    return int(text)


def _address(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name)
    if not text:
        return None
    if not re.fullmatch(r"https?://[\w.:\-\[\]]+(/[\w./~\-]*)?", text):
        raise BadSettings(f"{name} must be an address like https://tunegate.example.com, without a query.")
    return text.rstrip("/")
