"""What would a pull request train that no proposal covers? Asked of the files that it changes, mostly without reading one anew."""

import re
from collections.abc import Callable, Iterator, Sequence

from bot import ports
from bot.readiness.fact import Fact, Grade, Known, Source, Unavailable
from bot.readiness.proposal import is_proposal
from bot.readiness.unproposed import Training, adapters, uncovered

MAX_READ = 10  # house: changed files that are fetched; of new ones GitHub has told the text
MAX_LOOKED_AT = 50  # house: files that are looked at
MAX_BYTES = 1_000_000  # of a training config

_CONFIG = re.compile(r".*\.(ya?ml|json)")
_NO_CONFIG = re.compile(r"(.*/)?(\.github/.*|package(-lock)?\.json|tsconfig.*\.json|\.tunegate\.yaml)")
_SPEAKS_OF_TRAINING = re.compile(
    r"base_?model|model_name_or_path|lora|fine_?-?tun|training_?file|hyper_?parameters|(?<![a-z])train|\b(sft|dpo|orpo|kto)\b",
    re.IGNORECASE,
)

ToolOf = Callable[[bytes], str | None]
"""Names the trainer that a file is a config for; None where it is none's."""


def unproposed(
    changed: Sequence[ports.ChangedFile],
    files: ports.CommitFiles,
    linked: Callable[[], frozenset[str]],
    tool_of: ToolOf,
) -> Fact[tuple[Training, ...]]:
    """Find what a pull request trains and no proposal covers; `linked` lists what the proposals that it touches link.

    Raises ForgeTrouble while the files cannot be listed.
    """
    standing = [each for each in changed if each.status != "removed"]
    found = [*adapters(each.path for each in standing), *_configs(standing, files, tool_of)]
    source = Source("the files that the pull request changes", Grade.C)
    left = found and uncovered(found, [each.path for each in standing], linked())
    if not left:  # mostly the proposal comes with what it trains, and nothing else needs to be listed
        return Known((), source)
    listing = files.listing()
    if isinstance(listing, Unavailable):
        return listing
    return Known(uncovered(left, listing.value, linked()), source)


def _configs(changed: Sequence[ports.ChangedFile], files: ports.CommitFiles, tool_of: ToolOf) -> Iterator[Training]:
    likely = [
        each
        for each in changed
        if _CONFIG.fullmatch(each.path)
        and not _NO_CONFIG.fullmatch(each.path)
        and not is_proposal(each.path)
        and _SPEAKS_OF_TRAINING.search(f"{each.path}\n{each.patch or ''}")
    ]
    read = 0
    for each in likely[:MAX_LOOKED_AT]:
        text = _whole(each)
        if text is None and read < MAX_READ:
            read += 1
            fact = files.read(each.path, max_bytes=MAX_BYTES)
            text = fact.value if isinstance(fact, Known) else None
        if text is not None and (tool := tool_of(text)):
            yield Training(each.path, tool)


def _whole(changed: ports.ChangedFile) -> bytes | None:
    """Take a new file's text from its patch, which holds all of it."""
    if changed.status != "added" or changed.patch is None:
        return None
    return "\n".join(line[1:] for line in changed.patch.split("\n") if line.startswith("+")).encode()
