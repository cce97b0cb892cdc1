"""Which method and which technique does the config of a trainer for one's own machines mean? None where it may be several."""

import re

from bot.readiness.training_config import Stated
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import flag, word

_QUANTIZED = re.compile(
    r"(?i)(?:^|[-_/.])(?:bnb|awq|gptq|gguf|aqlm|hqq|fp8|nf4|int4|int8|[48]-?bit)(?![a-z0-9])"
)  # a base model that is quantized already: LoRA on it is what many call QLoRA


def any_of(said: Said, *paths: str) -> bool:
    """Say whether there is a value under one of the paths."""
    return any(said.has(path) for path in paths)


def _on(said: Said, *paths: str) -> Stated[str] | None:
    """Give the line of a switch that is on."""
    return next(
        (Stated("on", found.line) for path in paths if (found := flag(said, path)) is not None and found.value), None
    )


def _adapted(
    said: Said, by: Stated[str], *, dora: tuple[str, ...], four_bits: tuple[str, ...], eight_bits: tuple[str, ...] = ()
) -> Stated[str] | None:
    """Tell LoRA, QLoRA and DoRA apart; None where the base model is quantized in another way."""
    if (dora_on := _on(said, *dora)) is not None:
        return Stated("dora", dora_on.line)
    if (quantized := _on(said, *four_bits)) is not None:
        return Stated("qlora", quantized.line)
    base = said.text("base_model", "model_name_or_path", "model_name", "model.model_name", "model.name", "model")
    if _on(said, *eight_bits) is not None or (base is not None and _QUANTIZED.search(base.value)):
        return None
    return by


def axolotl_method(said: Said) -> Stated[str] | None:
    """Tell the method of an Axolotl config."""
    if (told := word(said.first("rl"))) is not None:
        return told
    if (reward := _on(said, "reward_model", "process_reward_model")) is not None:
        return Stated("reward_model", reward.line)
    if (pretraining := said.first("pretraining_dataset.path", "pretraining_dataset")) is not None:
        return Stated("continued_pretraining", pretraining.line)
    kinds = [each for each in said.every("datasets.type") if isinstance(each.value, str)]
    if any(each.value == "completion" for each in kinds):
        return None  # raw text: continued pretraining, or conversations that were written out before
    data = said.first("datasets.path")
    return Stated("sft", data.line) if data else None


def axolotl_technique(said: Said) -> Stated[str] | None:
    """Tell the technique of an Axolotl config."""
    adapter = said.text("adapter")
    if adapter is None:
        base = said.first("base_model")
        return Stated("full", base.line) if base and not any_of(said, "lora_model_dir", "lora_r", "relora") else None
    if adapter.value == "lora":
        return _adapted(
            said, adapter, dora=("peft_use_dora",), four_bits=("load_in_4bit",), eight_bits=("load_in_8bit", "gptq")
        )
    return _adapted(said, adapter, dora=("peft_use_dora",), four_bits=()) or adapter


def factory_method(said: Said) -> Stated[str] | None:
    """Tell the method of a LLaMA-Factory config."""
    stage, loss = word(said.first("stage")), said.text("pref_loss")
    if stage is None:
        base = said.first("model_name_or_path")
        return Stated("sft", base.line) if base else None
    if stage.value == "dpo" and loss is not None and loss.value == "kto_pair":
        return None
    if stage.value == "dpo" and loss is not None and loss.value in ("orpo", "simpo"):
        return loss
    return stage


def factory_technique(said: Said) -> Stated[str] | None:
    """Tell the technique of a LLaMA-Factory config."""
    base = said.first("model_name_or_path")
    kind = said.text("finetuning_type") or (Stated("lora", base.line) if base else None)
    if kind is None or kind.value != "lora":
        return kind
    bits = said.first("quantization_bit")
    if bits is not None and _on(said, "use_dora") is None:
        return Stated("qlora", bits.line)
    return _adapted(said, kind, dora=("use_dora",), four_bits=())


_TRL_SIGNS = (  # keys that only the trainers of one method take; the first that is there decides
    ("distillation", ("teacher_model_name_or_path",)),
    ("rft", ("reward_funcs", "num_generations")),
    ("kto", ("desirable_weight", "undesirable_weight")),
    ("dpo", ("f_divergence_type", "discopop_tau", "ld_alpha", "rpo_alpha", "loss_weights", "reference_free")),
    ("sft", ("assistant_only_loss", "completion_only_loss", "packing", "eval_packing", "dataset_text_field")),
)


