"""Can the training run be repeated, and is it the one that is proposed?

## Why
A tune that cannot be repeated cannot be mended, and one of another base model, method or file than proposed was never reviewed
(S1).

## What counts as evidence
`training.config`: the config that the trainer takes (docs/training-configs.md), pinned by the head commit or a `sha256`. It agrees
with the proposal on base model, method, technique, training file and seed; what cannot be compared, like the id of an upload, is
a remark. A seed, where the trainer takes one. The base model's revision, where its weights come from a hub: a provider's own
copy cannot be pinned. No file is trained on and held out at once. Whether the data is pinned is asked by `snapshot-pinned`.

## How to fix
Commit the config of the run and link it. Where it contradicts the proposal, correct the one that is wrong.
"""

from collections.abc import Iterator

from bot.readiness import excuse
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Grade, Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import NotApplicable
from bot.readiness.training_agreement import Agreed, Comparison, Differs, Unclear, compare
from bot.readiness.training_config import TrainingConfig
from bot.readiness.training_data import AT as TRAIN
from bot.readiness.training_files import Linked
from bot.readiness.wording import count

_AT = "training.config"
_SEED, _REVISION = "training.seed", "training.base_revision"
_PROVIDERS = {  # by the tool of the config; any other trains on one's own machines
    "OpenAI": "openai", "Azure OpenAI": "azure", "Amazon Bedrock": "bedrock", "Vertex AI": "vertex", "Together": "together",
    "Fireworks": "fireworks", "Predibase": "predibase", "OpenPipe": "openpipe", "Databricks Mosaic AI": "databricks",
    "Mistral": "mistral", "Cohere": "cohere",
}  # fmt: skip
_SELF_HOSTED = "self_hosted"
_CLOUDS = ("azure", "bedrock", "vertex", "databricks")  # they also let machines on which any trainer runs
_SPOKEN_BY_OTHERS = ("OpenAI",)  # its jobs' form is taken by other providers too
_MOVING = frozenset(("main", "master", "latest", "head"))


def run(dossier: Dossier) -> Iterator[Finding]:
    """Read what the config says, then hold it against the proposal."""
    link = dossier.proposal.training.config
    if link is None:
        yield CHECK.failed(
            "No training config is linked: nobody can repeat this run, or see that it is the one proposed.",
            at=_AT,
            fix="Commit the config that the trainer takes, or the hosted job's JSON, and link it as `training.config`.",
        )
        return
    match dossier.evidence.configs.get(_AT):
        case None:
            yield CHECK.unverified("The training config was not looked at.", at=_AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=_AT, what="The training config could not be read")
        case Known(config, source):
            yield from _judge(dossier, config, source)


