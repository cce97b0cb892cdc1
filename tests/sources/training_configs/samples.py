"""One config of each tool, written for these tests, with what it says: field -> (value, line)."""

from typing import Any

Expected = dict[str, Any]

SAMPLES: dict[str, tuple[str, Expected]] = {
    "Axolotl": (
        """base_model: acme/base-8b
revision_of_model: 0e9e39f
adapter: lora
load_in_4bit: true
lora_r: 16
lora_alpha: 32
lora_target_modules: [v_proj, q_proj]
datasets:
  - path: json
    data_files: data/train.jsonl
    type: chat_template
test_datasets:
  - path: data/eval.jsonl
chat_template: llama3
sequence_len: 4096
sample_packing: true
num_epochs: 3
learning_rate: 2e-4
seed: 42
wandb_api_key: very-private
""",
        {
            "base_model": ("acme/base-8b", 1), "base_revision": ("0e9e39f", 2), "method": ("sft", 9), "technique": ("qlora", 4),
            "rank": (16, 5), "alpha": (32.0, 6), "target_modules": (("q_proj", "v_proj"), 7),
            "data_files": [("data/train.jsonl", 10)], "eval_files": [("data/eval.jsonl", 13)], "seed": (42, 19), "epochs": (3.0, 17),
            "learning_rate": (0.0002, 18), "packing": (True, 16), "chat_template": ("llama3", 14),
        },
    ),
    "LLaMA-Factory": (
        """model_name_or_path: acme/base-8b
stage: dpo
pref_loss: orpo
finetuning_type: lora
use_dora: true
lora_rank: 8
lora_target: all
dataset: pairs_a, pairs_b
eval_dataset: pairs_eval
template: qwen
num_train_epochs: 2.0
learning_rate: 5.0e-6
seed: 7
""",
        {
            "base_model": ("acme/base-8b", 1), "method": ("orpo", 3), "technique": ("dora", 5), "rank": (8, 6),
            "target_modules": (("all",), 7), "data_files": [("pairs_a", 8), ("pairs_b", 8)], "eval_files": [("pairs_eval", 9)],
            "chat_template": ("qwen", 10), "epochs": (2.0, 11), "learning_rate": (5e-6, 12), "seed": (7, 13),
        },
    ),
    "TRL": (
        """model_name_or_path: acme/base-8b
model_revision: main
dataset_name: acme/prompts
use_peft: true
lora_r: 32
num_generations: 8
num_train_epochs: 1
seed: 1
""",
        {
            "base_model": ("acme/base-8b", 1), "base_revision": ("main", 2), "data_files": [("acme/prompts", 3)],
            "technique": ("lora", 4), "rank": (32, 5), "method": ("rft", 6), "epochs": (1.0, 7), "seed": (1, 8),
        },
    ),
    "torchtune": (
        """model_dir: /models/base-8b
model:
  _component_: torchtune.models.base.qlora_base_8b
  lora_attn_modules: ['q_proj']
  lora_rank: 64
  lora_alpha: 128
checkpointer:
  _component_: torchtune.training.FullModelHFCheckpointer
  checkpoint_dir: ${model_dir}
dataset:
  _component_: torchtune.datasets.chat_dataset
  source: json
  data_files: data/train.json
  packed: False
dataset_val:
  _component_: torchtune.datasets.chat_dataset
  source: acme/tickets
  data_files: held/eval.json
seed: null
epochs: 1
optimizer:
  lr: 3e-4
loss:
  _component_: torchtune.modules.loss.LinearCrossEntropyLoss
""",
        {
            "base_model": ("/models/base-8b", 9), "method": ("sft", 24), "technique": ("qlora", 3), "rank": (64, 5),
            "alpha": (128.0, 6), "target_modules": (("q_proj",), 4), "data_files": [("data/train.json", 13)], "packing": (False, 14),
            "eval_files": [("acme/tickets/held/eval.json", 18)], "epochs": (1.0, 20), "learning_rate": (3e-4, 22),
        },
    ),
    "Unsloth": (
        """model_name: acme/base-8b
load_in_4bit: true
r: 16
lora_alpha: 16
use_gradient_checkpointing: unsloth
dataset: data/train.jsonl
seed: 3407
""",
        {
            "base_model": ("acme/base-8b", 1), "technique": ("qlora", 2), "rank": (16, 3), "alpha": (16.0, 4),
            "data_files": [("data/train.jsonl", 6)], "seed": (3407, 7),
        },
    ),
    "OpenAI": (
        """{
  "model": "base-mini-2026-01-01",
  "training_file": "file-a1",
  "validation_file": "file-b2",
  "method": {
    "type": "dpo",
    "dpo": {"hyperparameters": {"n_epochs": 2}}
  },
  "seed": 5
}""",
        {
            "base_model": ("base-mini-2026-01-01", 2), "data_files": [("file-a1", 3)], "eval_files": [("file-b2", 4)],
            "method": ("dpo", 6), "epochs": (2.0, 7), "seed": (5, 9),
        },
    ),
    "Azure OpenAI": (
        """{"model": "base-mini",
 "training_file": "file-a1", "trainingType": "GlobalStandard",
 "hyperparameters": {"n_epochs": "auto"}, "seed": 9}""",
        {"base_model": ("base-mini", 1), "data_files": [("file-a1", 2)], "method": ("sft", 3), "seed": (9, 3)},
    ),
    "Amazon Bedrock": (
        """{"baseModelIdentifier": "acme.base-v1:0",
 "customizationType": "FINE_TUNING",
 "trainingDataConfig": {"s3Uri": "s3://bucket/train.jsonl"},
 "validationDataConfig": {"validators": [
   {"s3Uri": "s3://bucket/eval.jsonl"}]},
 "hyperParameters": {"epochCount": "2", "learningRate": "0.00001"}}""",
        {
            "base_model": ("acme.base-v1:0", 1), "method": ("sft", 2), "data_files": [("s3://bucket/train.jsonl", 3)],
            "eval_files": [("s3://bucket/eval.jsonl", 5)], "epochs": (2.0, 6), "learning_rate": (0.00001, 6),
        },
    ),
    "Vertex AI": (
        """{"baseModel": "base-001",
 "supervisedTuningSpec": {
  "trainingDatasetUri": "gs://bucket/train.jsonl",
  "validationDatasetUri": "gs://bucket/eval.jsonl",
  "hyperParameters": {"epochCount": "4", "adapterSize": "ADAPTER_SIZE_FOUR"}}}""",
        {
            "base_model": ("base-001", 1), "method": ("sft", 2), "data_files": [("gs://bucket/train.jsonl", 3)],
            "eval_files": [("gs://bucket/eval.jsonl", 4)], "epochs": (4.0, 5), "technique": ("lora", 5),
        },
    ),
    "Together": (
        """{"model": "acme/base-8b", "training_file": "file-t1",
 "n_epochs": 3, "learning_rate": 1e-5,
 "training_type": {"type": "Lora", "lora_r": 8, "lora_alpha": 16, "lora_trainable_modules": "q_proj,k_proj"}}""",
        {
            "base_model": ("acme/base-8b", 1), "data_files": [("file-t1", 1)], "method": ("sft", 1), "epochs": (3.0, 2),
            "learning_rate": (1e-5, 2), "technique": ("lora", 3), "rank": (8, 3), "alpha": (16.0, 3),
            "target_modules": (("k_proj", "q_proj"), 3),
        },
    ),
    "Fireworks": (
        """{"baseModel": "accounts/acme/models/base-8b",
 "dataset": "accounts/acme/datasets/tickets", "evaluationDataset": "accounts/acme/datasets/held",
 "epochs": 2, "loraRank": 16, "learningRate": 0.0001}""",
        {
            "base_model": ("accounts/acme/models/base-8b", 1), "data_files": [("accounts/acme/datasets/tickets", 2)],
            "eval_files": [("accounts/acme/datasets/held", 2)], "method": ("sft", 1), "technique": ("lora", 3), "rank": (16, 3),
            "epochs": (2.0, 3), "learning_rate": (0.0001, 3),
        },
    ),
    "Predibase": (
        """{"config": {"base_model": "base-8b", "rank": 16,
  "epochs": 3, "learning_rate": 0.0002, "target_modules": ["q_proj"]},
 "dataset": "tickets", "repo": "router"}""",
        {
            "base_model": ("base-8b", 1), "rank": (16, 1), "technique": ("lora", 1), "epochs": (3.0, 2), "learning_rate": (0.0002, 2),
            "target_modules": (("q_proj",), 2), "data_files": [("tickets", 3)], "method": ("sft", 3),
        },
    ),
    "OpenPipe": (
        """{"datasetId": "d-1", "slug": "router",
 "trainingConfig": {"provider": "openpipe", "baseModel": "acme/base-8b",
  "enable_sft": true, "sft_hyperparameters": {"num_epochs": 2}}}""",
        {"base_model": ("acme/base-8b", 2), "data_files": [("d-1", 1)], "method": ("sft", 3), "epochs": (2.0, 3)},
    ),
    "Databricks Mosaic AI": (
        """{"model": "acme/base-8b", "task_type": "CHAT_COMPLETION",
 "train_data_path": "catalog.schema.train", "eval_data_path": "catalog.schema.held", "learning_rate": "5e-7"}""",
        {
            "base_model": ("acme/base-8b", 1), "method": ("sft", 1), "data_files": [("catalog.schema.train", 2)],
            "eval_files": [("catalog.schema.held", 2)], "learning_rate": (5e-7, 2),
        },
    ),
    "Mistral": (
        """{"model": "base-latest", "job_type": "completion",
 "training_files": [{"file_id": "f-1", "weight": 1},
  {"file_id": "f-2"}], "validation_files": ["f-3"],
 "hyperparameters": {"training_steps": 10, "learning_rate": 0.0001}}""",
        {
            "base_model": ("base-latest", 1), "method": ("sft", 1), "data_files": [("f-1", 2), ("f-2", 3)],
            "eval_files": [("f-3", 3)], "learning_rate": (0.0001, 4),
        },
    ),
    "Cohere": (
        """{"name": "router", "settings": {
  "base_model": {"name": "base-r", "base_type": "BASE_TYPE_CHAT"}, "dataset_id": "d-9",
  "hyperparameters": {"train_epochs": 1, "learning_rate": 0.01, "lora_rank": 8, "lora_alpha": 16}}}""",
        {
            "base_model": ("base-r", 2), "data_files": [("d-9", 2)], "method": ("sft", 2), "epochs": (1.0, 3),
            "learning_rate": (0.01, 3), "technique": ("lora", 3), "rank": (8, 3), "alpha": (16.0, 3),
        },
    ),
}  # fmt: skip
