"""What do the configs of trainers for one's own machines say? Axolotl, LLaMA-Factory, TRL, torchtune and Unsloth.

What a tool does by default is said only where its own source says so, and on the line from which it follows; what a command
line may still decide is left open. Read against the tools' public sources, in November 2026:

- Axolotl: `src/axolotl/utils/schemas` (config, peft, datasets). No adapter: all weights are trained.
- LLaMA-Factory: `src/llamafactory/hparams`. Defaults: stage `sft`, finetuning_type `lora`; on-the-fly quantization is QLoRA.
- TRL: `trl/scripts/utils.py`, `trl/trainer/*_config.py`, `trl/experimental`. The YAML does not say which script runs it.
- torchtune: `recipes/configs`, `torchtune/datasets`. The recipe is named on the command line; its loss tells the method.
- Unsloth: `unsloth_cli/config.py` (the studio's and the CLI's YAML), `unsloth-cli.py` (flat keys).
"""

from bot.sources.training_configs import recipes
from bot.sources.training_configs.recipes import any_of
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import Tool


def _is_unsloth(said: Said) -> bool:
    switches = (
        "use_gradient_checkpointing",
        "lora.use_gradient_checkpointing",
        "training.gradient_checkpointing",
    )
    return (
        said.has("unsloth")
        or any(each.value == "unsloth" for path in switches for each in said.every(path))
        or (any_of(said, "model_name", "model.model_name") and any_of(said, "r", "lora_r", "lora.r", "full_finetuning"))
        or (said.has("model") and any_of(said, "training.training_type"))
    )


AXOLOTL = Tool(
    "Axolotl",
    lambda said: (
        said.has("base_model")
        and any_of(said, "datasets.path", "pretraining_dataset", "micro_batch_size", "sequence_len", "rl")
    ),
    ("base_model",),
    ("pretraining_dataset",),
    (),
    ("revision_of_model",),
    recipes.axolotl_method,
    recipes.axolotl_technique,
    ("lora_r",),
    ("lora_alpha",),
    ("lora_target_modules",),
    ("seed",),
    ("num_epochs",),
    ("learning_rate",),
    ("sample_packing",),
    ("chat_template",),
    entries=("datasets", "pretraining_dataset"),
    eval_entries=("test_datasets",),
)
LLAMA_FACTORY = Tool(
    "LLaMA-Factory",
    lambda said: (
        said.has("model_name_or_path")
        and (
            any_of(said, "finetuning_type", "stage")
            or (any_of(said, "template") and any_of(said, "cutoff_len", "dataset"))
        )
    ),
    ("model_name_or_path",),
    ("dataset",),
    ("eval_dataset",),
    ("model_revision",),
    recipes.factory_method,
    recipes.factory_technique,
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
        and any_of(
            said, "dataset_name", "datasets.path", "use_peft", "lora_r", "dataset_train_split", "num_train_epochs"
        )
    ),
    ("model_name_or_path",),
    ("dataset_name", "train_file"),
    ("eval_file", "validation_file", "eval_dataset_name"),
    ("model_revision",),
    recipes.trl_method,
    recipes.trl_technique,
    ("lora_r",),
    ("lora_alpha",),
    ("lora_target_modules",),
    ("seed",),
    ("num_train_epochs",),
    ("learning_rate",),
    ("packing",),
    ("chat_template_path", "chat_template"),
    entries=("datasets",),
)
TORCHTUNE = Tool(
    "torchtune",
    lambda said: (
        any_of(said, "model._component_", "policy_model._component_")
        and any_of(
            said, "dataset._component_", "optimizer._component_"
        )  # without both it is a config of eval or generation
    ),
    ("checkpointer.checkpoint_dir", "base_model_path", "model._component_"),
    (),
    (),
    (),
    recipes.torchtune_method,
    recipes.torchtune_technique,
    ("model.lora_rank",),
    ("model.lora_alpha",),
    ("model.lora_attn_modules",),
    ("seed",),
    ("epochs",),
    ("optimizer.lr",),
    ("dataset.packed",),
    ("tokenizer.prompt_template",),
    entries=("dataset",),
    eval_entries=("dataset_val",),
)
UNSLOTH = Tool(
    "Unsloth",
    _is_unsloth,
    ("model_name", "model.model_name", "model.name", "model"),
    ("dataset", "dataset_path", "data.local_dataset", "data.dataset"),
    ("eval_dataset", "dataset.eval_path", "data.eval_dataset"),
    ("revision", "model.revision"),
    recipes.unsloth_method,
    recipes.unsloth_technique,
    recipes.UNSLOTH_RANK,
    ("lora_alpha", "lora.lora_alpha", "lora.alpha"),
    ("target_modules", "lora.target_modules"),
    ("seed", "training.seed", "random_state", "training.random_seed", "lora.random_state"),
    ("num_train_epochs", "training.num_train_epochs", "training.num_epochs"),
    ("learning_rate", "training.learning_rate"),
    ("packing", "training.packing"),
    ("chat_template", "model.chat_template"),
    entries=("dataset",),
)
