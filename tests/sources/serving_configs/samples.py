"""Configs as their engines and hosts take them, written for these tests; and what each says, with the line of each value."""

from typing import Any

Expected = dict[str, Any]
BASE = "acme/Model-8B-Instruct"

VLLM_SCRIPT = """\
#!/usr/bin/env bash
# serves the router
set -euo pipefail
export HF_TOKEN=hunter2
RANK=32
exec vllm serve acme/Model-8B-Instruct \\
  --enable-lora \\
  --max-lora-rank "${RANK}" \\
  --max-loras 4 --max-cpu-loras 16 \\
  --lora-modules ticket-router=/adapters/router '{"name": "tone", "path": "/adapters/tone"}' \\
  --max-model-len 8k --api-key $VLLM_API_KEY
"""

VLLM_KUBERNETES = """\
apiVersion: v1
kind: Service
metadata: {name: router}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: router
spec:
  template:
    spec:
      initContainers:
        - name: fetch
          image: acme/fetch:1
          command: [sh, -c, "cp -r /weights /adapters"]
      containers:
        - name: server
          image: vllm/vllm-openai:v0.26.0
          args:
            - --model
            - $(MODEL)
            - --enable-lora
            - --lora-modules=ticket-router=/adapters/router
            - --quantization=fp8
          env:
            - name: MODEL
              value: acme/Model-8B-Instruct
            - name: HF_TOKEN
              valueFrom: {secretKeyRef: {name: hub, key: token}}
          livenessProbe: {exec: {command: [vllm, serve, other/model]}}
"""

VLLM_IN_A_SHELL = """\
spec:
  containers:
    - image: acme/serve:3
      command: ["/bin/bash", "-lc"]
      args:
        - |
          echo starting
          python3 -m vllm.entrypoints.openai.api_server \\
            --model acme/Model-8B-Instruct \\
            --enable-lora --max-lora-rank 64
"""

VLLM_CONFIG = """\
model: acme/Model-8B-Instruct
enable-lora: true
max_lora_rank: 128
lora-modules:
  - ticket-router=/adapters/router
max-model-len: 16384
api-key: hunter2
"""

VLLM_CHART = """\
servingEngineSpec:
  modelSpec:
    - name: router
      modelURL: acme/Model-8B-Instruct
      enableLoRA: true
      vllmConfig:
        maxModelLen: 4096
        maxLoras: 4
        extraArgs: ["--max-lora-rank", "8"]
      hf_token: hunter2
"""

VLLM_OPERATOR = """\
kind: VLLMRuntime
spec:
  model:
    modelURL: acme/Model-8B-Instruct
    enableLoRA: true
    maxModelLen: 4096
  vllmConfig:
    maxLoras: 4
"""

SGLANG_COMPOSE = """\
services:
  web: {image: "nginx:1"}
  sglang:
    image: lmsysorg/sglang:v0.5.9
    command: >
      python3 -m sglang.launch_server
      --model-path acme/Model-8B-Instruct
      --lora-paths ticket-router=/adapters/router
      tone=/adapters/tone
      --max-loras-per-batch 2 --context-length 32768
"""

SGLANG_CONFIG = """\
model-path: acme/Model-8B-Instruct
enable-lora: true
max-lora-rank: 64
lora-target-modules: [q_proj, v_proj]
"""

TGI_DOCKER = """\
docker run --gpus all -p 8080:80 -v "$PWD/data:/data" -e HF_TOKEN=hunter2 \\
  -e LORA_ADAPTERS=ticket-router=/data/router,acme/tone \\
  ghcr.io/huggingface/text-generation-inference:3.3 \\
  --model-id acme/Model-8B-Instruct --quantize bitsandbytes-nf4 --max-total-tokens 4096
"""

TGI_VARIABLES = """\
# the container's variables
MODEL_ID=acme/Model-8B-Instruct
LORA_ADAPTERS=acme/router
HF_TOKEN=hunter2
"""

LORAX_DOCKERFILE = """\
FROM acme/build:1 AS build
RUN lorax-launcher --help
FROM ghcr.io/predibase/lorax:0.12
ENV MAX_ACTIVE_ADAPTERS=64 \\
    PREDIBASE_API_TOKEN=hunter2
CMD ["--model-id", "acme/Model-8B-Instruct", \\
     "--adapter-id", "acme/router", "--adapter-source", "hub"]
"""

FIREWORKS = """\
{
  "displayName": "router",
  "baseModel": "accounts/fireworks/models/model-8b-instruct",
  "enableAddons": true,
  "precision": "FP8",
  "minReplicaCount": 1,
  "maxContextLength": 8192,
  "directRouteApiKeys": ["hunter2"]
}
"""

