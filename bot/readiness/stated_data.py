"""May a manifest speak for the training rows, and does what can be seen bear it out? Shared by the checks on data.

A manifest stands in for rows that the proposal does not link, that may not be read, or that are too large to be read whole
(READINESS section 2). Of what it does not state nothing is concluded: a sample of the rows shows some of that, the rest is
unverified. Where the two contradict each other no figure of the manifest counts.
"""

import math
from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.data_profile import DataProfile, Sampled
from bot.readiness.fact import Fact, Grade, Hindrance, Known, Source, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.manifest import AT, Manifest, ManifestFile, as_profile, says_all_for
from bot.readiness.schema import LinkField, at
from bot.readiness.wording import count

POLICY = "examples-well-formed"
_TRAIN, _HOLDOUT = "data.train", "eval.holdout.path"
# What a sample shows as well as all rows do: shares of rows, and of what kind they are
_BY_SAMPLE = (
    "outputs-fit-schema", "examples-match-production", "synthetic-is-augmentation", "examples-are-diverse",
    "technique-fits-data", "grader-proven", "data-teaches-behavior",
)  # fmt: skip
_NOTE = "as the manifest says; these rows were not counted here"
_SHOWN = 12  # digits of a digest
_WHAT_TO_DO = (
    "Write the manifest anew from the files that are trained on, by the run of this repository's CI that is linked."
)


def stands_in(dossier: Dossier, field: str, fact: Fact[DataProfile] | None) -> bool:
    """Say whether a manifest speaks for the rows of a field, given what came of reading these."""
    if field == AT:
        return True
    if field != _TRAIN or dossier.proposal.data.manifest is None:
        return False
    if isinstance(fact, Known):
        return fact.value.sampled is not None
    return fact is not None and fact.hindrance is not None


def profile(
    check: Check, dossier: Dossier, fact: Fact[DataProfile] | None, because: str | None
) -> Known[DataProfile] | Finding:
    """Find the profile by which a check judges rows that a manifest speaks for, or say what neither shows.

    `fact` is what came of reading the rows themselves, `because` the check that tells what is wrong with the manifest.
    """
    stated = manifest(dossier)
    if stated is None:
        return check.unverified("The manifest was not looked at.", at=AT, fix=NOT_LOOKED_AT, because=because)
    if isinstance(stated, Unavailable):
        return check.unavailable(stated, at=AT, what="The manifest could not be read", because=because)
    if any(contradictions(dossier)):
        return check.failed(
            "The manifest is not borne out by what was seen: none of its figures counts.",
            at=AT,
            fix=_WHAT_TO_DO,
            source=stated.source,
            because=because,
        )
    sample = fact if isinstance(fact, Known) else None
    if sample is not None and (check.id in _BY_SAMPLE or (check.id == "no-secrets" and sample.value.secrets)):
        return Known(
            sample.value, _noted(sample.source, f"{sample_in_words(sample.value)}; lines are the sample's own")
        )
    tokens = dossier.proposal.training.method == "continued_pretraining"
    if not says_all_for(check.id, stated.value, tokens=tokens):
        return _unseen(check, dossier, fact, sample)
    if check.id == "no-train-eval-leak" and (unsure := _other_holdout(check, dossier, stated)):
        return unsure
    note = _NOTE if stated.source.grade is Grade.A else f"{_NOTE}, and no run of this repository's CI attests it"
    return Known(as_profile(stated.value), _noted(stated.source, stated.source.note or note))


def troubles(check: Check, dossier: Dossier) -> Iterator[Finding]:
    """Tell a manifest that cannot be read, and all in which it is contradicted; for the one check that tells it."""
    if dossier.proposal.data.manifest is None:
        return
    match manifest(dossier):
        case Unavailable() as trouble:
            yield check.unavailable(trouble, at=AT, what="The manifest could not be read")
        case Known(source=source):
            for wrong in contradictions(dossier):
                yield check.failed(wrong, at=AT, fix=_WHAT_TO_DO, source=source)
        case None:  # told where it speaks for the rows
            return


