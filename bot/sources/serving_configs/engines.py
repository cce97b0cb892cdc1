"""What do the engines for one's own machines say? vLLM, SGLang, TGI and LoRAX, by their options.

What an engine does by default is said only where its own source says so. Read against the public sources, in November 2026:

- vLLM: `vllm/config/lora.py`, `docs/configuration`. Defaults: no LoRA, `max_lora_rank` 16 (of 1, 8, 16, 32, 64, 128, 256, 320,
  512), `max_loras` 1, `max_cpu_loras` as many as `max_loras`. The keys of its YAML config are the options without dashes.
- SGLang: `docs/advanced_features/server_arguments.md`, `lora.md`. `--lora-paths` switches LoRA on; 8 adapters in a batch; the
  rank follows from the adapters that are there from the start.
- TGI: `launcher/src/main.rs`. Every option is a variable too; adapters are served when `LORA_ADAPTERS` names some, of any rank.
- LoRAX: `launcher/src/main.rs`. Every option is a variable too; adapters come with the request; 1,024 active ones, 4,096 tokens.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.readiness.serving_config import Server
from bot.readiness.training_config import Stated
from bot.sources.serving_configs.start import Options, Start, said
from bot.sources.serving_configs.words import Word

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: how it is known, which options say what, and what it does where they are silent.

    `program` and `module` are its commands (`vllm serve`, `python -m MODULE`), `image` its published images, `signs` options
    that only it has. `variables` True where each option is an environment variable too.
    """

    name: str
    program: Names
    module: Names
    image: re.Pattern[str]
    signs: Names
    model: Names
    completed: Callable[[Server, Options], Server]
    adapters: Names = ()
    lora: Names = ()
    max_rank: Names = ()
    max_adapters: Names = ()
    max_loaded: Names = ()
    quantization: Names = ("quantization",)
    max_length: Names = ()
    variables: bool = False

    def started(self, start: Start) -> Server | None:
        """Read a server from its start; None where this engine is not what is started. Raises Unreadable."""
        words = self._arguments(start)
        if words is None:
            return None
        options = Options.of(words)
        if self.variables:
            self.add_variables(options, start)
        model = options.text(self.model)
        if model is None and options.first is not None:
            model = said(options.first)
        return self._read(options, start.line, model) if options.first or options.given else None

    def of_options(self, options: Options, line: int) -> Server:
        """Read a server from options that are known to be this engine's; raises Unreadable."""
        return self._read(options, line, options.text(self.model))

    def add_variables(self, options: Options, start: Start) -> None:
        """Add what the start's variables say."""
        options.beside(start.variables, (*self._options, *self.signs))

    @property
    def _options(self) -> Names:
        return (
            *self.model, *self.adapters, *self.lora, *self.max_rank, *self.max_adapters, *self.max_loaded, *self.quantization,
            *self.max_length, "revision",
        )  # fmt: skip

    def _arguments(self, start: Start) -> Sequence[Word] | None:
        """Find the words after the engine's command, or after its image."""
        for index, word in enumerate(start.words):
            text = word.text.rpartition("/")[2]
            after = start.words[index + 1].text if index + 1 < len(start.words) else ""
            for program in self.program:
                name, _, verb = program.partition(" ")
                if text == name and (not verb or after == verb):
                    return start.words[index + (2 if verb else 1) :]
            if any(word.text.replace("/", ".").removesuffix(".py").endswith(module) for module in self.module):
                return start.words[index + 1 :]
            if self.image.search(word.text) and any(before.text == "run" for before in start.words[:index]):
                return start.words[index + 1 :]  # `docker run ... IMAGE arguments`
        if start.image is None or start.own_program or not self.image.search(start.image):
            return None
        return start.words if not start.words or not _is_program(start.words[0]) else None

    def _read(self, options: Options, line: int, model: Stated[str] | None) -> Server:
        server = Server(
            self.name,
            line,
            model,
            options.text(("revision",)),
            options.adapters(self.adapters),
            options.flag(self.lora),
            options.number(self.max_rank),
            options.number(self.max_adapters),
            options.number(self.max_loaded),
            options.text(self.quantization),
            options.number(self.max_length),
        )
        return server if options.has(("config",)) else self.completed(server, options)


def _is_program(word: Word) -> bool:
    """Say whether a container starts a program of its own in place of what its image starts."""
    return re.fullmatch(r"(?:/[\w./-]*/)?(?:bash|sh|python3?|env|tini|ray|torchrun)", word.text) is not None


def _defaults(server: Server, options: Options, **values: tuple[Names, object]) -> Server:
    """Fill in what the engine does by itself, unless the option is given with a value that nobody knows."""
    filled = {
        name: value
        for name, (names, value) in values.items()
        if getattr(server, name) is None and value is not None and not options.has(names)
    }
    return replace(server, **filled, by_default=(*server.by_default, *filled))  # type: ignore[arg-type]


def _vllm(server: Server, options: Options) -> Server:
    lora = server.lora or (None if options.is_open(VLLM.lora) else Stated(value=False, line=server.line))
    server = replace(server, lora=lora, by_default=() if server.lora or lora is None else ("lora",))
    if lora is None or not lora.value:
        return server
    server = _defaults(
        server, options,
        max_rank=(VLLM.max_rank, Stated(16, lora.line)), max_adapters=(VLLM.max_adapters, Stated(1, lora.line)),
    )  # fmt: skip
    return _defaults(server, options, max_loaded=(VLLM.max_loaded, server.max_adapters))


