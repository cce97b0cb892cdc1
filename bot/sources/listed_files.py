"""Where may a file be that a training config lists? A config does not say from which folder its trainer runs."""

import posixpath
from collections.abc import Iterator

from bot.readiness.proposal import Proposal
from bot.readiness.schema import LinkField
from bot.readiness.training_config import TrainingConfig
from bot.readiness.training_files import besides, is_path

MAX_FILES = 10  # house: of one config; more are named by the check, and not read


def listed(proposal: Proposal, config: TrainingConfig) -> Iterator[tuple[str, list[LinkField]]]:
    """Walk the files of the repository that are trained on besides `data.train`, each with the links that may lead to it.

    READINESS section 2: from the repository's root, else from the config's folder; and, where neither holds it, from the
    proposal's folder.
    """
    link = proposal.training.config
    names = [each.value for each in besides(proposal, config) if is_path(each.value)]
    for name in names[:MAX_FILES]:
        path = posixpath.normpath(name)
        places = [f"/{path}"] if not path.startswith("..") else []
        if link is not None and "://" not in link.uri:
            places.append(posixpath.join(posixpath.dirname(link.uri), path))
        yield name, [LinkField(uri=place) for place in dict.fromkeys([*places, path])]