def manifest(dossier: Dossier) -> Fact[Manifest] | None:
    """Find what came of reading the manifest; None: there is none, or it was not looked at."""
    return dossier.evidence.manifests.get(AT)


def contradictions(dossier: Dossier) -> Iterator[str]:
    """Say, with both numbers, where a manifest is contradicted by what was seen beside it."""
    stated = manifest(dossier)
    if not isinstance(stated, Known):
        return
    said, fact = stated.value, dossier.evidence.data.get(_TRAIN)
    method, train = dossier.proposal.training.method, dossier.proposal.data.train
    if said.method is not None and method is not None and said.method != method:
        yield f"The manifest held the rows to `{said.method}`, and the proposal's method is `{method}`."
    if said.data_format is not None and train is not None and train.format not in ("auto", said.data_format):
        yield f"The manifest read the rows as `{said.data_format}`, and the proposal says `{train.format}`."
    digest = dossier.evidence.digests.get(_HOLDOUT)
    if said.holdout_sha256 is not None and isinstance(digest, Known) and digest.value != said.holdout_sha256:
        yield (
            f"The manifest looked for leaks of the held-out set sha256 {said.holdout_sha256[:_SHOWN]}, "
            f"and the linked one is {digest.value[:_SHOWN]}."
        )
    if train is None or train.path is None:
        return
    seen = _digest(train.path, fact)
    if seen is not None and said.file(seen) is None:
        yield (
            f"The linked training file has sha256 {seen[:_SHOWN]}; of the {count(len(said.files), 'file')} that the manifest "
            f"names none has, first {said.files[0].sha256[:_SHOWN]}."
        )
    elif isinstance(fact, Known) and fact.value.sampled is not None:
        yield from _against_sample(dossier, said, _file_of(said, train.path, seen), fact.value, fact.value.sampled)
    elif isinstance(fact, Known):
        yield from _against_all(dossier, said, _file_of(said, train.path, seen), fact.value)


def sample_in_words(profile: DataProfile) -> str:
    """Say how much was looked at: "a sample of 2,000 rows of about 3,100,000"."""
    about = profile.sampled.about if profile.sampled else profile.rows
    return f"a sample of {count(profile.rows, 'row')} of about {about:,}"


def _digest(link: LinkField, fact: Fact[DataProfile] | None) -> str | None:
    """Find the digest of the linked training file: the one that was computed, else the one beside its link."""
    computed = fact.source.sha256 if isinstance(fact, Known) and fact.value.sampled is None else None
    return computed or link.sha256


def _file_of(said: Manifest, link: LinkField, seen: str | None) -> ManifestFile | None:
    """Find the linked file in the manifest: by its digest, by its name, or as the only one."""
    if seen is not None:
        return said.file(seen)
    name = link.uri.partition("?")[0].rpartition("/")[2]
    alike = [file for file in said.files if file.path.rpartition("/")[2] == name] or list(said.files)
    return alike[0] if len(alike) == 1 else None


def _against_all(dossier: Dossier, said: Manifest, file: ManifestFile | None, seen: DataProfile) -> Iterator[str]:
    """Compare with a training file whose every row was counted."""
    if file is None:
        return
    if file.rows != seen.rows:
        yield f"The manifest says {file.rows:,} rows of the training file, counted {seen.rows:,}."
    if len(said.files) > 1:
        return
    if seen.rows == said.rows and said.valid > seen.valid:
        yield f"The manifest says {said.rows - said.valid:,} faulty rows, counted {seen.rows - seen.valid:,}."
    off = float(dossier.policy.number(POLICY, "manifest", "effective"))
    if said.effective > seen.effective * (1 + off):
        yield f"The manifest says {said.effective:,} effective examples, counted {seen.effective:,}."


