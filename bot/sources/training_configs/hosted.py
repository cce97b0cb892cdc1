"""What do the jobs of providers that train for others say? Their requests as JSON, or what the provider answered.

A default is said only where the provider's own reference gives it. Read against the public SDKs and references, November 2026:

- OpenAI: `openai-python`, `types/fine_tuning`. No default method is given; top-level `hyperparameters` are the old form of
  supervised jobs. Azure OpenAI: the same request with `trainingType` (Microsoft's fine-tuning reference).
- Amazon Bedrock: botocore's `CreateModelCustomizationJob` and its answer. No default type is given; no seed is taken.
- Vertex AI: `google-genai` types (`TuningJob` and its specs). The spec is the method; no seed is taken.
- Together: SDK 3.1, `fine_tuning`. Defaults: method sft, LoRA, seed 42 at the server.
- Fireworks: SDK 1.2. SFT jobs are flat, DPO and RFT jobs have `trainingConfig`; its own texts give two defaults for the loss.
- Predibase: SDK 2025.10, `config.py`. Defaults: task sft, adapter lora. OpenPipe: SDK 5.0, `create_model`.
- Databricks: `databricks_genai` 1.1, `foundation_model.create`. Default: CHAT_COMPLETION.
- Mistral: `client-python`, `CreateFineTuningJobRequest`. Cohere: `cohere-python`, `finetuning/types`.
"""

import re

from bot.readiness.training_config import Stated
from bot.sources.training_configs.recipes import any_of
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import Told, Tool, flag, word


def _told(*paths: str, default: str | None = None, because: str = "") -> Told:
    """Find the method under paths; where there is none, it is the documented default, on the line of another path."""

    def method(said: Said) -> Stated[str] | None:
        told = next((found for path in paths if (found := word(said.first(path))) is not None), None)
        if told is not None or default is None:
            return told
        found = said.first(because)
        return Stated(default, found.line) if found else None

    return method


def _openai_method(said: Said) -> Stated[str] | None:
    told = word(said.first("method.type"))
    old = said.first("hyperparameters")
    return told or (Stated("sft", old.line) if old and not said.has("method") else None)


def _together_technique(said: Said) -> Stated[str] | None:
    kind = said.text("training_type.type", "training_type")
    if kind is not None:
        return Stated(kind.value.lower(), kind.line)
    lora, data = flag(said, "lora"), said.first("training_file")
    if lora is not None:
        return Stated("lora" if lora.value else "full", lora.line)
    return Stated("lora", data.line) if data and not said.has("training_type") else None


def _lora_by(*paths: str) -> Told:
    """Say LoRA where a rank or a size of adapters is given, and nothing else."""

    def technique(said: Said) -> Stated[str] | None:
        size = said.first(*paths)
        return Stated("lora", size.line) if size and size.value != 0 else None

    return technique


def _bedrock_method(said: Said) -> Stated[str] | None:
    if (told := word(said.first("customizationType"))) is not None:
        return told
    for key, method in (("distillationConfig", "distillation"), ("rftConfig", "rft")):
        if (found := said.first(f"customizationConfig.{key}")) is not None:
            return Stated(method, found.line)
    return None


_VERTEX = {
    "supervisedTuningSpec": "sft",
    "fullFineTuningSpec": "sft",
    "preferenceOptimizationSpec": "dpo",
    "reinforcementTuningSpec": "rft",
    "distillationSpec": "distillation",
    "partnerModelTuningSpec": None,
}


def _vertex_method(said: Said) -> Stated[str] | None:
    return next(
        (Stated(method, found.line) for spec, method in _VERTEX.items() if method and (found := said.first(spec))), None
    )


def _vertex_technique(said: Said) -> Stated[str] | None:
    if (full := said.first("fullFineTuningSpec")) is not None:
        return Stated("full", full.line)
    mode = said.text(*(f"{spec}.tuningMode" for spec in _VERTEX))
    if mode is not None:
        known = {"TUNING_MODE_FULL": "full", "TUNING_MODE_PEFT_ADAPTER": "lora"}
        return Stated(known[mode.value], mode.line) if mode.value in known else None
    return _lora_by(*_vertex("hyperParameters.adapterSize"))(said)


