"""What do the jobs of providers that train for others say? Their requests as JSON, or what the provider answered."""

import re

from bot.readiness.training_config import Stated
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import Tool, flag, word


def _any(said: Said, *paths: str) -> bool:
    return any(said.has(path) for path in paths)


def _method(*paths: str, unless: str | None = None, because: str = "") -> "_Told":
    return _Told(paths, unless, because)


class _Told:
    """Finds the method under paths; where there is none, it is the provider's default, on the line of another path."""

    def __init__(self, paths: tuple[str, ...], default: str | None, because: str) -> None:
        self._paths, self._default, self._because = paths, default, because

    def __call__(self, said: Said) -> Stated[str] | None:
        told = word(said.first(*self._paths))
        if told is not None or self._default is None:
            return told
        found = said.first(self._because)
        return Stated(self._default, found.line) if found else None


def _together_technique(said: Said) -> Stated[str] | None:
    kind = said.text("training_type.type")
    if kind is not None:
        return Stated(kind.value.lower(), kind.line)
    lora = flag(said, "lora")
    return Stated("lora" if lora.value else "full", lora.line) if lora else None


def _lora_by(*paths: str) -> "_ByRank":
    return _ByRank(paths)


class _ByRank:
    """Says LoRA where a rank is given, and nothing else."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths

    def __call__(self, said: Said) -> Stated[str] | None:
        rank = said.first(*self._paths)
        return Stated("lora", rank.line) if rank else None


def _vertex_method(said: Said) -> Stated[str] | None:
    for spec, method in (("supervised", "sft"), ("preferenceOptimization", "dpo"), ("distillation", "distillation")):
        found = said.first(f"{spec}TuningSpec", f"{spec}Spec")
        if found is not None:
            return Stated(method, found.line)
    return None


def _fireworks_method(said: Said) -> Stated[str] | None:
    told = word(said.first("lossConfig.method"))
    if told is not None:
        return told
    grader = said.first("evaluator")
    data = said.first("dataset")
    return Stated("rft", grader.line) if grader else Stated("sft", data.line) if data else None


def _is_azure(said: Said) -> bool:
    return said.has("model", "training_file") and _any(said, "trainingType", "azure_endpoint")


def _is_together(said: Said) -> bool:
    signs = ("training_type", "training_method", "lora", "lora_r", "n_checkpoints", "train_on_inputs", "n_epochs")
    return said.has("model", "training_file") and (
        _any(said, *signs) or re.fullmatch(r"[\w.-]+/[\w.-]+", str(said.data["model"])) is not None
    )


def _under_method(name: str) -> tuple[str, ...]:
    kinds = ("supervised", "dpo", "reinforcement")
    return (*(f"method.{kind}.hyperparameters.{name}" for kind in kinds), f"hyperparameters.{name}")


_OPENAI_METHOD = _method("method.type", unless="sft", because="training_file")
AZURE, OPENAI = (
    Tool(
        name,
        fits,
        ("model",),
        ("training_file",),
        ("validation_file",),
        (),
        _OPENAI_METHOD,
        seed=("seed",),
        epochs=_under_method("n_epochs"),
    )
    for name, fits in (("Azure OpenAI", _is_azure), ("OpenAI", lambda said: said.has("model", "training_file")))
)
TOGETHER = Tool(
    "Together",
    _is_together,
    ("model",),
    ("training_file",),
    ("validation_file",),
    (),
    _method("training_method.method", unless="sft", because="training_file"),
    _together_technique,
    ("training_type.lora_r", "lora_r"),
    ("training_type.lora_alpha", "lora_alpha"),
    ("training_type.lora_trainable_modules", "lora_trainable_modules"),
    ("random_seed", "seed"),
    ("n_epochs",),
    ("learning_rate",),
    ("packing",),
)
BEDROCK = Tool(
    "Amazon Bedrock",
    lambda said: said.has("baseModelIdentifier"),
    ("baseModelIdentifier",),
    ("trainingDataConfig.s3Uri",),
    ("validationDataConfig.validators.s3Uri",),
    (),
    _method("customizationType", unless="sft", because="baseModelIdentifier"),
    epochs=("hyperParameters.epochCount",),
    learning_rate=("hyperParameters.learningRate",),
    seed=("hyperParameters.seed",),
)
VERTEX = Tool(
    "Vertex AI",
    lambda said: (
        said.has("baseModel") and _any(said, "supervisedTuningSpec", "preferenceOptimizationSpec", "distillationSpec")
    ),
    ("baseModel",),
    (
        "supervisedTuningSpec.trainingDatasetUri",
        "preferenceOptimizationSpec.trainingDatasetUri",
        "distillationSpec.trainingDatasetUri",
    ),
    ("supervisedTuningSpec.validationDatasetUri", "preferenceOptimizationSpec.validationDatasetUri"),
    (),
    _vertex_method,
    _lora_by(
        "supervisedTuningSpec.hyperParameters.adapterSize", "preferenceOptimizationSpec.hyperParameters.adapterSize"
    ),
    epochs=("supervisedTuningSpec.hyperParameters.epochCount", "preferenceOptimizationSpec.hyperParameters.epochCount"),
)
FIREWORKS = Tool(
    "Fireworks",
    lambda said: (
        said.has("baseModel", "dataset")
        or (said.has("dataset", "trainingConfig.baseModel") and not said.has("datasetId"))
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
)
OPENPIPE = Tool(
    "OpenPipe",
    lambda said: said.has("datasetId", "trainingConfig.baseModel"),
    ("trainingConfig.baseModel",),
    ("datasetId",),
    (),
    (),
    _method("trainingConfig.method", unless="sft", because="datasetId"),
    epochs=("trainingConfig.hyperparameters.num_epochs", "trainingConfig.hyperparameters.n_epochs"),
)
PREDIBASE = Tool(
    "Predibase",
    lambda said: said.has("config.base_model", "dataset"),
    ("config.base_model",),
    ("dataset",),
    (),
    (),
    _method("config.task", unless="sft", because="dataset"),
    _lora_by("config.rank"),
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
    _method("task_type", unless="sft", because="train_data_path"),
    learning_rate=("learning_rate",),
)
MISTRAL = Tool(
    "Mistral",
    lambda said: said.has("model", "training_files"),
    ("model",),
    ("training_files.file_id", "training_files"),
    ("validation_files.file_id", "validation_files"),
    (),
    _method("job_type", unless="sft", because="training_files"),
    epochs=("hyperparameters.epochs",),
    learning_rate=("hyperparameters.learning_rate",),
)
COHERE = Tool(
    "Cohere",
    lambda said: said.has("settings.base_model", "settings.dataset_id"),
    ("settings.base_model.name", "settings.base_model.base_type"),
    ("settings.dataset_id",),
    (),
    (),
    _method(unless="sft", because="settings.dataset_id"),
    epochs=("settings.hyperparameters.train_epochs",),
    learning_rate=("settings.hyperparameters.learning_rate",),
)
