"""Is this a request that GitHub takes, and an answer that GitHub gives? Held against its own OpenAPI description."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote

from jsonschema import Draft202012Validator

from tests.peers.description import EDITION, METHODS, Schemas, problems, rest
from tests.peers.npm import Extract, Package, load
from tests.peers.rules import refusals

OPENAPI = Package(
    "@octokit/openapi",
    "23.0.2",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)
DESCRIPTION = Extract(OPENAPI, "package/generated/api.github.com.json", EDITION, rest)

_WITH_SLASHES = {"path", "ref", "basehead", "branch"}
_ANYWHERE = (301, 304, 307)  # a name that has changed, an ETag that has not; few operations list them
_REFUSAL = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path, as described."""

    template: str
    form: str  # a regular expression, compiled by `re` when it is first needed
    literals: frozenset[str] = field(repr=False)
    parameters: tuple[Mapping[str, Any], ...] = field(repr=False)
    said: Mapping[str, Any] = field(repr=False)


class Matcher:
    """Every operation of a description, to hold requests and answers against."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        """Take a trimmed description."""
        self._schemas = Schemas(description)
        self._operations: dict[str, list[Operation]] = {method.upper(): [] for method in METHODS}
        # where two fit, the one with more literal text is meant: `/contents/{path}` is greedy
        for template in sorted(description["paths"], key=lambda path: -len(re.sub(r"\{\w+\}", "", path))):
            item = description["paths"][template]
            for method in item.keys() & set(METHODS):
                said = item[method]
                parameters = tuple(map(self._schemas.resolved, said.get("parameters", ())))
                self._operations[method.upper()].append(_operation(method, template, parameters, said))
        self._validators: dict[tuple[Any, ...], Draft202012Validator] = {}

    def check_request(self, method: str, url_path: str, query: str, body_text: str | None) -> list[str]:
        """Say what GitHub would refuse of a request; `url_path` and `query` as they stand in the URL."""
        found = self._find(method, url_path)
        if found is None:
            return ["GitHub has no such operation"]
        operation, given = found
        asked = parse_qs(query, keep_blank_values=True)
        wrong = [
            *self._parameters(operation, method, "path", {name: [unquote(value)] for name, value in given.items()}),
            *self._parameters(operation, method, "query", asked),
        ]
        try:
            body = json.loads(body_text) if body_text else None
        except ValueError:
            return [*wrong, "body: no JSON"]
        wrong += self._body(operation, method, body, given=bool(body_text))
        return wrong + refusals(method, operation.template, {name: each[0] for name, each in asked.items()}, body)

    def check_answer(
        self, method: str, url_path: str, status: int, body_text: str, media: str = "application/json"
    ) -> list[str]:
        """Say where an answer differs from what GitHub gives with that status; `media` is its content type."""
        found = self._find(method, url_path)
        if found is None:
            return [] if status == 404 else [f"answer {status}: GitHub has no such operation"]
        operation, _ = found
        said = self._schemas.resolved(operation.said["responses"].get(str(status)))
        if said is None and status < 400 and status not in _ANYWHERE:
            return [f"answer {status}: GitHub never answers so"]
        described = {} if said is None else said.get("content", {})
        if not body_text:
            return [f"answer {status}: no body"] if described else []
        if not described and status < 300:
            return [f"answer {status}: a body"]
        if "json" not in media or ".raw" in media:  # a file as it is, which the description does not speak of
            return [] if media.startswith("application/vnd.github.") else [f"answer {status}: of type {media!r}"]
        try:
            body = json.loads(body_text)
        except ValueError:
            return [f"answer {status}: no JSON"]
        # which of several forms was asked for stands in the request's Accept: one of them has to fit
        forms = [
            problems(
                self._validator(form["schema"], method, operation.template, status, kind), body, f"answer {status}"
            )
            for kind, form in (described or {"application/json": {"schema": _REFUSAL}}).items()
            if "json" in kind or ".object" in kind
        ]
        return min(forms, key=len, default=[])

    def _find(self, method: str, url_path: str) -> tuple[Operation, dict[str, str]] | None:
        # an id may stand for a name: so lead the redirects of what was renamed, and the links to next pages
        by_name = re.sub(r"^/repositories/(\d+)(?=/|$)", r"/repos/any/\1", url_path)
        by_name = re.sub(r"^/organizations/(\d+)/team/(\d+)(?=/|$)", r"/orgs/\1/teams/\2", by_name)
        by_name = re.sub(r"^/organizations/(\d+)(?=/)", r"/orgs/\1", by_name)
        return self._find_by_name(method, url_path) or self._find_by_name(method, by_name)

    def _find_by_name(self, method: str, url_path: str) -> tuple[Operation, dict[str, str]] | None:
        steps = frozenset(url_path.split("/"))
        for operation in self._operations.get(method, ()):
            if operation.literals <= steps and (match := re.fullmatch(operation.form, url_path)):
                return operation, match.groupdict("")
        return None

    def _parameters(
        self, operation: Operation, method: str, place: str, given: Mapping[str, list[str]]
    ) -> Iterator[str]:
        declared = {each["name"].removesuffix("[]"): each for each in operation.parameters if each["in"] == place}
        for name, values in given.items():
            if name.removesuffix("[]") not in declared:
                yield f"{place}.{name}: GitHub knows no such parameter here"
                continue
            schema = self._schemas.resolved(declared[name.removesuffix("[]")].get("schema", {}))
            key = (method, operation.template, place, name)
            yield from problems(self._validator(schema, *key), _typed(values, schema), f"{place}.{name}")
        for name, each in declared.items():
            if each.get("required") and name not in given:
                yield f"{place}.{name}: required"

    def _body(self, operation: Operation, method: str, body: Any, *, given: bool) -> list[str]:
        said = self._schemas.resolved(operation.said.get("requestBody"))
        if not given:
            return ["body: required"] if said and said.get("required") else []
        if said is None:
            return ["body: GitHub takes none here"]
        form = said["content"].get("application/json")
        if form is None:
            return []
        if operation.template.endswith("/labels") and isinstance(body, list):
            body = {"labels": body}  # its prose allows the bare list, which PyGithub sends
        validator = self._validator(form["schema"], method, operation.template, closed=True)
        return problems(validator, body, "body")

    def _validator(self, schema: Any, *key: object, closed: bool = False) -> Draft202012Validator:
        if key not in self._validators:
            self._validators[key] = self._schemas.validator(self._closed(schema) if closed else schema)
        return self._validators[key]

    def _closed(self, schema: Any, within: tuple[int, ...] = (), *, branch: bool = False) -> Any:
        """Take away the room for misspelt names: an object holds only what its schema, or a branch of it, names."""
        schema = self._schemas.resolved(schema)
        if not isinstance(schema, dict) or id(schema) in within:
            return True  # deeper into a schema that holds itself nothing is looked at
        within = (*within, id(schema))
        closed = dict(schema)
        for key in schema.keys() & {"allOf", "anyOf", "oneOf"}:
            closed[key] = [self._closed(each, within, branch=True) for each in schema[key]]
        for key in schema.keys() & {"items", "additionalProperties"}:
            closed[key] = self._closed(schema[key], within) if isinstance(schema[key], dict) else schema[key]
        if "properties" in schema:
            closed["properties"] = {name: self._closed(each, within) for name, each in schema["properties"].items()}
        if branch and schema.get("additionalProperties") is True:
            del closed["additionalProperties"]  # a branch adds a condition: which names there are, the whole says
        if not branch and "additionalProperties" not in schema and self._names_properties(schema):
            closed["unevaluatedProperties"] = False
        return closed

    def _names_properties(self, schema: Any) -> bool:
        schema = self._schemas.resolved(schema)
        branches = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
        return "properties" in schema or any(map(self._names_properties, branches))


def _operation(
    method: str, template: str, parameters: tuple[Mapping[str, Any], ...], said: Mapping[str, Any]
) -> Operation:
    with_slashes = _WITH_SLASHES | {each["name"] for each in parameters if each.get("x-multi-segment")}
    form = "".join(
        f"(?P<{part[1:-1]}>{'.+' if part[1:-1] in with_slashes else '[^/]+'})" if part[0] == "{" else re.escape(part)
        for part in re.split(r"(\{\w+\})", template)
        if part
    )
    if method == "get" and template.endswith("/contents/{path}"):
        form = form.replace("/(?P<path>.+)", "(?:/(?P<path>.*))?")  # the root of the repository is a folder too
    literals = frozenset(step for step in template.split("/") if "{" not in step)
    return Operation(template, form, literals, parameters, said)


def _typed(values: list[str], schema: Mapping[str, Any]) -> Any:
    """Read a parameter's text as its schema's type; what cannot be read so stays text, and does not fit."""
    if schema.get("type") == "array":
        return [_typed([each], schema.get("items", {})) for value in values for each in value.split(",")]
    if len(values) > 1:
        return values
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", values[0]):
        return int(values[0])
    if schema.get("type") == "boolean" and values[0] in ("true", "false"):
        return values[0] == "true"
    return values[0]


@cache
def matcher() -> Matcher:
    """Load GitHub's description; raises PeerLacking."""
    return Matcher(load(DESCRIPTION))


def check_request(method: str, url_path: str, query: str, body_text: str | None) -> list[str]:
    """Say what GitHub would refuse of a request; raises PeerLacking."""
    return matcher().check_request(method, url_path, query, body_text)


def check_answer(method: str, url_path: str, status: int, body_text: str, media: str = "application/json") -> list[str]:
    """Say where an answer differs from what GitHub gives with that status; raises PeerLacking."""
    return matcher().check_answer(method, url_path, status, body_text, media)