def _vertex(name: str) -> tuple[str, ...]:
    return tuple(f"{spec}.{name}" for spec in _VERTEX)


def _fireworks_method(said: Said) -> Stated[str] | None:
    told = word(said.first("lossConfig.method"))
    if (grader := said.first("evaluator")) is not None:
        return Stated("rft", grader.line)
    if told is not None:
        return None if told.value == "method_unspecified" else told
    base = said.first("baseModel", "warmStartFrom")
    return Stated("sft", base.line) if base and not said.has("lossConfig") else None


def _openpipe_method(said: Said) -> Stated[str] | None:
    at = "trainingConfig"
    supervised = flag(said, f"{at}.enable_sft", f"{at}.hyperparameters.is_sft_enabled")
    preferred = flag(said, f"{at}.enable_preference_tuning", f"{at}.hyperparameters.is_preference_tuning_enabled")
    if supervised and supervised.value and not (preferred and preferred.value):
        return Stated("sft", supervised.line)
    if preferred and preferred.value and supervised and not supervised.value:
        variant = said.text(
            f"{at}.preference_hyperparameters.variant", f"{at}.hyperparameters.preference_tuning_variant"
        )
        return Stated("dpo", preferred.line) if variant is None or variant.value == "DPO" else word(variant)
    return None  # both one after the other, or left to a default that is not documented


def _predibase_technique(said: Said) -> Stated[str] | None:
    adapter = said.text("config.adapter")
    if adapter is not None:
        return Stated("lora", adapter.line) if adapter.value in ("lora", "turbo_lora") else adapter
    base = said.first("config.base_model")
    return Stated("lora", base.line) if base else None


def _mistral_method(said: Said) -> Stated[str] | None:
    targets = said.first("classifier_targets")
    return word(said.first("job_type")) or (Stated("classifier", targets.line) if targets else None)


def _cohere_method(said: Said) -> Stated[str] | None:
    kind = said.text("settings.base_model.base_type")
    if kind is None or kind.value.upper() == "BASE_TYPE_UNSPECIFIED":
        return None
    name = kind.value.upper().removeprefix("BASE_TYPE_")
    return Stated("sft" if name in ("CHAT", "GENERATIVE") else name.lower(), kind.line)


def _is_azure(said: Said) -> bool:
    return said.has("model", "training_file") and any_of(said, "trainingType", "azure_endpoint")


_TOGETHER_SIGNS = (
    "training_type", "training_method", "lora", "lora_r", "n_checkpoints", "n_evals", "train_on_inputs", "n_epochs", "random_seed",
    "from_hf_model", "hf_model_revision",
)  # fmt: skip


def _is_together(said: Said) -> bool:
    return said.has("training_file") and (
        said.has("from_checkpoint")
        or (said.has("model") and any_of(said, *_TOGETHER_SIGNS))
        or re.fullmatch(r"[\w.-]+/[\w.-]+", str(said.data.get("model"))) is not None
    )


def _under_method(name: str) -> tuple[str, ...]:
    kinds = ("supervised", "dpo", "reinforcement")
    return (*(f"method.{kind}.hyperparameters.{name}" for kind in kinds), f"hyperparameters.{name}")


