"""Which rows are meant? A file with one id a line: the artifact's own ids, or the 1-based lines of its rows."""

from bot.sources.jsonl import lines
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_BYTES = 20_000_000
MAX_IDS = 200_000
LONGEST = 300  # characters of an id
_FIX = "Write one id a line, as the rows of the eval name it, and nothing else."


def read(raw: bytes) -> tuple[str, ...]:
    """Read the ids in their order, each once; raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file of ids has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", _FIX)
    found: dict[str, None] = {}
    for line, text in lines(raw.removeprefix(b"\xef\xbb\xbf")):
        if line > MAX_IDS:
            raise Unreadable(f"The file holds more than {MAX_IDS:,} ids, beyond which they are not read.", _FIX)
        found[_id(line, text)] = None
    if not found:
        raise Unreadable("The file of ids is empty.", _FIX)
    return tuple(found)


def _id(line: int, raw: bytes) -> str:
    try:
        text = raw.decode().strip()
    except UnicodeDecodeError as error:
        raise Unreadable(f"Line {line} of the ids is not UTF-8 text.", _FIX) from error
    if not text:
        raise Unreadable(f"Line {line} of the ids is blank.", _FIX)
    if len(text) > LONGEST:
        raise Unreadable(f"Line {line} has {len(text):,} characters, an id has at most {LONGEST}.", _FIX)
    if not text.isprintable():
        raise Unreadable(f"Line {line} of the ids holds a control character: `{printable(text)}`.", _FIX)
    return printable(text)  # as the rows of an eval hold them: an id that is cut there is cut here