def trl_method(said: Said) -> Stated[str] | None:
    """Tell the method by keys that only its trainers take."""
    if (told := word(said.first("method", "trainer"))) is not None:
        return Stated(told.value.removesuffix("trainer").strip("_"), told.line)
    return next(
        (Stated(method, sign.line) for method, keys in _TRL_SIGNS if (sign := said.first(*keys)) is not None), None
    )


def trl_technique(said: Said) -> Stated[str] | None:
    """Tell the technique of a TRL config."""
    peft = flag(said, "use_peft")
    if peft is not None and peft.value:
        return _adapted(
            said,
            Stated("lora", peft.line),
            dora=("use_dora",),
            four_bits=("load_in_4bit",),
            eight_bits=("load_in_8bit",),
        )
    if peft is None and any(key.startswith(("lora", "peft", "load_in")) for key in said.data):
        return None  # without use_peft they count for nothing, but the command line may say it
    base = peft or said.first("model_name_or_path")
    return Stated("full", base.line) if base else None


_TORCHTUNE_LOSSES = (
    ("kd", "distillation"),
    ("kl", "distillation"),
    ("simpo", "simpo"),
    ("dpo", "dpo"),
    ("rso", "dpo"),
    ("grpo", "rft"),
    ("ppo", "rlhf"),
    ("crossentropy", "sft"),
    ("cewithchunked", "sft"),
)


def torchtune_method(said: Said) -> Stated[str] | None:
    """Tell the method by the loss of the recipe."""
    if (teacher := said.first("teacher_model._component_", "kd_loss._component_")) is not None:
        return Stated("distillation", teacher.line)
    loss = said.text("loss._component_", "training.loss._component_", "loss")
    if loss is None:
        return None
    name = loss.value.rsplit(".", 1)[-1].lower()
    method = next((method for part, method in _TORCHTUNE_LOSSES if part in name), None)
    data = [str(each.value).rsplit(".", 1)[-1] for each in said.every("dataset._component_")]
    raw = ("text_completion_dataset", "wikitext_dataset", "cnn_dailymail_articles_dataset")
    if method == "sft" and any(kind in raw for kind in data):
        return None  # raw text: continued pretraining, or conversations that were written out before
    return Stated(method, loss.line) if method else None


def torchtune_technique(said: Said) -> Stated[str] | None:
    """Tell the technique by the builder of the model."""
    model = said.text("model._component_", "policy_model._component_")
    if model is None or not model.value.startswith("torchtune."):
        return None  # a builder of one's own may do anything
    name = model.value.rsplit(".", 1)[-1]
    if name.startswith("qlora"):
        return Stated("qlora", model.line)
    if not name.startswith(("lora", "dora")):
        return Stated("full", model.line)
    return _adapted(said, Stated("lora", model.line), dora=("model.use_dora",), four_bits=("model.quantize_base",))


_UNSLOTH_BITS = ("load_in_4bit", "model.load_in_4bit", "training.load_in_4bit")
_UNSLOTH_EIGHT = ("load_in_8bit", "model.load_in_8bit", "training.load_in_8bit")
UNSLOTH_RANK = ("r", "lora_r", "lora_rank", "lora.r", "lora.lora_r", "lora.rank")


def unsloth_technique(said: Said) -> Stated[str] | None:
    """Tell the technique of an Unsloth config."""
    if (full := _on(said, "full_finetuning", "model.full_finetuning")) is not None:
        return Stated("full", full.line)
    kind = said.text("training.training_type")
    if kind is not None and kind.value == "full":
        return kind
    by = kind if kind is not None and kind.value == "lora" else said.first(*UNSLOTH_RANK)
    if by is None:
        return None
    dora = ("use_dora", "lora.use_dora")
    if _on(said, *dora) is None and not any_of(said, *_UNSLOTH_BITS, *_UNSLOTH_EIGHT):
        return None  # four bits are the default of the library, but not of its command line
    return _adapted(said, Stated("lora", by.line), dora=dora, four_bits=_UNSLOTH_BITS, eight_bits=_UNSLOTH_EIGHT)


def unsloth_method(said: Said) -> Stated[str] | None:
    """Tell the method, where a script of one's own names it."""
    return word(said.first("method", "training.method"))
