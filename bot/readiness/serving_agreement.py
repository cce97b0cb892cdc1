"""Does a serving config fit what is trained? Both held side by side: what cannot work is a misfit, what may be is a remark."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Fact, Known, Source
from bot.readiness.proposal import Proposal
from bot.readiness.serving_config import Server, ServingConfig
from bot.readiness.training_agreement import alike
from bot.readiness.training_config import Stated, TrainingConfig
from bot.readiness.wording import count

AT = "serving.config"
ENGINES = {"vllm": "vLLM", "sglang": "SGLang", "tgi": "TGI", "lorax": "LoRAX"}  # by `serving.platform`
VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # all that vLLM takes (vllm/config/lora.py, 2026-11)
_OPTIONS = {  # what to write for a field, by engine
    "vLLM": {"lora": "--enable-lora", "max_rank": "--max-lora-rank", "max_loaded": "--max-cpu-loras", "max_adapters": "--max-loras",
             "max_length": "--max-model-len"},
    "SGLang": {"lora": "--enable-lora", "max_rank": "--max-lora-rank", "max_loaded": "--max-loaded-loras",
               "max_adapters": "--max-loras-per-batch", "max_length": "--context-length"},
    "TGI": {"lora": "LORA_ADAPTERS", "max_length": "--max-total-tokens"},
    "LoRAX": {"max_adapters": "--max-active-adapters", "max_length": "--max-total-tokens"},
    "Fireworks": {"lora": "enableAddons", "max_length": "maxContextLength"},
}  # fmt: skip
_QUANTIZED = (
    "awq",
    "gptq",
    "gguf",
    "bnb",
    "4bit",
    "8bit",
    "fp8",
    "fp4",
    "nf4",
    "int4",
    "int8",
    "w4a16",
    "w8a8",
    "exl2",
    "quantized",
)
_FULL_PRECISION = ("lora", "dora", "full")  # techniques that train beside unquantized weights
_CHARACTERS_PER_TOKEN = 4  # house: as everywhere where tokens are estimated


@dataclass(frozen=True, slots=True)
class Misfit:
    """What cannot work as configured: what was seen, with both values and their lines, and what to do."""

    message: str
    fix: str
    at: str = AT


def compare(
    proposal: Proposal,
    serving: Known[ServingConfig],
    training: Fact[TrainingConfig] | None,
    data: Fact[DataProfile] | None,
) -> Iterator[Misfit | str]:
    """Compare a config with the proposal, the training config and the rows; texts are remarks."""
    server = chosen(proposal, serving.value)
    one = _Compared(proposal, server, serving.source)
    if len(serving.value.servers) > 1:
        yield f"`{serving.source.uri}` starts {len(serving.value.servers)} servers: the one at line {server.line:,} was compared."
    yield from one.platform()
    yield from one.base()
    yield from one.adapters()
    if isinstance(training, Known):
        yield from one.rank(training)
    yield from one.precision(training.value if isinstance(training, Known) else None)
    yield from one.tenants()
    yield from one.length(data.value if isinstance(data, Known) else None)


def chosen(proposal: Proposal, config: ServingConfig) -> Server:
    """Choose of several servers the one that may serve the adapter: by its base model, then by having adapters at all."""
    base = proposal.training.base_model

    def likeness(server: Server) -> tuple[bool, bool]:
        same = bool(base and server.model and alike(base, server.model.value))
        return same, bool(server.adapters) or bool(server.lora and server.lora.value)

    return max(config.servers, key=likeness)


def is_quantized(name: str) -> bool:
    """Say whether a model's name tells that its weights are quantized."""
    plain = name.lower().replace("-bit", "bit").replace("_bit", "bit")
    return any(word in plain for word in _QUANTIZED)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One server, held against one proposal."""

    proposal: Proposal
    server: Server
    source: Source

    def platform(self) -> Iterator[Misfit]:
        """Hold the engine against the platform of the form."""
        platform, engine = self.proposal.serving.platform, self.server.engine
        if platform is None or platform == "other" or ENGINES.get(platform, "") == engine:
            return
        if platform == "hosted" and engine not in ENGINES.values():
            return
        right = next((key for key, name in ENGINES.items() if name == engine), "hosted")
        yield Misfit(
            f"The form says `serving.platform: {platform}`, the config starts {engine} ({self._line(self.server.line)}).",
            f"Write `platform: {right}`, or link the config that is used.",
            "serving.platform",
        )

    def base(self) -> Iterator[Misfit | str]:
        """Hold the loaded model against the base model; merged weights have a name of their own."""
        base, model = self.proposal.training.base_model, self.server.model
        if base is None or model is None or self._is_merged:
            return
        same = alike(base, model.value)
        if same is False:
            yield Misfit(
                f"The adapter is trained on `{base}`, the server loads `{model.value}` ({self._line(model.line)}).",
                "Serve the adapter on the model that it was trained on.",
            )
        elif same is None and self._is_engine:
            yield f"Whether `{model.value}` ({self._line(model.line)}) is `{base}` cannot be seen."

    def adapters(self) -> Iterator[Misfit | str]:
        """Ask whether adapters can be served, where there are some, and are not, where the weights are merged."""
        server, lora = self.server, self.server.lora
        if self._is_merged:
            if server.adapters:
                yield Misfit(
                    f"The form says `serving.artifact: {self.proposal.serving.artifact}`, the server loads the adapter "
                    f"`{server.adapters[0].value}` besides ({self._line(server.adapters[0].line)}).",
                    "Take the adapter out of the config, or write `artifact: adapter`.",
                )
            return
        if lora is None or lora.value or not self._has_adapter or self._is_another_model:
            return
        option = _OPTIONS.get(server.engine, {}).get("lora")
        more = f" `{option}` does it." if option else ""
        if server.adapters:
            where = self._line(server.adapters[0].line)
            yield Misfit(
                f"An adapter is listed ({where}), but {server.engine} starts without LoRA.", f"Enable LoRA.{more}"
            )
        else:
            yield Misfit(
                f"An adapter is to be served, but {server.engine} starts without LoRA ({self._line(lora.line)}).",
                f"Enable LoRA and list the adapter, or write `artifact: merged`.{more}",
            )

    def rank(self, training: Known[TrainingConfig]) -> Iterator[Misfit]:
        """Hold the adapter's rank against the largest that is served."""
        trained, most = training.value.rank, self.server.max_rank
        if trained is None or most is None or trained.value <= most.value or self._is_merged or not self._has_adapter:
            return
        by_default = " by default" if "max_rank" in self.server.by_default else ""
        rank = trained.value
        if self.server.engine == "vLLM":
            rank = next((allowed for allowed in VLLM_RANKS if allowed >= trained.value), 0)
        yield Misfit(
            f"The adapter's rank is {trained.value:,} ({training.source.uri}:{trained.line:,}), {self.server.engine} serves up to "
            f"{most.value:,}{by_default} ({self._line(most.line)}): it will not load.",
            f"Set `{_OPTIONS[self.server.engine]['max_rank']}` to {rank:,}."
            if rank
            else f"Train with a rank of {VLLM_RANKS[-1]:,} at most: {self.server.engine} serves no larger one.",
        )

    def precision(self, training: TrainingConfig | None) -> Iterator[str]:
        """Remark a base that is quantized though the adapter was trained beside full weights, and the other way round."""
        server = self.server
        quantized = server.quantization or (server.model if server.model and is_quantized(server.model.value) else None)
        stated = training.technique.value if training and training.technique else self.proposal.training.technique
        artifact = self.proposal.serving.artifact
        if artifact == "quantized" and quantized is None and self._is_engine:
            yield f"The form says `serving.artifact: quantized`, nothing in the config does ({self._line(server.line)})."
        if quantized is not None and not self._is_merged and stated in _FULL_PRECISION[:2]:
            yield (
                f"The base model is served quantized (`{quantized.value}`, {self._line(quantized.line)}), the adapter is trained "
                f"beside full weights (`{stated}`): let the candidate's eval run on what is served."
            )
        if quantized is not None and artifact == "merged":
            yield (
                f"The merged weights are served quantized (`{quantized.value}`, {self._line(quantized.line)}): that is "
                "`artifact: quantized`, and what the candidate's eval has to measure."
            )

    def tenants(self) -> Iterator[Misfit | str]:
        """Hold the number of adapters that are kept ready against the number of tenants."""
        serving, server = self.proposal.serving, self.server
        if serving.multi_adapter is False and len(server.adapters) > 1:
            yield (
                f"The form says `serving.multi_adapter: false`, the config lists {len(server.adapters)} adapters "
                f"({self._line(server.adapters[0].line)})."
            )
        if not serving.multi_adapter or serving.tenants is None:
            return
        ready, batch = server.max_loaded or server.max_adapters, server.max_adapters
        if ready is not None and ready.value < serving.tenants:
            name = "max_loaded" if server.max_loaded is not None else "max_adapters"
            yield self._too_few(ready, name, serving.tenants)
        elif batch is not None and batch.value < serving.tenants:
            yield (
                f"{count(batch.value, 'adapter')} of {serving.tenants:,} tenants fit in one batch ({self._line(batch.line)}): "
                "the others wait, measure the latency under mixed traffic."
            )

    def _too_few(self, ready: Stated[int], name: str, tenants: int) -> Misfit:
        by_default = " by default" if name in self.server.by_default else ""
        option = _OPTIONS.get(self.server.engine, {}).get(name)
        return Misfit(
            f"The form says {tenants:,} tenants on one base model, {self.server.engine} keeps {count(ready.value, 'adapter')} ready"
            f"{by_default} ({self._line(ready.line)}).",
            f"Set `{option}` to {tenants:,}."
            if option
            else "Let the server keep as many adapters as there are tenants.",
        )

    def length(self, data: DataProfile | None) -> Iterator[Misfit | str]:
        """Hold the longest request against the rows, and against what the form says of a request."""
        most, tuned = self.server.max_length, self.proposal.ops_cost.tuned
        if most is None:
            return
        where, option = self._line(most.line), _OPTIONS.get(self.server.engine, {}).get("max_length")
        fix = (
            f"Set `{option}` to what the longest request with its answer needs." if option else "Serve longer requests."
        )
        stated = sum(int(n) for n in (tuned.input_tokens, tuned.output_tokens) if n is not None) if tuned else 0
        if stated > most.value:
            yield Misfit(
                f"A request has {stated:,} tokens (`ops_cost.tuned`), the server takes {most.value:,} ({where}).", fix
            )
            return
        if data is None or not data.valid:
            return
        mean = data.tokens // data.valid
        longest = data.shapes.made_of.lengths[-1:] if data.shapes and data.shapes.made_of else ()
        if mean > most.value:
            yield Misfit(
                f"A training row has about {mean:,} tokens on average (characters / 4), the server takes {most.value:,} ({where}).",
                fix,
            )
        elif longest and (tokens := longest[0] // _CHARACTERS_PER_TOKEN) > most.value:
            yield (
                f"The longest input of the training rows has about {tokens:,} tokens (characters / 4), the server takes "
                f"{most.value:,} with the answer ({where}): longer requests are refused or cut."
            )

    @property
    def _is_engine(self) -> bool:
        return self.server.engine in ENGINES.values()

    @property
    def _is_merged(self) -> bool:
        return self.proposal.serving.artifact in ("merged", "quantized")

    @property
    def _has_adapter(self) -> bool:
        """Say whether training leaves an adapter beside the base model."""
        return self.proposal.training.technique != "full"

    @property
    def _is_another_model(self) -> bool:
        """Say whether the server loads something of its own: told as such, or, of a host, an adapter that it merges itself."""
        base, model = self.proposal.training.base_model, self.server.model
        same = alike(base, model.value) if base and model else None
        return same is False or (same is None and not self._is_engine)

    def _line(self, line: int) -> str:
        return f"{self.source.uri}:{line:,}"
