"""`tunegate policy test PATH`: does a policy judge the cases beside it as they expect?"""

import argparse
import json
import sys
from pathlib import Path

from bot import wiring
from bot.cli import EXIT_USAGE
from bot.cli.policy_validate import EXIT_PROBLEMS, text_of
from bot.readiness.cases.running import run as run_case
from bot.readiness.checks import CHECKS
from bot.report.policy_change import cases_as_json, cases_as_text, complaints_as_json, complaints_as_text
from bot.wiring.offline import asking

_NAMES = ("policy.yaml", "policy.yml", ".tunegate.yaml", ".tunegate.yml")


def run(chosen: argparse.Namespace) -> int:
    """Run the tests; return 0 when all is as expected, 1 when not, 2 when there is no policy or no test."""
    file = _policy(Path(chosen.path))
    if file is None:
        print(f"tunegate policy: {chosen.path}: no policy here, that is none of {', '.join(_NAMES)}", file=sys.stderr)
        return EXIT_USAGE
    # a repository keeps tests of its code in `tests`
    folder = file.parent / (".tunegate/tests" if file.name.startswith(".") else "tests")
    try:
        text = text_of(file)
        cases = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.y*ml"))}
    except OSError as error:
        print(f"tunegate policy: {error.filename}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE
    except UnicodeDecodeError:
        print(f"tunegate policy: {folder}: a test is not UTF-8", file=sys.stderr)
        return EXIT_USAGE
    policy = wiring.in_force((text,))
    if any(each.grave for each in policy.complaints):
        if chosen.json:
            print(json.dumps({"policy": complaints_as_json(str(file), policy.complaints), "cases": []}, indent=2))
        else:
            sys.stdout.write(complaints_as_text(str(file), policy.complaints))
        return EXIT_PROBLEMS
    if not cases:
        print(f"tunegate policy: no tests in {folder}; see docs/policy-rules.md for how to write one", file=sys.stderr)
        return EXIT_USAGE
    with asking() as ask:
        results = [run_case(name, text, policy, CHECKS, ask) for name, text in cases.items()]
    if chosen.json:
        print(
            json.dumps(
                {"policy": complaints_as_json(str(file), policy.complaints), "cases": cases_as_json(results)}, indent=2
            )
        )
    else:
        sys.stdout.write(cases_as_text(results))
    return 0 if all(result.holds for result in results) else EXIT_PROBLEMS


def _policy(path: Path) -> Path | None:
    if path.is_file():
        return path
    return next((path / name for name in _NAMES if (path / name).is_file()), None)
