"""Does the adapter meet production traffic in steps: shadow first, then a canary?

## Why
A held-out set is not production. In shadow the adapter answers real requests and nobody sees it; as a canary few do. What
goes wrong there is cheap (S0).

## What counts as evidence
`serving.rollout`, with `shadow` before `canary`; an `ab_test` may come besides. Before a launch there is no traffic to
shadow: write `{not_applicable: not_launched, why: ...}`, with `ops_cost.volume.launched: false`.

## How to fix
Write `rollout: [shadow, canary]`.
"""

from collections.abc import Iterator

from bot.readiness import excuse
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item

AT = "serving.rollout"
_ASKED = ("shadow", "canary")
_FIX = "Write `serving.rollout: [shadow, canary]`, and serve it in these steps."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at the steps and their order."""
    match excuse.judged(dossier.proposal, dossier.policy, AT):
        case excuse.Accepted(code=code):
            yield CHECK.not_applicable(f"No steps are needed: `{code}`.", at=AT)
            return
        case excuse.Refused(message=message, fix=fix):
            yield CHECK.failed(message, at=AT, fix=fix)
            return
        case None:
            pass
    steps = dossier.proposal.serving.rollout
    if not isinstance(steps, tuple) or not steps:
        yield CHECK.failed("Nothing says in which steps the adapter meets production traffic.", at=AT, fix=_FIX)
        return
    told = ", then ".join(steps[:10])
    missing = [f"`{step}`" for step in _ASKED if step not in steps]
    if missing:
        yield CHECK.failed(f"The rollout is {told}; {' and '.join(missing)} is missing.", at=AT, fix=_FIX)
    elif steps.index("shadow") > steps.index("canary"):
        yield CHECK.failed(
            f"The rollout is {told}: people meet the adapter before it was seen at work.", at=AT, fix=_FIX
        )
    else:
        yield CHECK.passed(f"The rollout is {told}.", at=AT)


CHECK = Check(id="rollout-planned", item=Item.OWNER, doc=__doc__, run=run)