TOGETHER = '{"model": "acme/Model-8B-Instruct", "hardware": "1x_h100",\n "autoscaling": {"min_replicas": 1, "max_replicas": 2}}\n'
BEDROCK = '{"modelUnits": 1,\n "provisionedModelName": "router",\n "modelId": "arn:aws:bedrock:us-east-1:1:custom-model/x/y"}\n'
AZURE = '{"sku": {"name": "Standard", "capacity": 1},\n "properties": {"model": {"format": "OpenAI",\n "name": "model-mini.ft-1", "version": "1"}}}\n'
VERTEX = (
    '{"deployedModel": {"model": "projects/p/locations/l/models/1",\n "dedicatedResources": {"minReplicaCount": 1}}}\n'
)
DATABRICKS = (
    "name: router\nconfig:\n  served_entities:\n    - entity_name: main.models.router\n      entity_version: 3\n"
)

# each: the engine, the text, what it says of every server; a value and its line
SAMPLES: dict[str, tuple[str, str, list[Expected]]] = {
    "vllm script": ("vLLM", VLLM_SCRIPT, [{
        "line": 6, "model": (BASE, 6), "lora": (True, 7), "max_rank": (32, 8), "max_adapters": (4, 9), "max_loaded": (16, 9),
        "adapters": [("ticket-router", 10), ("tone", 10)], "max_length": (8000, 11),
    }]),
    "vllm kubernetes": ("vLLM", VLLM_KUBERNETES, [{
        "line": 20, "model": (BASE, 21), "lora": (True, 22), "adapters": [("ticket-router", 23)], "quantization": ("fp8", 24),
        "max_rank": (16, 22), "max_adapters": (1, 22), "max_loaded": (1, 22),
        "by_default": ("max_rank", "max_adapters", "max_loaded"),
    }]),
    "vllm in a shell": ("vLLM", VLLM_IN_A_SHELL, [{
        "line": 8, "model": (BASE, 9), "lora": (True, 10), "max_rank": (64, 10), "max_adapters": (1, 10), "max_loaded": (1, 10),
        "by_default": ("max_adapters", "max_loaded"),
    }]),
    "vllm config": ("vLLM", VLLM_CONFIG, [{
        "line": 1, "model": (BASE, 1), "lora": (True, 2), "max_rank": (128, 3), "adapters": [("ticket-router", 4)],
        "max_length": (16384, 6), "max_adapters": (1, 2), "max_loaded": (1, 2), "by_default": ("max_adapters", "max_loaded"),
    }]),
    "vllm chart": ("vLLM", VLLM_CHART, [{
        "line": 4, "model": (BASE, 4), "lora": (True, 5), "max_rank": (8, 9), "max_adapters": (4, 8), "max_length": (4096, 7),
        "max_loaded": (4, 8), "by_default": ("max_loaded",),
    }]),
    "vllm operator": ("vLLM", VLLM_OPERATOR, [{
        "line": 4, "model": (BASE, 4), "lora": (True, 5), "max_length": (4096, 6), "max_adapters": (4, 8), "max_rank": (16, 5),
        "max_loaded": (4, 8), "by_default": ("max_rank", "max_loaded"),
    }]),
    "sglang compose": ("SGLang", SGLANG_COMPOSE, [{
        "line": 6, "model": (BASE, 7), "lora": (True, 8), "adapters": [("ticket-router", 8), ("tone", 9)],
        "max_adapters": (2, 10), "max_length": (32768, 10),
    }]),
    "sglang config": ("SGLang", SGLANG_CONFIG, [{
        "line": 1, "model": (BASE, 1), "lora": (True, 2), "max_rank": (64, 3), "max_adapters": (8, 2), "by_default": ("max_adapters",),
    }]),
    "tgi docker": ("TGI", TGI_DOCKER, [{
        "line": 1, "model": (BASE, 4), "lora": (True, 2), "adapters": [("ticket-router", 2), ("acme/tone", 2)],
        "quantization": ("bitsandbytes-nf4", 4), "max_length": (4096, 4),
    }]),
    "tgi variables": ("TGI", TGI_VARIABLES, [{
        "line": 2, "model": (BASE, 2), "lora": (True, 3), "adapters": [("acme/router", 3)],
    }]),
    "lorax dockerfile": ("LoRAX", LORAX_DOCKERFILE, [{
        "line": 6, "model": (BASE, 6), "lora": (True, 6), "adapters": [("acme/router", 7)], "max_adapters": (64, 4),
        "max_length": (4096, 6), "by_default": ("max_length",),
    }]),
    "fireworks": ("Fireworks", FIREWORKS, [{
        "line": 3, "model": ("accounts/fireworks/models/model-8b-instruct", 3), "lora": (True, 4), "quantization": ("FP8", 5),
        "max_length": (8192, 7),
    }]),
    "together": ("Together", TOGETHER, [{"line": 1, "model": (BASE, 1)}]),
    "bedrock": ("Amazon Bedrock", BEDROCK, [{"line": 3, "model": ("arn:aws:bedrock:us-east-1:1:custom-model/x/y", 3)}]),
    "azure": ("Azure OpenAI", AZURE, [{"line": 3, "model": ("model-mini.ft-1", 3)}]),
    "vertex": ("Vertex AI", VERTEX, [{"line": 1, "model": ("projects/p/locations/l/models/1", 1)}]),
    "databricks": ("Databricks", DATABRICKS, [{"line": 4, "model": ("main.models.router", 4)}]),
}  # fmt: skip
