"""What do the configs of trainers for one's own machines say? Axolotl, LLaMA-Factory, TRL, torchtune and Unsloth."""

from bot.readiness.training_config import Stated
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import Tool, flag, word


def _any(said: Said, *paths: str) -> bool:
    return any(said.has(path) for path in paths)


def _on(said: Said, *paths: str) -> Stated[str] | None:
    """Give the line of a switch that is on."""
    return next(
        (Stated("on", found.line) for path in paths if (found := flag(said, path)) is not None and found.value), None
    )


def _adapted(said: Said, by: Stated[str], *, dora: str, four_bits: tuple[str, ...]) -> Stated[str]:
    """Tell LoRA, QLoRA and DoRA apart."""
    if (dora_on := _on(said, dora)) is not None:
        return Stated("dora", dora_on.line)
    if (quantized := _on(said, *four_bits)) is not None:
        return Stated("qlora", quantized.line)
    return by


def _axolotl_method(said: Said) -> Stated[str] | None:
    if (told := word(said.first("rl"))) is not None:
        return told
    if (pretraining := said.first("pretraining_dataset.path", "pretraining_dataset")) is not None:
        return Stated("continued_pretraining", pretraining.line)
    kinds = [each for each in said.every("datasets.type") if isinstance(each.value, str)]
    if kinds and all(each.value == "completion" for each in kinds):
        return Stated("continued_pretraining", kinds[0].line)
    data = said.first("datasets.path")
    return Stated("sft", data.line) if data else None


def _axolotl_technique(said: Said) -> Stated[str] | None:
    adapter = said.text("adapter")
    if adapter is None:
        base = said.first("base_model")
        return Stated("full", base.line) if base else None
    if adapter.value == "lora":
        return _adapted(said, adapter, dora="peft_use_dora", four_bits=("load_in_4bit",))
    return _adapted(said, adapter, dora="peft_use_dora", four_bits=())


def _factory_method(said: Said) -> Stated[str] | None:
    stage, loss = word(said.first("stage")), said.text("pref_loss")
    if stage is not None and stage.value == "dpo" and loss is not None and loss.value in ("orpo", "simpo"):
        return loss
    return stage


def _factory_technique(said: Said) -> Stated[str] | None:
    kind = said.text("finetuning_type")
    if kind is None or kind.value != "lora":
        return kind
    bits = said.first("quantization_bit")
    adapted = _adapted(said, kind, dora="use_dora", four_bits=())
    return Stated("qlora", bits.line) if adapted is kind and bits is not None else adapted


_TRL_SIGNS = (  # keys that only one of the trainers takes
    ("rft", ("num_generations", "reward_funcs", "reward_model_name_or_path")),
    ("kto", ("desirable_weight", "undesirable_weight")),
    ("dpo", ("loss_type", "reference_free", "precompute_ref_log_probs", "ref_model_name_or_path")),
    ("sft", ("packing", "assistant_only_loss", "completion_only_loss", "dataset_text_field", "max_seq_length")),
)


def _trl_method(said: Said) -> Stated[str] | None:
    if (told := word(said.first("method", "trainer"))) is not None:
        return Stated(told.value.removesuffix("trainer").strip("_"), told.line)
    for method, keys in _TRL_SIGNS:
        if (sign := said.first(*keys)) is not None:
            return Stated(method, sign.line)
    return None


def _trl_technique(said: Said) -> Stated[str] | None:
    peft = _on(said, "use_peft")
    if peft is not None:
        return _adapted(said, Stated("lora", peft.line), dora="use_dora", four_bits=("load_in_4bit",))
    base = said.first("use_peft", "model_name_or_path")
    return Stated("full", base.line) if base else None  # the rank counts for nothing without use_peft


def _torchtune_method(said: Said) -> Stated[str] | None:
    if (teacher := said.first("teacher_model._component_", "kd_loss._component_")) is not None:
        return Stated("distillation", teacher.line)
    for part, method in (("dpo", "dpo"), ("grpo", "rft"), ("ppo", "rlhf")):
        loss = said.text("loss._component_")
        if loss is not None and part in loss.value.lower():
            return Stated(method, loss.line)
    data = said.text("dataset._component_")
    if data is None:
        return None
    kind = data.value.rsplit(".", 1)[-1]
    methods = {"text_completion_dataset": "continued_pretraining", "preference_dataset": "dpo"}
    return Stated(methods.get(kind, "sft"), data.line)


def _torchtune_technique(said: Said) -> Stated[str] | None:
    model = said.text("model._component_")
    if model is None:
        return None
    name = model.value.rsplit(".", 1)[-1]
    if name.startswith("qlora"):
        return Stated("qlora", model.line)
    if not name.startswith(("lora", "dora")):
        return Stated("full", model.line)
    return _adapted(said, Stated("lora", model.line), dora="model.use_dora", four_bits=("model.quantize_base",))


