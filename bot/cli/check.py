"""`tunegate check PATH...`: the service's verdict, offline, from a working tree."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from bot import __version__
from bot.cli import EXIT_USAGE
from bot.clock import SystemClock
from bot.readiness.checks import CHECKS
from bot.readiness.proposal import is_proposal
from bot.readiness.rules.language import holds
from bot.readiness.verdict import Decision
from bot.report.answer import Answer, Answered, answer_under
from bot.wiring.offline import asking, judge, policy_of, working_tree

EXIT = {Decision.NOT_YET: 1, Decision.RETIRE: 1, Decision.CANNOT_TELL: 3}
_NEVER_LOOKED_INTO = {".git", "node_modules", ".venv", "venv", "__pycache__", ".tox"}


def run(chosen: argparse.Namespace) -> int:
    """Judge the proposals; return 0 ready, 1 not yet, 2 nothing could be read, 3 cannot tell."""
    try:
        roots = {path: _root(path, given) for given in map(Path, chosen.paths) for path in _proposals(given)}
    except OSError as error:
        print(f"tunegate check: {error.filename or 'the current folder'}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    if not roots:
        print("tunegate check: no finetune-proposal.yaml found; `tunegate init` writes one", file=sys.stderr)
        return EXIT_USAGE
    today = chosen.today or SystemClock().today()
    try:
        policies = {root: policy_of(root, chosen.policy) for root in dict.fromkeys(roots.values())}
    except OSError as error:
        print(f"tunegate check: the policy {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    for passed_over in filter(None, dict.fromkeys(said for _, said in policies.values())):
        print(f"tunegate check: {passed_over}", file=sys.stderr)
    answered: list[Answered] = []
    with asking() if any(policy.rules for policy, _ in policies.values()) else nullcontext(holds) as ask:
        for path, root in sorted(roots.items()):
            offline = replace(judge(policies[root][0], say=_say), ask=ask)
            one, _ = offline.answer([path.relative_to(root).as_posix()], working_tree(root), today)
            answered.extend(one.proposals)
    answer = answer_under(next(iter(policies.values()))[0], answered)
    sys.stdout.write(_render(answer, chosen.format))
    if all(one.reading.proposal is None for one in answer.proposals):
        print("tunegate check: no proposal could be read", file=sys.stderr)
        return EXIT_USAGE
    return EXIT.get(answer.decision or Decision.NOT_YET, 0)


def _say(note: str) -> None:
    print(f"tunegate check: {note}", file=sys.stderr)


def _render(answer: Answer, form: str) -> str:
    if form == "json":
        from bot.report.as_json import as_json

        return json.dumps(as_json(answer), indent=2, ensure_ascii=False) + "\n"
    if form == "sarif":
        from bot.report.sarif import sarif

        return json.dumps(sarif(answer, CHECKS, __version__), indent=2) + "\n"
    if form == "github":
        from bot.report.workflow_commands import workflow_commands

        return workflow_commands(answer)
    from bot.report.terminal import terminal

    return terminal(answer)


def _proposals(given: Path) -> Iterator[Path]:
    """Find the proposals: a file given by name counts whatever its name, a folder is walked; raises OSError."""
    if not given.is_dir():
        with given.open("rb"):  # raises for a file that is not there or not ours to read
            yield given.resolve()
        return
    for folder, names, files in os.walk(given.resolve(), onerror=_raise):
        names[:] = sorted(name for name in names if name not in _NEVER_LOOKED_INTO)
        for path in (Path(folder) / name for name in files if is_proposal(name)):
            with path.open("rb"):  # one that may not be read is no reason to pass over it
                yield path


def _raise(error: OSError) -> None:
    raise error


def _root(path: Path, given: Path) -> Path:
    """Find the repository's root: the nearest folder above with `.git`, else the folder that was given."""
    in_git = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    return in_git or (given.resolve() if given.is_dir() else path.parent)
