"""`tunegate policy explain`: what a policy asks, value by value, with the layer, the line and the reason of each."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.readiness.policy import LayerKind, Policy
from bot.readiness.policy_file import PolicyText
from bot.report.policy_explained import as_json, as_text
from bot.wiring.offline import local_policy

EXIT_BROKEN = 1


def run(chosen: argparse.Namespace) -> int:
    """Explain; return 0, 1 when a file of the policy cannot be read in full, 2 when it is not there."""
    default = wiring.policy()
    if chosen.check is not None and chosen.check not in default.checks:
        print(f"tunegate policy: there is no check `{chosen.check}`.", file=sys.stderr)
        return EXIT_USAGE
    try:
        policy = _policy_of(chosen.repo) if chosen.repo else wiring.in_force(_files(chosen.file or ()), chosen.base)
    except (OSError, _NotToBeHad) as error:
        said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        print(f"tunegate policy: {said}", file=sys.stderr)
        return EXIT_USAGE
    if chosen.json:
        sys.stdout.write(json.dumps(as_json(policy, default, chosen.check), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(as_text(policy, default, chosen.check))
    return EXIT_BROKEN if any(each.grave for each in policy.complaints) else 0


class _NotToBeHad(Exception):
    """The policy of a repository cannot be had; the message says why."""


def _files(given: Sequence[str]) -> tuple[PolicyText, ...]:
    """Read the files: the organisation's, then the repository's. Raises OSError, _NotToBeHad."""
    kinds = (LayerKind.ORGANISATION, LayerKind.REPOSITORY)
    if len(given) > len(kinds):
        raise _NotToBeHad("there are two layers: the organisation's file, then the repository's")
    return tuple(local_policy(Path(name), kind) for name, kind in zip(given, kinds, strict=False))


def _policy_of(repository: str) -> Policy:
    """Ask GitHub for the policy of a repository, as the service would; raises _NotToBeHad."""
    from bot.ports import ForgeTrouble  # what asks GitHub is loaded only where it is asked
    from bot.settings import BadSettings, read
    from bot.wiring.databases import CannotStart
    from bot.wiring.service import policy_files

    try:
        return wiring.in_force(policy_files(read(), repository))
    except (BadSettings, CannotStart) as error:
        raise _NotToBeHad(str(error)) from error
    except ForgeTrouble as trouble:
        raise _NotToBeHad(f"{repository}: {trouble.reason}.") from trouble
