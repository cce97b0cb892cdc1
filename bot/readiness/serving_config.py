"""What does a serving config say? Each value with the line that says it, whatever engine or host it was written for."""

from dataclasses import dataclass

from bot.readiness.training_config import Stated


@dataclass(frozen=True, slots=True)
class Server:
    """One model server as its engine would start it; None is what the config leaves open.

    `line` is where it is started. `model` is the model that it loads, `adapters` are those that are there from the start, by
    name where they have one. `lora` says whether adapters can be served at all, `max_rank` up to which rank, `max_adapters` how
    many in one batch, `max_loaded` how many are kept ready. `quantization` is the engine's word for it, `max_length` the longest
    request with its answer, in tokens. `by_default` names the fields that are the engine's own defaults. Credentials are never
    part of it.
    """

    engine: str
    line: int
    model: Stated[str] | None = None
    revision: Stated[str] | None = None
    adapters: tuple[Stated[str], ...] = ()
    lora: Stated[bool] | None = None
    max_rank: Stated[int] | None = None
    max_adapters: Stated[int] | None = None
    max_loaded: Stated[int] | None = None
    quantization: Stated[str] | None = None
    max_length: Stated[int] | None = None
    by_default: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServingConfig:
    """All servers that one file starts, in its order: at least one."""

    servers: tuple[Server, ...]