def _against_sample(
    dossier: Dossier, said: Manifest, file: ManifestFile | None, seen: DataProfile, sampled: Sampled
) -> Iterator[str]:
    """Compare with a sample of the training file's rows."""
    off, chance = (float(dossier.policy.number(POLICY, "manifest", key)) for key in ("rows", "chance"))
    if file is not None:
        if file.size is not None and file.size != sampled.size:
            yield f"The manifest says {file.size:,} bytes of the training file, and it has {sampled.size:,}."
        if file.rows > sampled.about * (1 + off) or sampled.about > file.rows * (1 + off):
            yield (
                f"The manifest says {file.rows:,} rows of the training file; a sample of {seen.rows:,} makes "
                f"about {sampled.about:,}."
            )
    # each stretch holds a faulty row with at most so much of a chance, however these are spread over the file
    each = min(1.0, sampled.longest * (said.rows - said.valid) / max(said.rows, 1))
    if sampled.faulty and _at_least(sampled.faulty, sampled.stretches, each) < chance:
        yield (
            f"The manifest says {said.rows - said.valid:,} faulty rows of {said.rows:,}; a sample of {seen.rows:,} holds "
            f"{seen.rows - seen.valid:,}."
        )


def _at_least(hits: int, draws: int, each: float) -> float:
    """Give the chance of so many hits or more (binomial)."""
    return sum(math.comb(draws, n) * each**n * (1 - each) ** (draws - n) for n in range(hits, draws + 1))


def _other_holdout(check: Check, dossier: Dossier, stated: Known[Manifest]) -> Finding | None:
    """Say that nobody knows whether the linked held-out set is the one that the manifest's rows were compared with."""
    digest = dossier.evidence.digests.get(_HOLDOUT)
    if isinstance(digest, Known):
        return None
    if at(dossier.proposal, _HOLDOUT) is None:
        return check.failed(
            "The manifest looked for leaks of a held-out set that the proposal does not link.",
            at="eval.holdout",
            fix="Link it as `eval.holdout.path`: one item a line, `input` and `target`.",
            lever="evals",
        )
    if isinstance(digest, Unavailable):
        return check.unavailable(digest, at=_HOLDOUT, what="The held-out set could not be read")
    return check.unverified("The held-out set was not looked at.", at=_HOLDOUT, fix=NOT_LOOKED_AT)


def _unseen(
    check: Check, dossier: Dossier, fact: Fact[DataProfile] | None, sample: Known[DataProfile] | None
) -> Finding:
    """Say that a question stays open, and what would answer it."""
    if sample is not None:
        return check.unverified(
            f"Neither the manifest nor {sample_in_words(sample.value)} shows this.",
            at=AT,
            fix="Link a training file that can be read whole, or ask for a waiver of this check.",
            source=sample.source,
        )
    large = isinstance(fact, Unavailable) and fact.hindrance is Hindrance.TOO_LARGE
    why = f" {fact.reason.rstrip('.')}." if isinstance(fact, Unavailable) else ""
    fix = (
        "Link the training file as plain JSONL where parts of it can be read, so that a sample shows it"
        if large
        else "Let Tunegate read the training file (nothing of its rows is kept)"
    )
    leader = _first_of_the_unseen(dossier)
    return check.unverified(
        f"The manifest does not show this, and the rows themselves were not seen.{why}",
        at=AT,
        fix=f"{fix}, or ask for a waiver of this check.",
        because=None if check.id == leader else leader,
    )


def _first_of_the_unseen(dossier: Dossier) -> str:
    """Name the check that tells what no manifest shows, for all: one cause gives one annotation."""
    linked = isinstance(dossier.proposal.data.output_schema, LinkField)
    answers = dossier.proposal.training.method not in ("rft", "continued_pretraining")
    return "outputs-fit-schema" if linked and answers else "examples-match-production"


def _noted(source: Source, note: str) -> Source:
    return Source(source.uri, source.grade, source.sha256, source.revision, source.size, note)
