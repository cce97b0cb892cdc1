"""What do the deployments of hosts say? Their requests as JSON (or as YAML), or what the host answered.

Only what names a model and how it is run is read. Read against the public references, in November 2026:

- Fireworks: `POST /v1/accounts/ACCOUNT/deployments`. `enableAddons` lets a base model serve adapters; without it a deployment of
  an adapter merges it. Together: `POST /v1/endpoints`. Neither reference names a largest rank.
- Amazon Bedrock: `CreateProvisionedModelThroughput`, `CreateCustomModelDeployment`. Azure OpenAI: a deployment of the management
  API. Vertex AI: `deployModel` of an endpoint. Databricks: a serving endpoint with `served_entities`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.readiness.serving_config import Server
from bot.sources.training_configs.said import Said
from bot.sources.training_configs.tool import flag, integer

_PRECISIONS = ("FP8", "FP4", "NF4", "INT8", "INT4")


@dataclass(frozen=True, slots=True)
class Host:
    """One host: how its deployments are known, and the paths of what they say."""

    name: str
    fits: Callable[[Said], bool]
    model: tuple[str, ...]
    lora: tuple[str, ...] = ()
    max_loaded: tuple[str, ...] = ()
    max_length: tuple[str, ...] = ()
    precision: tuple[str, ...] = ()


def _any(said: Said, *paths: str) -> bool:
    return any(said.has(path) for path in paths)


HOSTS = (
    Host(
        "Fireworks",
        lambda said: (
            said.has("baseModel")
            and not _any(said, "dataset", "supervisedTuningSpec", "trainingDataset")
            and _any(said, "enableAddons", "acceleratorType", "deploymentShape", "minReplicaCount", "maxReplicaCount", "precision")
        ),
        ("baseModel",),
        ("enableAddons",),
        ("numPeftDeviceCached",),
        ("maxContextLength",),
        ("precision",),
    ),
    Host("Together", lambda said: said.has("model", "hardware") and _any(said, "autoscaling.min_replicas", "min_replicas"), ("model",)),
    Host(
        "Amazon Bedrock",
        lambda said: said.has("modelUnits", "modelId") or said.has("modelDeploymentName", "modelArn"),
        ("modelId", "modelArn"),
    ),
    Host("Azure OpenAI", lambda said: said.has("properties.model.name", "sku.name"), ("properties.model.name",)),
    Host(
        "Vertex AI",
        lambda said: said.has("deployedModel.model") and _any(said, "deployedModel.dedicatedResources", "deployedModel.automaticResources"),
        ("deployedModel.model",),
    ),
    Host("Databricks", lambda said: said.has("config.served_entities.entity_name"), ("config.served_entities.entity_name",)),
)  # fmt: skip


def read(said: Said) -> Server | None:
    """Read a deployment; None where it is of no host that is known here. Raises Unreadable."""
    host = next((host for host in HOSTS if host.fits(said)), None)
    if host is None:
        return None
    model, precision = said.text(*host.model), said.text(*host.precision)
    known = precision is not None and any(kind in precision.value.upper() for kind in _PRECISIONS)
    return Server(
        host.name,
        model.line if model else 1,
        model,
        lora=flag(said, *host.lora),
        max_loaded=integer(said, host.max_loaded),
        quantization=precision if known else None,
        max_length=integer(said, host.max_length),
    )
