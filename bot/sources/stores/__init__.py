"""Where can a link lead? One store per scheme; offline only the repository itself is open."""

from typing import TYPE_CHECKING

from bot import ports
from bot.sources.stores import repository
from bot.sources.stores.store import Place, Store, Stores

if TYPE_CHECKING:
    from bot.sources.stores.guard import Guard
    from bot.sources.stores.operator import Operator

__all__ = ["REPOSITORY_ALONE", "Place", "Store", "Stores", "open_guard", "open_led_to", "open_stores"]

REPOSITORY_ALONE: Stores = {"repository": repository.RepositoryStore()}


def open_guard(operator: "Operator") -> "Guard":
    """Make the one client by which all that is no bucket is asked.

    Raises OSError (ssl.SSLError is one) when the operator's file of certificates cannot be used.
    """
    from bot.sources.stores.guard import Guard

    return Guard(ca_file=str(operator.ca_file) if operator.ca_file else None, deadline=operator.deadline_seconds)


def open_stores(operator: "Operator", guard: "Guard", github_url: str = "https://github.com") -> Stores:
    """Open a store for every scheme, as the operator says; `github_url` is the address of the forge's pages."""
    # only here: offline no link leads out, and the command line starts without the clients
    from bot.sources.stores import actions, bucket, https, hub, mlflow, wandb

    return {
        **REPOSITORY_ALONE,
        "https": https.HttpsStore(operator.https, guard, github_url, operator.max_inline_bytes),
        "hf": hub.HubStore(operator.hub, guard, operator.max_inline_bytes),
        **{scheme: bucket.BucketStore(scheme, operator) for scheme in ("s3", "gs", "az")},
        "mlflow": mlflow.MlflowStore(operator.mlflow, guard),
        "wandb": wandb.WandbStore(operator.wandb, guard),
        "actions": actions.ActionsStore(),
    }


def open_led_to(operator: "Operator", guard: "Guard", api_url: str) -> ports.Fetch:
    """Open the way to where the forge, whose API is at an address, keeps files beside it."""
    from bot.sources.stores.led_to import LedTo

    return LedTo(guard, api_url, (f"https://{host}:443" for host in operator.https.private_hosts))
