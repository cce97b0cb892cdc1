"""Do the training rows hold keys, tokens or data of persons?

## Why
What is trained on can be said again, to anybody. A key that stood in a data set is no secret any more (house).

## What counts as evidence
Every valid row's text, looked through for keys and tokens by the shapes that their makers gave them; examples of keys, as
documentation shows them, are none. E-mail addresses, payment cards, account and social security numbers are a remark: whether
they may be there is a person's decision. Finds are told by kind and line and never shown.

## How to fix
Revoke the key first. Then take it out of the rows, or mask it the way production masks it.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import Spotted
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import path, profile
from bot.readiness.wording import count

_SHOWN = 5


def run(dossier: Dossier) -> Iterator[Finding]:
    """Tell secrets as a failure, data of persons as a remark."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    for spotted in known.value.secrets:
        yield CHECK.failed(
            f"{_said(spotted)}.",
            at=path(dossier),
            fix="Revoke it, then take it out of the rows.",
            source=known.source,
        )
    if known.value.secrets:
        return
    personal = "; ".join(_said(spotted) for spotted in known.value.personal)
    yield CHECK.passed(
        f"No key and no token in {count(known.value.valid, 'valid row')}.",
        at=path(dossier),
        source=known.source,
        remark=f"{personal}: a person should say whether they may be there." if personal else None,
    )


def _said(spotted: Spotted) -> str:
    holds = "holds" if spotted.rows == 1 else "hold"
    article = "an" if spotted.kind[0].lower() in "aeiou" and not spotted.kind.startswith("US") else "a"
    if not spotted.lines:  # a manifest tells none
        return f"{count(spotted.rows, 'row')} {holds} {article} {spotted.kind}"
    lines = ", ".join(f"{line:,}" for line in spotted.lines[:_SHOWN])
    more = " ..." if spotted.rows > _SHOWN else ""
    return f"{count(spotted.rows, 'row')} {holds} {article} {spotted.kind} (line {lines}{more})"


CHECK = Check(id="no-secrets", item=Item.DATA, doc=__doc__, run=run)