def _unsloth_technique(said: Said) -> Stated[str] | None:
    if (full := _on(said, "full_finetuning", "model.full_finetuning")) is not None:
        return Stated("full", full.line)
    rank = said.first("r", "lora_r", "lora_rank", "lora.r", "lora.lora_r", "lora.rank")
    four_bits = ("load_in_4bit", "model.load_in_4bit")
    return _adapted(said, Stated("lora", rank.line), dora="use_dora", four_bits=four_bits) if rank else None


def _unsloth_method(said: Said) -> Stated[str] | None:
    return word(said.first("method", "training_type", "training.method"))


AXOLOTL = Tool(
    "Axolotl",
    lambda said: (
        said.has("base_model")
        and _any(said, "datasets.path", "pretraining_dataset", "micro_batch_size", "sequence_len", "rl")
    ),
    ("base_model",),
    ("datasets.data_files", "datasets.path", "pretraining_dataset.path", "pretraining_dataset"),
    ("test_datasets.data_files", "test_datasets.path"),
    (
        "revision_of_model",
        "model_revision",
    ),
    _axolotl_method,
    _axolotl_technique,
    ("lora_r",),
    ("lora_alpha",),
    ("lora_target_modules",),
    ("seed",),
    ("num_epochs",),
    ("learning_rate",),
    ("sample_packing",),
    ("chat_template",),
)
LLAMA_FACTORY = Tool(
    "LLaMA-Factory",
    lambda said: said.has("model_name_or_path") and _any(said, "finetuning_type", "stage"),
    ("model_name_or_path",),
    ("dataset",),
    ("eval_dataset",),
    ("model_revision",),
    _factory_method,
    _factory_technique,
    ("lora_rank",),
    ("lora_alpha",),
    ("lora_target",),
    ("seed",),
    ("num_train_epochs",),
    ("learning_rate",),
    ("packing",),
    ("template",),
    names_by_comma=True,
)
TRL = Tool(
    "TRL",
    lambda said: (
        said.has("model_name_or_path")
        and _any(said, "dataset_name", "datasets.path", "use_peft", "lora_r", "dataset_train_split", "num_train_epochs")
    ),
    ("model_name_or_path",),
    ("datasets.data_files", "datasets.path", "dataset_name", "train_file"),
    ("eval_file", "validation_file", "eval_dataset_name"),
    ("model_revision",),
    _trl_method,
    _trl_technique,
    ("lora_r",),
    ("lora_alpha",),
    ("lora_target_modules",),
    ("seed",),
    ("num_train_epochs",),
    ("learning_rate",),
    ("packing",),
    ("chat_template_path", "chat_template"),
)
TORCHTUNE = Tool(
    "torchtune",
    lambda said: said.has("model._component_") and _any(said, "checkpointer._component_", "dataset._component_"),
    ("checkpointer.checkpoint_dir", "base_model_path", "model._component_"),
    ("dataset.data_files", "dataset.source"),
    ("dataset_val.data_files", "dataset_val.source"),
    (),
    _torchtune_method,
    _torchtune_technique,
    ("model.lora_rank",),
    ("model.lora_alpha",),
    ("model.lora_attn_modules",),
    ("seed",),
    ("epochs",),
    ("optimizer.lr",),
    ("dataset.packed",),
    ("tokenizer.prompt_template",),
)
UNSLOTH = Tool(
    "Unsloth",
    lambda said: (
        said.has("unsloth")
        or any(
            each.value == "unsloth"
            for path in (
                "use_gradient_checkpointing",
                "lora.use_gradient_checkpointing",
                "training.gradient_checkpointing",
            )
            for each in said.every(path)
        )
        or (_any(said, "model_name", "model.model_name") and _any(said, "r", "lora_r", "lora.r", "full_finetuning"))
    ),
    ("model_name", "model.model_name", "model.name", "model"),
    ("dataset.data_files", "dataset.path", "dataset_path", "dataset", "data.local_dataset", "data.dataset"),
    ("eval_dataset", "dataset.eval_path", "data.eval_dataset"),
    ("revision", "model.revision"),
    _unsloth_method,
    _unsloth_technique,
    ("r", "lora_r", "lora_rank", "lora.r", "lora.lora_r", "lora.rank"),
    ("lora_alpha", "lora.lora_alpha", "lora.alpha"),
    ("target_modules", "lora.target_modules"),
    ("seed", "training.seed", "random_state", "training.random_seed", "lora.random_state"),
    ("num_train_epochs", "training.num_train_epochs", "training.num_epochs"),
    ("learning_rate", "training.learning_rate"),
    ("packing", "training.packing"),
    ("chat_template", "model.chat_template"),
)
