"""Which rows do the checks on data look at? The training file's, or the pilot's of a curation plan; shared by the checks.

A plan stands in only while there is no training file (READINESS section 4, `data`): its pilot is then judged as the file
would be, and what only the file can show passes on condition. A manifest stands in for rows that may not be read, or not whole.
"""

from dataclasses import dataclass

from bot.readiness import manifest, stated_data
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema import LinkField, Proposal
from bot.readiness.schema.data import CurationPlan

AT, PLAN = "data.train", "data.curation_plan"
PILOT, SOURCE = f"{PLAN}.pilot", f"{PLAN}.source"
LISTED = "training.config: "  # before the name of each file that a training config lists besides
LEADER = "examples-well-formed"  # the check that carries the cause when the file cannot be read
ONE_ANSWER = ("sft", "distillation")  # methods that learn one right answer to each input
WITHOUT_TARGETS = ("continued_pretraining",)  # text alone: no conversations to judge


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are judged: `at` is the field that names their fact, `path` the one that a finding on them points at.

    `form` is the format as the proposal names it; `name` what they are called in a message.
    """

    at: str
    path: str
    link: LinkField
    form: str
    name: str
    is_pilot: bool


def plan(proposal: Proposal) -> CurationPlan | None:
    """Find the curation plan that stands for the training file; None when that is linked, or nothing is planned."""
    train = proposal.data.train
    return proposal.data.curation_plan if train is None or train.path is None else None


def rows(proposal: Proposal) -> Rows | None:
    """Find the rows that are judged; None when neither a training file, nor a pilot, nor a manifest of them is linked."""
    train, planned = proposal.data.train, plan(proposal)
    if train is not None and train.path is not None:
        return Rows(AT, f"{AT}.path", train.path, train.format, "training file", is_pilot=False)
    if planned is not None and planned.pilot is not None:
        return Rows(PILOT, PILOT, planned.pilot, train.format if train else "auto", "pilot", is_pilot=True)
    if planned is None and (stated := proposal.data.manifest) is not None:
        return Rows(
            manifest.AT, manifest.AT, stated, train.format if train else "auto", "training data", is_pilot=False
        )
    return None


def path(dossier: Dossier) -> str:
    """Name the field that a finding on the rows points at."""
    if plan(dossier.proposal) is not None:
        return PILOT
    found = rows(dossier.proposal)
    return found.path if found is not None else f"{AT}.path"


def condition(dossier: Dossier) -> str | None:
    """Say what a pass waits for that only the whole file can show; None when the file itself is judged.

    For every check on what a pilot cannot have yet: `check.passed(..., condition=condition(dossier))`.
    """
    planned = plan(dossier.proposal)
    if planned is None:
        return None
    how_many = "the planned" if planned.target is None else f"{planned.target:,}"
    return f"{how_many} examples" + (f" by {planned.by}" if planned.by else "")


def profile(check: Check, dossier: Dossier) -> Known[DataProfile] | Finding:
    """Find the profile of the rows that are judged, or the finding that says why there is none."""
    because = None if check.id == LEADER else LEADER
    found = rows(dossier.proposal)
    if found is None:
        if plan(dossier.proposal) is not None:
            least = int(dossier.policy.number("enough-examples", "pilot"))
            return check.failed(
                "There is no training file, and the plan for one has no pilot to judge.",
                at=PILOT,
                fix=f"Link {least:,} rows or more as `pilot`, made as all will be, or the training file as `{AT}.path`.",
                because=because,
            )
        return check.failed(
            "There is no training file to count.",
            at=f"{AT}.path",
            fix=f"Link it under `{AT}.path`.",
            because=because,
        )
    fact = dossier.evidence.data.get(found.at)
    if stated_data.stands_in(dossier, found.at, fact):
        return stated_data.profile(check, dossier, fact, because)
    match fact:
        case None:
            return check.unverified(
                f"The {found.name} was not looked at.", at=found.path, fix=NOT_LOOKED_AT, because=because
            )
        case Unavailable() as trouble:
            return check.unavailable(
                trouble, at=found.path, what=f"The {found.name} could not be read", because=because
            )
        case Known() as known:
            return known


def speaking(dossier: Dossier) -> Known[manifest.Manifest] | None:
    """Find the manifest where it speaks for the rows that are judged."""
    found = rows(dossier.proposal)
    if found is None or not stated_data.stands_in(dossier, found.at, dossier.evidence.data.get(found.at)):
        return None
    stated = stated_data.manifest(dossier)
    return stated if isinstance(stated, Known) else None


def minimum(dossier: Dossier) -> int:
    """Find the number of examples below which a fine-tune makes things worse."""
    rft = dossier.proposal.training.method == "rft"
    return int(dossier.policy.number("examples-above-minimum", "minimum_rft" if rft else "minimum"))
