"""Which way is a regression slice better, and how many rows would show a loss? Shared by the checks against forgetting."""

from dataclasses import dataclass

from bot.readiness import statistics
from bot.readiness.bar import known_direction
from bot.readiness.baseline import Measured, metric_of, name_of
from bot.readiness.check import Dossier
from bot.readiness.pairing import Rules
from bot.readiness.schema import Proposal
from bot.readiness.wording import percent

FIELD = "eval.regression"
CHECK_ID = "no-regression"  # the check whose settings say what a loss is


@dataclass(frozen=True, slots=True)
class Limits:
    """What the policy asks of a slice: least rows, greatest loss in points (0.03: three of a hundred), how sure.

    `discordance` is the share of the pairs that is expected to differ where a tune touches nothing.
    """

    min_rows: int
    max_loss: float
    discordance: float
    rules: Rules

    @classmethod
    def of(cls, dossier: Dossier) -> "Limits":
        """Read them from the policy."""

        def number(name: str) -> float:
            return float(dossier.policy.number(CHECK_ID, name))

        rules = Rules(number("confidence"), number("power"), number("max_unpaired"))
        return cls(int(number("min_rows")), number("max_loss"), number("discordance"), rules)

    def needed(self) -> str:
        """Say how many rows of a slice would show the greatest loss that is borne."""
        n = statistics.needed_pairs(self.max_loss, self.discordance, self.rules.confidence, self.rules.power)
        many = "More rows than anybody has" if n is None else f"About {n:,} rows a slice"
        return (
            f"{many} would show a loss of {100 * self.max_loss:g} points ({percent(self.rules.power)} power, "
            f"{percent(self.discordance)} of the answers changed)."
        )


def higher_is_better(proposal: Proposal, measured: Measured) -> bool | str:
    """Find which way a slice's metric is better: as its proposal, artifact and name say; a sentence where they do not, or differ."""
    wanted, known = metric_of(proposal, measured.at), known_direction(measured)
    stated = wanted.direction if wanted else None
    if stated is None and known is None:
        return f"Nothing says which way `{name_of(measured.metric)}` of {measured.name} is better."
    if stated is not None and known is not None and known[0].value != stated:
        return f"The proposal says that {stated} is better in {measured.name}, but {known[1]} {known[0].value}."
    return (stated or (known[0].value if known else "")) == "higher"
