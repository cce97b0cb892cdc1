"""Where can a link lead? One store per scheme; a scheme without one is not supported yet."""

from bot.sources.stores import repository
from bot.sources.stores.store import Place, Store, Stores

__all__ = ["REPOSITORY_ALONE", "Place", "Store", "Stores"]

REPOSITORY_ALONE: Stores = {"repository": repository.RepositoryStore()}
