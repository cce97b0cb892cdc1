"""Which training file do the checks on data look at? Shared by them, with the cause told once."""

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import DataProfile, Known, Unavailable
from bot.readiness.finding import Finding

AT = "data.train"
LISTED = "training.config: "  # before the name of each file that a training config lists besides
LEADER = "examples-well-formed"  # the check that carries the cause when the file cannot be read
ONE_ANSWER = ("sft", "distillation")  # methods that learn one right answer to each input
WITHOUT_TARGETS = ("continued_pretraining",)  # text alone: no conversations to judge


def profile(check: Check, dossier: Dossier) -> Known[DataProfile] | Finding:
    """Find the profile of the training file, or the finding that says why there is none."""
    because = None if check.id == LEADER else LEADER
    train = dossier.proposal.data.train
    if train is None or train.path is None:
        if dossier.proposal.data.curation_plan is not None:
            return check.unverified(
                "Curation plans are not judged yet; only data that is there is.",
                at="data.curation_plan",
                fix="Link the training file under `data.train` once it exists.",
                because=because,
            )
        return check.failed(
            "There is no training file to count.",
            at="data.train.path",
            fix="Link it under `data.train.path`.",
            because=because,
        )
    match dossier.evidence.data.get(AT):
        case None:
            return check.unverified(
                "The training file was not looked at.", at=f"{AT}.path", fix=NOT_LOOKED_AT, because=because
            )
        case Unavailable() as trouble:
            return check.unavailable(
                trouble, at=f"{AT}.path", what="The training file could not be read", because=because
            )
        case Known() as known:
            return known


def minimum(dossier: Dossier) -> int:
    """Find the number of examples below which a fine-tune makes things worse."""
    rft = dossier.proposal.training.method == "rft"
    return int(dossier.policy.number("examples-above-minimum", "minimum_rft" if rft else "minimum"))