def _judge(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[Finding]:
    compared = list(compare(dossier.proposal, config))
    faults = [
        *_unpinned(dossier, source),
        *(_contradiction(each, source) for each in compared if isinstance(each, Differs)),
        *_leaks(dossier, config, source),
        *_seed(dossier, config, source),
        *_revision(dossier, config, source),
    ]
    yield from faults
    if not faults:
        agreed = ", ".join(each.what for each in compared if isinstance(each, Agreed))
        told = f"agrees with the proposal on {agreed}" if agreed else "contradicts nothing that the proposal says"
        yield CHECK.passed(
            f"`{source.uri}` ({config.tool}) {told}.",
            at=_AT,
            source=source,
            remark=" ".join(_remarks(dossier, config, source, compared)) or None,
        )


def _unpinned(dossier: Dossier, source: Source) -> Iterator[Finding]:
    link = dossier.proposal.training.config
    if source.grade is Grade.D and source.revision is None and (link is None or link.sha256 is None):
        yield CHECK.failed(
            "Nothing pins the training config: its link may lead to another one tomorrow.",
            at=_AT,
            fix="Write `sha256` beside the link, or commit the file.",
            source=source,
        )


def _contradiction(found: Differs, source: Source) -> Finding:
    return CHECK.failed(
        f"The proposal's {found.what} is `{found.proposed}` (`{found.field}`), the config's is `{found.configured}` "
        f"({source.uri}:{found.line}).",
        at=_AT,
        fix=f"Correct the one that is wrong: `{found.field}`, or line {found.line:,} of the config.",
        source=source,
    )


def _leaks(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[Finding]:
    """Tell a file that is trained on and held out at once."""
    held_out = {each.value: each for each in config.eval_files}
    for each in config.data_files:
        where = f"{source.uri}:{each.line}"
        if (other := held_out.get(each.value)) is not None:
            yield CHECK.failed(
                f"The config trains on `{each.value}` and evaluates on it ({where} and line {other.line:,}): a leak.",
                at=_AT,
                fix="Set rows apart for evaluation before training, in a file of their own.",
                source=source,
                lever="evals",
            )
        elif (mine := _holdout(dossier)) is not None and mine.is_surely(each.value):
            yield CHECK.failed(
                f"The config trains on the held-out set `{each.value}` ({where}): a leak.",
                at=_AT,
                fix="Take it out of the config's training files.",
                source=source,
                lever="evals",
                because="no-train-eval-leak",
            )


def _holdout(dossier: Dossier) -> Linked | None:
    """Find the link of the held-out set; none where it is the training file's own, which `no-train-eval-leak` tells."""
    config, data, holdout = dossier.proposal.training.config, dossier.proposal.data, dossier.proposal.eval.holdout
    train, held = data.train.path if data.train else None, holdout.path if holdout else None
    return Linked(held.uri, config.uri) if held is not None and config is not None and held != train else None


def _provider(config: TrainingConfig) -> str:
    """Name who trains, by the config's tool: one's own machines where the tool is no provider's."""
    return _PROVIDERS.get(config.tool, _SELF_HOSTED)


def _takes_seed(dossier: Dossier, config: TrainingConfig) -> bool:
    return _provider(config) not in dossier.policy.setting(CHECK.id, "without_seed")


def _seed(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[Finding]:
    """Ask for a seed where the trainer takes one."""
    stated = dossier.proposal.training.seed
    if isinstance(stated, NotApplicable):
        judged = excuse.judged(dossier.proposal, dossier.policy, _SEED)
        if isinstance(judged, excuse.Refused):
            yield CHECK.failed(judged.message, at=_SEED, fix=judged.fix, source=source)
        elif _takes_seed(dossier, config):
            yield CHECK.failed(
                f"`{stated.not_applicable}`: {config.tool} takes a seed.",
                at=_SEED,
                fix="Set a seed in the config, and write the same number as `training.seed`.",
                source=source,
            )
    elif stated is None and config.seed is None and _takes_seed(dossier, config):
        yield CHECK.failed(
            f"Neither the proposal nor the config gives a seed, though {config.tool} takes one.",
            at=_SEED,
            fix="Set a seed in the config, and write the same number as `training.seed`.",
            source=source,
        )


def _revision(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[Finding]:
    """Ask for the base model's revision where its weights come from a hub."""
    if _provider(config) != _SELF_HOSTED:
        return
    stated = dossier.proposal.training.base_revision or (config.base_revision.value if config.base_revision else None)
    if stated is None or stated.lower() in _MOVING:
        what = f"`{stated}` moves" if stated else "Nothing says which revision of the base model is trained"
        yield CHECK.failed(
            f"{what}: its name alone may lead to other weights tomorrow.",
            at=_REVISION,
            fix="Write the commit of the base model on its hub, or the digest of its weights, as `training.base_revision`.",
            source=source,
        )


def _remarks(dossier: Dossier, config: TrainingConfig, source: Source, compared: list[Comparison]) -> Iterator[str]:
    """Say what an expert would: what could not be compared, and what is seldom right."""
    for each in compared:
        if isinstance(each, Unclear):
            yield f"{each.sentence.rstrip('.')} ({source.uri}:{each.line})."
        elif isinstance(each, Agreed) and each.remark:
            yield each.remark
    stated, takes = dossier.proposal.training.seed, _takes_seed(dossier, config)
    if isinstance(stated, int) and config.seed is None:
        yield (
            f"The config sets no seed: `training.seed` counts only once it stands there ({source.uri})."
            if takes
            else f"{config.tool} takes no seed: `training.seed` counts for nothing."
        )
    proposed, trains = dossier.proposal.training.provider, _provider(config)
    rented = trains == _SELF_HOSTED and proposed in _CLOUDS
    if proposed not in (None, "other", trains) and not rented and config.tool not in _SPOKEN_BY_OTHERS:
        yield f"The config is one of {config.tool}, the proposal's `training.provider` is `{proposed}`."
    if config.base_model and config.base_model.value.lower().endswith("-latest"):
        where = f"{source.uri}:{config.base_model.line}"
        yield f"`{config.base_model.value}` ({where}) is an alias that moves: name the version that it stands for today."
    yield from _of_files(dossier, config, source)
    yield from _of_the_rank(dossier, config, source)


def _of_files(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[str]:
    if not config.data_files:
        yield f"The config names no training file ({source.uri}): it was not compared."
    mine = _holdout(dossier)
    for each in config.eval_files:
        if mine is not None and mine.is_surely(each.value):
            yield (
                f"The config evaluates on the held-out set ({source.uri}:{each.line}): a checkpoint that is chosen by it "
                "looks better than it is."
            )


def _of_the_rank(dossier: Dossier, config: TrainingConfig, source: Source) -> Iterator[str]:
    large, few = (int(dossier.policy.number(CHECK.id, name)) for name in ("large_rank", "few_rows"))
    data = dossier.evidence.data.get(TRAIN)
    if config.rank is None or not isinstance(data, Known) or config.rank.value < large or data.value.effective >= few:
        return
    yield (
        f"Rank {config.rank.value:,} for {count(data.value.effective, 'row')} ({source.uri}:{config.rank.line}) is far more "
        "than so few can fill: 8 to 64 is usual."
    )


CHECK = Check(id="training-reproducible", item=Item.OWNER, doc=__doc__, run=run)
