"""Where can a link lead? One store per scheme; offline only the repository itself is open."""

from typing import TYPE_CHECKING

from bot.sources.stores import repository
from bot.sources.stores.store import Place, Store, Stores

if TYPE_CHECKING:
    from bot.sources.stores.guard import Guard
    from bot.sources.stores.operator import Operator

__all__ = ["REPOSITORY_ALONE", "Place", "Store", "Stores", "open_guard", "open_stores"]

REPOSITORY_ALONE: Stores = {"repository": repository.RepositoryStore()}


# The clients are imported only where they are opened: offline no link leads out, and the command line starts without them.


def open_guard(operator: "Operator") -> "Guard":
    """Open the one HTTP client, as the operator says.

    Raises OSError (ssl.SSLError is one) when the operator's file of certificates cannot be used.
    """
    from bot.sources.stores.guard import Guard

    return Guard(ca_file=str(operator.ca_file) if operator.ca_file else None, deadline=operator.deadline_seconds)


def open_stores(operator: "Operator", guard: "Guard", *, github_url: str = "https://github.com") -> Stores:
    """Open a store for every scheme, as the operator says; `github_url` is the address of the forge's pages."""
    from bot.sources.stores import actions, bucket, https, hub, mlflow, wandb

    return {
        **REPOSITORY_ALONE,
        "https": https.HttpsStore(operator.https, guard, github_url),
        "hf": hub.HubStore(operator.hub, guard),
        **{scheme: bucket.BucketStore(scheme, operator) for scheme in ("s3", "gs", "az")},
        "mlflow": mlflow.MlflowStore(operator.mlflow, guard),
        "wandb": wandb.WandbStore(operator.wandb, guard),
        "actions": actions.ActionsStore(),
    }
