"""Where can a link lead? One store per scheme; offline only the repository itself is open."""

from typing import TYPE_CHECKING

from bot.sources.stores import repository
from bot.sources.stores.store import Place, Store, Stores

if TYPE_CHECKING:
    from bot.sources.stores.guard import Guard
    from bot.sources.stores.operator import Operator

__all__ = ["REPOSITORY_ALONE", "Place", "Store", "Stores", "open_stores"]

REPOSITORY_ALONE: Stores = {"repository": repository.RepositoryStore()}


def open_stores(
    operator: "Operator", *, github_url: str = "https://github.com", guard: "Guard | None" = None
) -> Stores:
    """Open a store for every scheme, as the operator says; `github_url` is the address of the forge's pages.

    Raises OSError (ssl.SSLError is one) when the operator's file of certificates cannot be used.
    """
    # only here: offline no link leads out, and the command line starts without the clients
    from bot.sources.stores import actions, bucket, https, hub, mlflow, wandb
    from bot.sources.stores import guard as guarding

    guard = guard or guarding.Guard(
        ca_file=str(operator.ca_file) if operator.ca_file else None, deadline=operator.deadline_seconds
    )
    return {
        **REPOSITORY_ALONE,
        "https": https.HttpsStore(operator.https, guard, github_url),
        "hf": hub.HubStore(operator.hub, guard),
        **{scheme: bucket.BucketStore(scheme, operator) for scheme in ("s3", "gs", "az")},
        "mlflow": mlflow.MlflowStore(operator.mlflow, guard),
        "wandb": wandb.WandbStore(operator.wandb, guard),
        "actions": actions.ActionsStore(),
    }
