"""What would a pull request train that nobody has proposed? Configs of trainers, and adapters, that no proposal covers."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.readiness.proposal import is_proposal

CHECK_ID = "training-has-proposal"
PULL_REQUEST = "pull_request"  # under which the fact stands in the evidence
MAX_SHOWN = 5
PROPOSAL_NAME = "finetune-proposal.yaml"

# as PEFT, MLX, llama.cpp and Unsloth save them, and as adapters are registered by hand
_ADAPTER = re.compile(
    r"adapter_config\.json|adapter\.ya?ml|adapters?\.(safetensors|npz|gguf|bin|pt)|"
    r"adapter_model(-\d+-of-\d+)?\.(safetensors|bin|pt|gguf)(\.index\.json)?"
)


@dataclass(frozen=True, slots=True)
class Training:
    """One thing that is or would be trained: a trainer's config by its path with the `tool` it is for, or an adapter.

    Of an adapter `tool` is None, and the path is its first file's.
    """

    path: str
    tool: str | None = None

    @property
    def said(self) -> str:
        """Name it in a sentence."""
        return f"`{self.path}` (a config for {self.tool})" if self.tool else f"`{self.path}` (an adapter)"


def adapters(paths: Iterable[str]) -> Iterator[Training]:
    """Find the adapters among files: one a folder."""
    folders: set[str] = set()
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if _ADAPTER.fullmatch(name) and folder not in folders:
            folders.add(folder)
            yield Training(path)


def uncovered(
    found: Iterable[Training], files: Iterable[str], linked: Collection[str] = frozenset()
) -> tuple[Training, ...]:
    """Leave out what a proposal among the files covers: what it links, and what lies in its folder or below."""
    folders = {path.rpartition("/")[0] for path in files if is_proposal(path)}
    return tuple(each for each in found if each.path not in linked and not (folders & set(_above(each.path))))


def named(trainings: Iterable[Training]) -> str:
    """List trainings in a sentence, the first five by name."""
    every = [each.said for each in trainings]
    more = len(every) - MAX_SHOWN
    shown = every[:MAX_SHOWN] + ([f"{more} more"] if more > 0 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def begun(training: Training) -> str:
    """Write the first lines of a proposal for a training, to be filled in."""
    folder, _, name = training.path.rpartition("/")
    adapter = re.sub(r"[^a-z0-9]+", "-", folder.rpartition("/")[2].lower()).strip("-") or "my-adapter"
    lines = [
        "# `tunegate init` writes the whole form with its comments.",
        "version: 1",
        "scope: adapter  # or experiment",
        f"adapter: {adapter}",
        "summary:",
    ]
    if training.tool and re.fullmatch(r"[\w.-]+", name):
        lines += ["training:", f"  config: {name}"]
    return "\n".join(lines) + "\n"


def _above(path: str) -> Iterator[str]:
    """Walk the folders that hold a file, up to the root ("")."""
    while path:
        path = path.rpartition("/")[0]
        yield path
