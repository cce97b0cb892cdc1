"""How is an OpenAPI description kept, and how is a value held against it? Trimmed, and as JSON Schema of 2020-12.

GitHub describes its REST API in OpenAPI 3.0, whose `nullable` is put into types here; its webhooks in 3.1, which is
JSON Schema already.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

EDITION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]  # what is kept otherwise is another one
METHODS = ("get", "post", "put", "patch", "delete")
_SHOWN = 300  # characters of what is wrong
WHOLE = "urn:description"  # by which name schemas refer to the description that they are part of
_NAMED = {"content", "headers", "parameters", "paths", "properties", "responses", "schemas", "webhooks"}
_PROSE = {
    "default",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "info",
    "servers",
    "summary",
    "tags",
    "title",
    "x-github",
    "x-octokit",
    "x-webhooks",
}

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@formats.checks("uri", raises=ValueError)
def _is_address(value: object) -> bool:
    return not value or not isinstance(value, str) or bool(urlsplit(value).scheme)  # GitHub leaves some empty


def rest(description: Any) -> Any:
    """Keep the description of the REST API, set right, with its examples of requests as (method, template, body)."""
    examples = []
    for template, item in description["paths"].items():
        for method in item.keys() & set(METHODS):
            said = item[method].get("requestBody", {}).get("content", {}).get("application/json", {})
            bodies = [each["value"] for each in said.get("examples", {}).values() if "value" in each]
            examples += [(method.upper(), template, body) for body in bodies]
    _set_right(description)
    return trimmed(description) | {"x-requests": examples}


def _set_right(description: Any) -> None:
    """Correct what GitHub's own answers show to be a slip of its description."""
    paths, schemas = description["paths"], description["components"]["schemas"]
    # an account that is a user and an enterprise at once, which its own example is not
    listed = paths["/app/installations"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    listed["items"] = {"$ref": "#/components/schemas/installation"}
    # a comment whose line is gone has none (github/rest-api-description#5568)
    for name in ("line", "position"):
        schemas["pull-request-review-comment"]["properties"][name]["nullable"] = True
    # exactly one of two schemas, neither of which requires anything: every conflict fits both
    conflict = paths["/repos/{owner}/{repo}/contents/{path}"]["put"]["responses"]["409"]["content"]["application/json"]
    conflict["schema"] = {"$ref": "#/components/schemas/basic-error"}


def trimmed(description: Any) -> Any:
    """Keep what decides about a value: prose and examples go, `nullable` becomes a type."""
    return _trimmed(description, names=False)


def _trimmed(node: Any, *, names: bool) -> Any:
    if isinstance(node, list):
        return [_trimmed(each, names=False) for each in node]
    if not isinstance(node, dict):
        return node
    if names:  # its keys are somebody's names, whatever they look like
        return {key: _trimmed(each, names=False) for key, each in node.items()}
    if "$ref" in node:
        return {"$ref": WHOLE + node["$ref"]}  # a schema is validated by itself: what it refers to is elsewhere
    kept = {
        key: each if key in ("enum", "const", "required") else _trimmed(each, names=key in _NAMED)
        for key, each in node.items()
        if key not in _PROSE
    }
    return _with_null(kept) if kept.pop("nullable", False) else kept


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), str) and not schema.keys() & {"enum", "allOf", "anyOf", "oneOf"}:
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


class Schemas:
    """The schemas of one description."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        """Take a trimmed description."""
        self._description = description
        whole: Resource[Any] = Resource.from_contents(description, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(WHOLE, whole)

    def resolved(self, node: Any) -> Any:
        """Follow a node's `$ref`, if it has one."""
        while isinstance(node, dict) and "$ref" in node:
            node = self._at(node["$ref"])
        return node

    @cache  # noqa: B019  # one object for the whole run
    def _at(self, ref: str) -> Any:
        node: Any = self._description
        for step in ref.removeprefix(f"{WHOLE}#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        return node

    def validator(self, schema: Any) -> Draft202012Validator:
        """Compile a schema, which may refer to the description's components."""
        return Draft202012Validator(schema, registry=self._registry, format_checker=formats)


def problems(validator: Draft202012Validator, value: Any, where: str) -> list[str]:
    """Say what is wrong with a value, each problem with its place."""
    return [_said(error, where) for error in validator.iter_errors(value)]


def _said(error: ValidationError, where: str) -> str:
    while error.context:  # of a choice: what is wrong in the branch that comes nearest
        branches: dict[object, list[ValidationError]] = {}
        for each in error.context:
            branches.setdefault(each.schema_path[0], []).append(each)
        nearest = min(branches.values(), key=lambda found: (_is_of_another_type(found[0]), len(found)))
        error = max(nearest, key=lambda each: len(each.path))
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    said = error.message
    if len(said) > _SHOWN:
        said = f"{said[: _SHOWN // 2]} ... {said[-_SHOWN // 2 :]}"
    return f"{where}{''.join(steps)}: {said}"


def _is_of_another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.path
