"""Was the same training file refused before, under another name? What is told of it depends on whose repository it was in."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Refusal:
    """An earlier review that came to "not yet", of another adapter on the same bytes.

    `adapter` and `number`, its pull request, are told within one repository alone: in another one of the organisation not
    everybody here may read.
    """

    on: date
    adapter: str | None = None
    number: int | None = None

    @property
    def said(self) -> str:
        """Say where it was."""
        if self.number is None:
            return f"in another repository of this organisation ({self.on.isoformat()})"
        return f"as `{self.adapter}` in pull request #{self.number} ({self.on.isoformat()})"
