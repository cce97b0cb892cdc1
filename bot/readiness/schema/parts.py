"""Of which parts are the fields of a proposal made? Texts, numbers, dates, links, and "not applicable"."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StrictInt,
    StringConstraints,
    Tag,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

from bot.readiness import link as links

MAX_TEXT = 10_000  # characters in any one text field

# a text of blanks alone says nothing
Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
KEBAB, MAX_KEBAB = r"^[a-z0-9]+(-[a-z0-9]+)*$", 100
Kebab = Annotated[str, StringConstraints(strict=True, pattern=KEBAB, max_length=MAX_KEBAB)]
# logins of managed accounts hold an underscore; whether the account is there is looked up
Login = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=39)]
Team = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", max_length=140)]
Count = Annotated[StrictInt, Field(ge=0, le=10**15)]


@dataclass(frozen=True, slots=True)
class Or:
    """Tells the JSON Schema that a validator takes this form besides what the type shows."""

    type: Literal["string", "null"]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Put the form beside the type's own."""
        return {"anyOf": [handler(core), {"type": self.type}]}


def _decimal(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a plain number is needed here, like 0.005")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError("this number is out of range")
    return number


Number = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "number"})]
# money or a count, never negative
Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})]
Share = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(ge=0, le=1),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]


def _date(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError("a date is needed here, as YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value} is no date of the calendar") from error


Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]

_PERIOD = r"P(?=\d)(\d{1,3}Y)?(\d{1,3}M)?(\d{1,4}D)?"


def _period(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(_PERIOD, value, re.ASCII):
        raise ValueError("a period is needed here, like P3M (three months), P90D (ninety days) or P1Y")
    return value


Period = Annotated[
    str, BeforeValidator(_period), WithJsonSchema({"type": "string", "pattern": f"^{_PERIOD}$", "examples": ["P3M"]})
]


class Section(BaseModel):
    """A part of the proposal: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _section(value: object) -> object:
    return {} if value is None else value  # `data: null` says the same as leaving it out


OrEmpty = (BeforeValidator(_section), Or("null"))


class LinkField(Section):
    """A link with its pin; a bare link is this without one."""

    uri: Text
    sha256: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")] | None = None
    revision: Text | None = None


def _link(value: object) -> object:
    ref = {"uri": value} if isinstance(value, str) else value
    if isinstance(ref, dict) and isinstance(ref.get("uri"), str):
        links.parse(ref["uri"])
    elif not isinstance(ref, dict | LinkField):
        raise ValueError("a link is needed here: a path in the repository or an address")
    return ref


Link = Annotated[LinkField, BeforeValidator(_link), Or("string")]

Code = Literal[
    "nothing_to_call", "nothing_to_retrieve", "input_is_complete", "over_latency_budget", "over_cost_budget", "free_text_output",
    "not_offered_by_provider", "retrieval_is_tuned", "closed_set_behind_router", "no_users", "not_launched",
]  # fmt: skip


class NotApplicable(Section):
    """Not applicable, with a code that the policy knows and a reason: free text alone frees nobody, nor a code alone."""

    not_applicable: Code
    why: Text


def _form(value: Any) -> str:
    excused = isinstance(value, NotApplicable) or (isinstance(value, dict) and "not_applicable" in value)
    return "form:not_applicable" if excused else "form:given"


EXCUSABLE = Discriminator(_form)
Given = Tag("form:given")  # the tags are no fields: `form` leaves them out of the path of a problem
Excuse = Annotated[NotApplicable, Tag("form:not_applicable")]


def _pinned(value: Any) -> str:
    return "form:link" if isinstance(value, dict | LinkField) else "form:given"


MaybeText = Annotated[Annotated[Text, Given] | Excuse, EXCUSABLE]
MaybeLink = Annotated[Annotated[Link, Given] | Excuse, EXCUSABLE]
MaybeSeed = Annotated[Annotated[StrictInt, Given] | Excuse, EXCUSABLE]
# a bare text is the template itself; a link to one is written with `uri`
TextOrLink = Annotated[
    Annotated[Text, Given] | Annotated[LinkField, BeforeValidator(_link), Tag("form:link")], Discriminator(_pinned)
]
