"""What is there to look at? A small company with one repository, one App, and a proposal that is not ready yet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.sandbox.checks import Output, RunChange
from bot.sandbox.model import Account, Annotation, App, CheckRun, Comment, Event, Pull, Repo, Review
from bot.sandbox.world import Place, RequiredCheck, World

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CHECK = "Fine-tune readiness"
BRANCH = "ana/ticket-router"
PROPOSAL = "adapters/ticket-router/finetune-proposal.yaml"

README = """# Support router

Sorts support tickets into 30 categories. See [the service level](docs/slo.md).

| Step | Owner |
|:-----|------:|
| Prompt | ana |
| ~~Rules~~ | nobody |
"""

TEXT = """version: 1
scope: adapter
adapter: ticket-router
summary: Sort support tickets into 30 categories as strict JSON.
task:
  description: One ticket in, one JSON object out.
  kind: classification
  output: closed_set
failure:
  kind: behavior
  signal: stable
  reason: classification
data:
  train: {path: data/train.jsonl, format: openai-chat, examples: 5000}
owner:
  primary: ana
  until: 2027-02-28
  revalidate_every: P3M
"""

SUMMARY = """`ticket-router`: not yet, 3 of 5 items hold.

| Item |  | What was seen |
| --- | --- | --- |
| **Eval** | ✅ holds | the baseline scores 0.84 of 0.92 |
| **Behavior** | ✅ holds | stable, and a behavior |
| **Data** | ❌ does not hold | claimed 5000, counted 640 effective |
| **Owner** | ❌ does not hold | until 2027-02-28 is 4 months |
| **Cost** | ✅ holds | pays back in 33 days |

**Next steps**

1. Say how many examples are there, or add the rest. (`finetune-proposal.yaml:14`)
2. Find an owner for 12 months. (`finetune-proposal.yaml:17`)
"""

DETAILS = """<details><summary>Data: enough good examples in the production format (1 failed)</summary>

- ❌ **enough-examples** (hard), line 14: claimed 5000, counted 640 effective
  - Do: Say how many examples are there.

</details>

<details><summary>Owner: owned for 12 months and longer (1 failed)</summary>

- ❌ **owner-stays-12-months** (soft), line 17: until 2027-02-28 is 4 months

</details>"""

STICKY = f"<!-- tunegate: sticky comment -->\n## Not yet: 3 of 5 items hold\n\n{SUMMARY}\n\n{DETAILS}"


@dataclass(slots=True)
class Seed:
    """The world, and by name what the tests speak of."""

    world: World
    events: list[Event]
    org: Account
    ana: Account  # writes here, and proposes
    ben: Account  # an owner of the organisation
    eve: Account  # may read, and no more
    app: App
    repo: Repo
    pull: Pull
    run: CheckRun
    comment: Comment
    review: Review


def seed() -> Seed:
    """Build the world."""
    world = World(clock=lambda: NOW)
    org = world.create_org("acme", "Acme Support")
    ana, ben, eve = (world.create_user(login) for login in ("ana", "ben", "eve"))
    world.add_member(org, ana)
    world.add_member(org, ben, "admin")
    files: dict[str, bytes | str | None] = {
        "README.md": README,
        "docs/slo.md": "# Service level\n",
        "evals/cases.jsonl": '{"id": 1}\n',
        "logo.png": b"\x89PNG\0\1",
    }
    repo = world.create_repo(org, "support-router", files, description="Sorts tickets.", author=ben)
    world.add_collaborator(repo, ana, "write")
    app = world.create_app(
        "Tunegate",
        org,
        permissions={"checks": "write", "statuses": "write", "pull_requests": "write", "contents": "read"},
        events=("pull_request", "check_run", "push"),
        public_key_pem="of no interest here",
    )
    world.install(app, org)
    repo.required_checks = (RequiredCheck(CHECK, app.id),)
    pull = _propose(world, repo, ana)
    run = _check(world, repo, app, pull)
    world.advance(timedelta(minutes=1))
    comment = world.comment(pull, app.bot, STICKY, app=app)
    review = world.review(
        pull,
        app.bot,
        body="Two lines need a look.",
        comments=[
            (
                Place(PROPOSAL, 14),
                "**enough-examples**: claimed 5000, counted 640 effective\n\n**To do:** Say how many there are.",
            )
        ],
    )
    world.advance(timedelta(minutes=3))
    world.comment(pull, ben, "Thanks! Can we reach 12 months?\n\n> until: 2027-02-28\n\n- [ ] ask `ml-platform`")
    events: list[Event] = []
    world.listeners.append(events.append)
    world.advance(timedelta(minutes=2))
    return Seed(world, events, org, ana, ben, eve, app, repo, pull, run, comment, review)


def _propose(world: World, repo: Repo, ana: Account) -> Pull:
    world.advance(timedelta(hours=1))
    world.commit(repo, BRANCH, {PROPOSAL: TEXT}, "Propose ticket-router", ana)
    changed = {
        "README.md": README.replace("~~Rules~~", "Rules"),
        "evals/cases.jsonl": None,
        "adapters/weights.bin": b"\0\1\2",
    }
    world.commit(repo, BRANCH, changed, "Say where it stands\n\nThe rules are back.", ana)
    world.advance(timedelta(minutes=5))
    return world.open_pull(
        repo,
        "Fine-tune a ticket router",
        BRANCH,
        ana,
        body="The prompted model **invents** categories.\n\nSee `docs/slo.md`.",
    )


def _check(world: World, repo: Repo, app: App, pull: Pull) -> CheckRun:
    world.create_run(
        repo,
        app,
        pull.head_sha,
        RunChange(
            CHECK,
            status="completed",
            conclusion="failure",
            output=Output("Not yet: 2 of 5 items hold", "An older answer."),
        ),
    )
    started = world.now()
    run = world.create_run(
        repo,
        app,
        pull.head_sha,
        RunChange(CHECK, status="in_progress", started_at=started, details_url="http://127.0.0.1:8080/reviews/1"),
    )
    annotations = (
        Annotation(
            PROPOSAL,
            14,
            14,
            "failure",
            "claimed 5000, counted 640 effective\nTo do: Say how many examples are there.",
            "enough-examples: failed",
        ),
        Annotation(
            PROPOSAL,
            17,
            17,
            "failure",
            "until 2027-02-28 is 4 months, the policy asks for 12",
            "owner-stays-12-months: failed",
            raw_details="2026-11-03 .. 2027-02-28",
        ),
        Annotation(PROPOSAL, 18, 18, "warning", "P3M is often for a volatile signal", "revalidation-scheduled: remark"),
        Annotation("docs/slo.md", 1, 1, "notice", "The service level names no number."),
    )
    world.advance(timedelta(seconds=3))
    world.update_run(
        run,
        RunChange(
            status="completed",
            conclusion="failure",
            output=Output("Not yet: 3 of 5 items hold", SUMMARY, DETAILS, annotations),
        ),
    )
    world.set_status(
        repo,
        pull.head_sha,
        "failure",
        app.bot,
        context="tunegate/readiness",
        description="Not yet: 3 of 5 items hold",
        target_url="http://127.0.0.1:8080/reviews/1",
    )
    world.set_status(repo, pull.head_sha, "success", app.bot, context="ci/tests", description="All 41 tests passed")
    return run
