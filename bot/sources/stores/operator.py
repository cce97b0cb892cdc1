"""Where did the operator open the stores to, and with which logins? The model of the stores file, and its reader.

`${NAME}` inside a value is the environment's: so the file itself holds no secret. Secrets are shown nowhere.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.readiness import operator_file
from bot.readiness.strict_yaml import Document
from bot.sources.stores.guard import DEADLINE_SECONDS
from bot.sources.stores.large import MAX_INLINE_BYTES
from bot.sources.stores.reach import NoTarget, target

DEFAULT_HOSTS = ("github.com", "raw.githubusercontent.com", "huggingface.co")
"""Hosts that https links may lead to unless the operator says otherwise: where public evidence usually lies (house)."""

# Logins that obstore takes from the environment before what it is told
_GOOGLE: tuple[str, ...] = ("BEARER_TOKEN", "SERVICE_ACCOUNT", "SERVICE_ACCOUNT_PATH", "SERVICE_ACCOUNT_KEY")
_AZURE = ("STORAGE_TOKEN", "STORAGE_ACCOUNT_KEY", "STORAGE_ACCESS_KEY", "STORAGE_MASTER_KEY", "FEDERATED_TOKEN_FILE")
_HOST = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class BadStores(ValueError):
    """The stores file says something that cannot be used; the message names the line, the key and what to do."""


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("write a host like evals.example.com, *.example.com, or * for every public one")
    return text


def _named_host(text: str) -> str:
    if "*" in _host(text):
        raise ValueError("a private host is named in full, without *")
    return text


def _server(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_.-]+(:\d{1,5})?", text):
        raise ValueError("write the host as it stands in links, like mlflow.example.com or mlflow.example.com:5000")
    return text


def _base(text: str) -> str:
    try:
        found = target(text)
    except NoTarget as error:
        raise ValueError("write an address like https://mlflow.example.com") from error
    if "?" in found.path or "#" in text:
        raise ValueError("write an address without a query")
    return text.rstrip("/")


Host = Annotated[str, AfterValidator(_host)]
NamedHost = Annotated[str, AfterValidator(_named_host)]
Base = Annotated[str, AfterValidator(_base)]
Secret = Annotated[SecretStr, AfterValidator(operator_file.secret)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Https(_Part):
    """https:// links: public hosts, and hosts that may lie inside the operator's network. Never asked with a login."""

    hosts: tuple[Host, ...] = DEFAULT_HOSTS
    private_hosts: tuple[NamedHost, ...] = ()


class Hub(_Part):
    """hf:// links: a hub, and a token that may read there. Its redirects may lead to `cdn_hosts`."""

    url: Base = "https://huggingface.co"
    token: Secret | None = None
    cdn_hosts: tuple[Host, ...] = ("*.huggingface.co", "*.hf.co")


class Mlflow(_Part):
    """A tracking server of mlflow:// links: its address, and a token or a user with a password."""

    url: Base
    token: Secret | None = None
    username: str | None = None
    password: Secret | None = None

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.token is not None and self.username is not None:
            raise ValueError("give a token, or a username with its password")
        if self.username is not None and not (self.username.isascii() and self.username.isprintable()):
            raise ValueError("a username is one line of plain ASCII")
        return self


class Wandb(_Part):
    """wandb:// links: the API, and a key that may read there."""

    url: Base = "https://api.wandb.ai"
    api_key: Secret | None = None


class _Bucket(_Part):
    endpoint: Base | None = None
    workload_identity: bool = False


class S3(_Bucket):
    """A bucket of s3:// links. Without a login it is read as anybody may."""

    region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$")
    access_key_id: Secret | None = None
    secret_access_key: Secret | None = None
    session_token: Secret | None = None

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("access_key_id and secret_access_key go together")
        if self.session_token is not None and self.access_key_id is None:
            raise ValueError("session_token goes with access_key_id and secret_access_key")
        _at_most_one(self.access_key_id, self.workload_identity or None)
        return self

    @property
    def has_login(self) -> bool:
        """Say whether the bucket is read with a login."""
        return self.workload_identity or self.access_key_id is not None


class Gs(_Bucket):
    """A bucket of gs:// links. Without a login it is read as anybody may."""

    service_account_file: Path | None = None
    service_account_key: SecretStr | None = None  # JSON, of several lines

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        _at_most_one(self.service_account_file, self.service_account_key, self.workload_identity or None)
        return self

    @property
    def has_login(self) -> bool:
        """Say whether the bucket is read with a login."""
        return self.workload_identity or self.has_login_here

    @property
    def has_login_here(self) -> bool:
        """Say whether the stores file itself gives the login."""
        return self.service_account_file is not None or self.service_account_key is not None


class Az(_Bucket):
    """A container of az:// links, of one storage account. Without a login it is read as anybody may."""

    account: str = Field(pattern=r"^[a-z0-9]{3,24}$")
    account_key: Secret | None = None
    sas_token: Secret | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if len({self.tenant_id is None, self.client_id is None, self.client_secret is None}) > 1:
            raise ValueError("tenant_id, client_id and client_secret go together")
        _at_most_one(self.account_key, self.sas_token, self.client_secret, self.workload_identity or None)
        return self

    @property
    def has_login(self) -> bool:
        """Say whether the container is read with a login."""
        return self.workload_identity or bool(self.account_key or self.sas_token or self.client_secret)


def _at_most_one(*logins: object) -> None:
    if sum(login is not None for login in logins) > 1:
        raise ValueError("give one kind of login")


class Operator(_Part):
    """All that the operator says of the stores; what is left out is as closed as it is here."""

    https: Https = Https()
    hub: Hub = Hub()
    mlflow: dict[Annotated[str, AfterValidator(_server)], Mlflow] = {}
    wandb: Wandb = Wandb()
    s3: dict[str, S3] = {}
    gs: dict[str, Gs] = {}
    az: dict[str, Az] = {}
    ca_file: Path | None = None
    deadline_seconds: float = Field(DEADLINE_SECONDS, ge=1, le=600)
    max_inline_bytes: int = Field(MAX_INLINE_BYTES, ge=1_000_000, le=4_000_000_000)

    @model_validator(mode="after")
    def _certificates(self) -> Self:
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError(f"there is no file {self.ca_file} (ca_file)")
        return self


def read(raw: bytes, environment: Mapping[str, str]) -> Operator:
    """Read the stores file; raises BadStores with all that is wrong, a line each."""
    try:
        operator, document = operator_file.read(raw, Operator, environment)
    except operator_file.BadFile as error:
        raise BadStores(str(error)) from None
    if overruled := list(_overruled(operator, environment, document)):
        raise BadStores("\n".join(overruled))
    return operator


def _overruled(operator: Operator, environment: Mapping[str, str], document: Document) -> Iterator[str]:
    """Say where a login of the environment would be used in place of the file's."""
    own = [("gs", name, "GOOGLE", _GOOGLE) for name, gs in operator.gs.items() if gs.has_login_here]
    own += [("az", name, "AZURE", _AZURE) for name, az in operator.az.items() if az.client_secret is not None]
    for scheme, name, prefix, variables in own:
        for variable in (f"{prefix}_{each}" for each in variables):
            if environment.get(variable):
                yield (
                    f"{operator_file.where((scheme, name), document)}: the environment variable {variable} would be used instead of this "
                    "login; unset it, or write `workload_identity: true`."
                )