AZURE, OPENAI = (
    Tool(
        name,
        fits,
        ("model",),
        ("training_file",),
        ("validation_file",),
        (),
        _openai_method,
        seed=("seed",),
        epochs=_under_method("n_epochs"),
    )
    for name, fits in (("Azure OpenAI", _is_azure), ("OpenAI", lambda said: said.has("model", "training_file")))
)
TOGETHER = Tool(
    "Together",
    _is_together,
    ("from_hf_model", "model"),
    ("training_file",),
    ("validation_file",),
    ("hf_model_revision",),
    _told("training_method.method", "training_method", default="sft", because="training_file"),
    _together_technique,
    ("training_type.lora_r", "lora_r"),
    ("training_type.lora_alpha", "lora_alpha"),
    ("training_type.lora_trainable_modules", "lora_trainable_modules"),
    ("random_seed",),
    ("n_epochs",),
    ("learning_rate",),
    ("packing",),
)
BEDROCK = Tool(
    "Amazon Bedrock",
    lambda said: said.has("baseModelIdentifier") or said.has("baseModelArn", "trainingDataConfig"),
    ("baseModelIdentifier", "baseModelArn"),
    ("trainingDataConfig.s3Uri", "trainingDataConfig.invocationLogsConfig.invocationLogSource.s3Uri"),
    ("validationDataConfig.validators.s3Uri",),
    (),
    _bedrock_method,
    epochs=("hyperParameters.epochCount", "customizationConfig.rftConfig.hyperParameters.epochCount"),
    learning_rate=("hyperParameters.learningRate", "customizationConfig.rftConfig.hyperParameters.learningRate"),
)
VERTEX = Tool(
    "Vertex AI",
    lambda said: any_of(said, *_VERTEX),
    ("baseModel", "distillationSpec.studentModel", "customBaseModel", "preTunedModel.tunedModelName"),
    (*_vertex("trainingDatasetUri"), "distillationSpec.promptDatasetUri"),
    _vertex("validationDatasetUri"),
    (),
    _vertex_method,
    _vertex_technique,
    epochs=_vertex("hyperParameters.epochCount"),
    learning_rate=_vertex("hyperParameters.learningRate"),
)
FIREWORKS = Tool(
    "Fireworks",
    lambda said: (
        said.has("dataset")
        and any_of(said, "baseModel", "warmStartFrom", "trainingConfig.baseModel", "trainingConfig.warmStartFrom")
        and not said.has("datasetId")
    ),
    ("baseModel", "trainingConfig.baseModel"),
    ("dataset",),
    ("evaluationDataset",),
    (),
    _fireworks_method,
    _lora_by("loraRank", "trainingConfig.loraRank"),
    ("loraRank", "trainingConfig.loraRank"),
    epochs=("epochs", "trainingConfig.epochs"),
    learning_rate=("learningRate", "trainingConfig.learningRate"),
    chat_template=("jinjaTemplate", "trainingConfig.jinjaTemplate"),
)
OPENPIPE = Tool(
    "OpenPipe",
    lambda said: said.has("datasetId") and any_of(said, "trainingConfig.baseModel", "baseModel"),
    ("trainingConfig.baseModel", "baseModel"),
    ("datasetId",),
    (),
    (),
    _openpipe_method,
    epochs=(
        "trainingConfig.sft_hyperparameters.num_epochs",
        "trainingConfig.sft_hyperparameters.n_epochs",
        "trainingConfig.hyperparameters.num_epochs",
        "trainingConfig.hyperparameters.n_epochs",
    ),
)
PREDIBASE = Tool(
    "Predibase",
    lambda said: said.has("config.base_model", "dataset"),
    ("config.base_model",),
    ("dataset",),
    (),
    (),
    _told("config.task", default="sft", because="dataset"),
    _predibase_technique,
    ("config.rank",),
    ("config.lora_alpha",),
    ("config.target_modules",),
    epochs=("config.epochs",),
    learning_rate=("config.learning_rate",),
)
MOSAIC = Tool(
    "Databricks Mosaic AI",
    lambda said: said.has("model", "train_data_path"),
    ("model",),
    ("train_data_path",),
    ("eval_data_path",),
    (),
    _told("task_type", default="sft", because="train_data_path"),
    learning_rate=("learning_rate",),
)
MISTRAL = Tool(
    "Mistral",
    lambda said: said.has("model", "training_files"),
    ("model",),
    ("training_files.file_id", "training_files"),
    ("validation_files.file_id", "validation_files"),
    (),
    _mistral_method,
    epochs=("hyperparameters.epochs",),
    learning_rate=("hyperparameters.learning_rate",),
)
COHERE = Tool(
    "Cohere",
    lambda said: said.has("settings.base_model", "settings.dataset_id"),
    ("settings.base_model.name",),
    ("settings.dataset_id",),
    (),
    (),
    _cohere_method,
    _lora_by("settings.hyperparameters.lora_rank"),
    ("settings.hyperparameters.lora_rank",),
    ("settings.hyperparameters.lora_alpha",),
    epochs=("settings.hyperparameters.train_epochs",),
    learning_rate=("settings.hyperparameters.learning_rate",),
)