def _sglang(server: Server, options: Options) -> Server:
    paths = options.at(SGLANG.adapters)
    lora = server.lora or (Stated(value=True, line=paths.line) if paths else Stated(value=False, line=server.line))
    server = replace(server, lora=lora)
    if not lora.value:
        return replace(server, by_default=() if options.has(SGLANG.lora) else ("lora",))
    return _defaults(server, options, max_adapters=(SGLANG.max_adapters, Stated(8, lora.line)))


def _tgi(server: Server, options: Options) -> Server:
    given = options.at(TGI.adapters)
    if given is not None:
        return replace(server, lora=Stated(value=True, line=given.line))
    return replace(server, lora=Stated(value=False, line=server.line), by_default=("lora",))


def _lorax(server: Server, options: Options) -> Server:
    merged = options.flag(("merge-adapter-weights",))
    if merged is not None and merged.value:
        at = server.adapters[0].line if server.adapters else merged.line
        return replace(server, lora=Stated(bool(server.adapters), at), max_adapters=Stated(1, merged.line))
    line = server.model.line if server.model else server.line
    server = replace(server, lora=Stated(value=True, line=line))
    return _defaults(
        server, options,
        max_adapters=(LORAX.max_adapters, Stated(1024, line)), max_length=(LORAX.max_length, Stated(4096, line)),
    )  # fmt: skip


VLLM = Engine(
    "vLLM",
    ("vllm serve",),
    ("vllm.entrypoints.openai.api_server", "vllm.entrypoints.api_server"),
    re.compile(r"(?:^|/)(?:vllm-openai|vllm-(?:tpu|cpu|neuron|rocm|xpu)|rocm/vllm)[\w-]*(?:[:@]|$)"),
    (
        "lora-modules", "max-loras", "max-cpu-loras", "gpu-memory-utilization", "enforce-eager", "max-num-seqs", "enable-prefix-caching",
        "served-model-name", "max-num-batched-tokens", "fully-sharded-loras", "max-model-len",
    ),
    ("model", "model-tag", "model-id"),
    _vllm,
    ("lora-modules",),
    ("enable-lora",),
    ("max-lora-rank",),
    ("max-loras",),
    ("max-cpu-loras",),
    ("quantization", "q"),
    ("max-model-len",),
)  # fmt: skip
SGLANG = Engine(
    "SGLang",
    ("sglang serve",),
    ("sglang.launch_server",),
    re.compile(r"(?:^|/)sglang(?:[:@]|$)"),
    (
        "lora-paths",
        "max-loras-per-batch",
        "max-loaded-loras",
        "mem-fraction-static",
        "lora-backend",
        "lora-target-modules",
    ),
    ("model-path", "model"),
    _sglang,
    ("lora-paths",),
    ("enable-lora",),
    ("max-lora-rank",),
    ("max-loras-per-batch",),
    ("max-loaded-loras",),
    max_length=("context-length",),
)
TGI = Engine(
    "TGI",
    ("text-generation-launcher",),
    (),
    re.compile(r"(?:^|/)text-generation-inference(?:[:@]|$)"),
    ("lora-adapters",),
    ("model-id",),
    _tgi,
    ("lora-adapters",),
    quantization=("quantize",),
    max_length=("max-total-tokens",),
    variables=True,
)
LORAX = Engine(
    "LoRAX",
    ("lorax-launcher",),
    (),
    re.compile(r"(?:^|/)lorax(?:[:@]|$)"),
    (
        "adapter-id", "adapter-source", "max-active-adapters", "adapter-memory-fraction", "preloaded-adapter-ids",
        "default-adapter-source", "adapter-cycle-time-s", "merge-adapter-weights",
    ),
    ("model-id",),
    _lorax,
    ("adapter-id", "preloaded-adapter-ids"),
    max_adapters=("max-active-adapters",),
    quantization=("quantize",),
    max_length=("max-total-tokens",),
    variables=True,
)  # fmt: skip
# in the order in which they are tried: what is known by fewer signs comes after what has more of them
ENGINES = (LORAX, TGI, SGLANG, VLLM)


def servers(start: Start, *, by_variables: bool = False) -> Iterator[Server]:
    """Ask each engine whether it is what is started; else the one whose options these are. Raises Unreadable.

    `by_variables`: the variables alone say it, as in a file that an engine's container is given.
    """
    for engine in ENGINES:
        if (server := engine.started(start)) is not None:
            yield server
            return
    options = Options.of(start.words)
    for engine in ENGINES:
        if by_variables and engine.variables:
            engine.add_variables(options, start)
    if (server := by_options(options, start.line)) is not None:
        yield server


def by_options(options: Options, line: int) -> Server | None:
    """Read a server from options alone, as a config file holds them; None where no engine is known by them. Raises Unreadable.

    vLLM and SGLang share the options of LoRA: the name of the model's option tells them apart.
    """
    for engine in ENGINES:
        if options.has(engine.signs):
            return engine.of_options(options, line)
    for engine in (SGLANG, VLLM):
        if options.has(engine.model[:1]) and options.has((*engine.lora, *engine.max_rank)):
            return engine.of_options(options, line)
    return None
