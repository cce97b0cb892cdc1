"""Of which provider is a model, and under which name is it looked up? Tools, hosts and prefixes write one model in many ways.

`ft:` names give their base, `azure/...`, `bedrock/...`, `us.anthropic....` and `accounts/fireworks/models/...` their provider.
A date in a name is part of it: another date is another model. Nothing is guessed that would mix two models up.
"""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache

MAX_NAME = 300  # characters; no model's name is longer
_PROVIDERS = {  # how prefixes write a provider -> its word in `training.provider`, or its own
    **dict.fromkeys(("openai", "text-completion-openai", "chatgpt"), "openai"),
    **dict.fromkeys(("azure", "azure_ai", "azure-ai", "azure_openai", "azure-openai"), "azure"),
    **dict.fromkeys(("bedrock", "bedrock_converse", "amazon_bedrock", "amazon-bedrock", "aws"), "bedrock"),
    **dict.fromkeys(("vertex", "vertex_ai", "vertexai", "google-vertex", "google_vertex"), "vertex"),
    **dict.fromkeys(("gemini", "google", "google_ai_studio"), "google"),
    **dict.fromkeys(("together", "together_ai", "togetherai"), "together"),
    **dict.fromkeys(("fireworks", "fireworks_ai", "fireworks-ai"), "fireworks"),
    **dict.fromkeys(("cohere", "cohere_chat"), "cohere"),
    **{name: name for name in ("anthropic", "databricks", "groq", "predibase", "openpipe", "openrouter", "xai")},
}
_ORGANISATIONS = {"mistral": "mistral", "mistralai": "mistral", "deepseek": "deepseek"}  # also names of publishers
_OWN_NAMES = (  # names that only one provider gives: of others they bear a prefix
    (re.compile(r"(?:chat)?gpt-\d|chatgpt-|o\d(?:-|$)|davinci-|babbage-"), "openai"),
    (re.compile(r"claude-"), "anthropic"),
    (re.compile(r"gemini-"), "google"),
    (re.compile(r"command-"), "cohere"),
    (re.compile(r"(?:open-)?mi[sx]tral-(?:large|medium|small|tiny|nemo)|ministral-\d+b-(?:\d{4}|latest)"), "mistral"),
)
_REGION = re.compile(r"(?:us|eu|apac|au|jp|ca|sa|global|us-gov)\.(?=[a-z0-9]+\.)")
_BEDROCK = re.compile(r"(?:amazon|anthropic|meta|mistral|cohere|ai21|deepseek|qwen|openai|writer)\.[a-z0-9]")
_ARN = re.compile(r"arn:aws[\w-]*:bedrock:[\w-]*:\d*:[\w-]+/(.+)")
_HOW = re.compile(r"(?:chat|completion|responses|messages|text|converse):")
_FULL_VERTEX = re.compile(r"(?:projects/[^/]+/locations/[^/]+/)?publishers/([^/]+)/models/(.+)")
_FULL_FIREWORKS = re.compile(r"accounts/([^/]+)/models/(.+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A model as it is looked up: `provider` None where nothing tells it; `name` in one spelling; `tuned`: of an `ft:` name.

    `said` is the name as it was written, for people.
    """

    provider: str | None
    name: str
    tuned: bool = False
    said: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """The name without the organisation that published it."""
        return self.name.rpartition("/")[2]


def place(name: str, provider: str | None = None) -> Place:
    """Read a model's name; a `provider` that is stated beside it wins over what the name says."""
    name = "".join(character for character in name.strip()[:MAX_NAME] if character.isprintable())
    text = name.lower()
    provider = None if provider == "other" else provider
    said, text = _prefixed(text)
    tuned = text.startswith("ft:")
    if tuned:
        said, text = said or "openai", text.split(":")[1] if ":" in text else text
        said, text = said, _prefixed(text)[1]
    if said is None and provider is None:
        said = next((whose for pattern, whose in _OWN_NAMES if pattern.match(text)), None)
        if said is None and "/" in text:
            said = _ORGANISATIONS.get(text.partition("/")[0])
    shown = text if tuned else name
    return Place(provider or said, spelled(text), tuned, shown)


def provider_of(word: str) -> str | None:
    """Say which provider a word means, as tools and hosts write it; None for one that we have no word for."""
    return _PROVIDERS.get(word.lower()) or _ORGANISATIONS.get(word.lower())


def _prefixed(text: str) -> tuple[str | None, str]:
    """Take prefixes of tools and hosts off a name, and say which provider they mean."""
    said: str | None = None
    if found := _ARN.fullmatch(text):
        return "bedrock", _REGION.sub("", found[1], count=1)
    if found := _FULL_VERTEX.fullmatch(text):
        return "vertex", found[2]
    for sign in "/:":
        head, _, rest = text.partition(sign)
        if rest and head in _PROVIDERS:
            said, text = _PROVIDERS[head], _HOW.sub("", rest, count=1)
            break
    if said == "bedrock" or said is None:
        text = re.sub(r"^[a-z]{2}(?:-gov)?-[a-z]+-\d/", "", text)  # bedrock/us-east-1/...
        if _REGION.match(text) or _BEDROCK.match(text):
            said, text = "bedrock", _REGION.sub("", text, count=1)
    if found := _FULL_FIREWORKS.fullmatch(text):
        said, text = said or "fireworks", found[2] if found[1] == "fireworks" else text
    return said, text.removeprefix("models/")


@lru_cache(maxsize=4096)
def spelled(name: str) -> str:
    """Write a name in one spelling: lower case, `-` between its parts; `Meta-Llama-3.1`, `llama-v3p1` and `llama3.1` are one."""
    text = re.sub(r"[\s_]+", "-", name.strip().lower())
    text = re.sub(r"(?<=[a-z])-v(\d)p(\d)", r"-\1-\2", text)
    text = re.sub(r"(?<=\d)[.p](?=\d)", "-", text)
    text = re.sub(r"(?<![a-z])([a-z]{3,})(?=\d)", r"\1-", text)
    text = re.sub(r"(^|[/.])meta-(?=llama[^/]*$)", r"\1", text)
    return re.sub(r"(^|/)gpt-35-", r"\1gpt-3-5-", text)


def is_named(pattern: str, wanted: Place) -> bool:
    """Say whether an entry's name, which may hold `*`, is that of a model. An organisation counts where both name one."""
    ours = spelled(pattern)
    if "*" not in ours:
        both = "/" in ours and "/" in wanted.name
        return ours == wanted.name if both else ours.rpartition("/")[2] == wanted.key
    if "/" in ours and "/" not in wanted.name:
        ours = ours.rpartition("/")[2]
        if ours.strip("*") == "":
            return False  # all of an organisation: a name without one is not known to be of it
    return fnmatchcase(wanted.name, ours) or ("/" not in ours and fnmatchcase(wanted.key, ours))
