"""What does a manifest state of training data? Read strictly: wrong types, sums that do not add up and unknown versions are told.

The form: `bot.readiness.manifest`, docs/large-data.md. Keys that are not named there are passed over.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.readiness.manifest import FORMAT, Manifest, ManifestFile
from bot.sources import strict_json
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_BYTES = 2_000_000  # house: some 10,000 files with their digests
MOST_FILES = 5_000
_MAX_DEPTH = 8
_MOST = 10**15  # of any number: more rows and bytes than there are anywhere
_MOST_KINDS = 200  # codes of faults, kinds of secrets
_LONGEST_PATH = 500
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_KIND = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.,/()-]{0,59}")
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
_WRITE = "Write the manifest anew, as docs/large-data.md says; deploy/datatrove holds a ready pipeline."
_SUMS = "Count anew, and write the manifest by a program."


def read(raw: bytes) -> Manifest:
    """Read a manifest; raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"The manifest has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.",
            "Name fewer, larger files, and leave out what docs/large-data.md does not name.",
        )
    try:
        said: Any = strict_json.loads(raw, max_bytes=MAX_BYTES, max_depth=_MAX_DEPTH)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The manifest {bad}.", _WRITE) from bad
    if not isinstance(said, dict):
        raise Unreadable("The manifest is JSON, but no object.", _WRITE)
    if (form := said.get("format", FORMAT)) != FORMAT:
        raise Unreadable(
            f"The manifest is of the format `{printable(str(form))}`, which is not known here.",
            f"Write `{FORMAT}`, as docs/large-data.md says.",
        )
    manifest = _manifest(said)
    _add_up(said, manifest)
    return manifest


def _manifest(said: Mapping[str, Any]) -> Manifest:
    files = _files(said)
    faults = _counts(said, "faults")
    if faults is None:
        raise _wrong("faults", "is missing", "write {} where no row is faulty")
    effective = _number(said, "effective")
    if effective is None:
        raise _wrong("effective", "is missing", "write how many rows count")
    rows = sum(file.rows for file in files)
    return Manifest(
        files=files,
        rows=rows,
        valid=rows - sum(faults.values()),
        effective=effective,
        faults=faults,
        run_id=_run(said),
        data_format=_word(said, "data_format"),
        method=_word(said, "method"),
        unique=_number(said, "unique"),
        near_duplicates=_number(said, "near_duplicates"),
        tokens=_number(said, "tokens"),
        holdout_sha256=_digest(said, "holdout_sha256"),
        held_out=_number(said, "held_out") or 0,
        leaked=_number(said, "leaked"),
        leaked_items=_items(said),
        secrets=_counts(said, "secrets"),
        personal=_counts(said, "personal") or {},
    )


def _files(said: Mapping[str, Any]) -> tuple[ManifestFile, ...]:
    listed = said.get("files")
    if not isinstance(listed, list) or not listed:
        raise _wrong("files", "names no file", "list each file with `path`, `sha256` and `rows`")
    if len(listed) > MOST_FILES:
        raise Unreadable(
            f"The manifest names {len(listed):,} files, at most {MOST_FILES:,} are read.", "Name fewer, larger files."
        )
    files = tuple(_file(entry, place) for place, entry in enumerate(listed))
    seen = set[str]()
    for file in files:
        if file.path in seen:
            raise _wrong("files", f"names `{printable(file.path)}` twice", "list each file once")
        seen.add(file.path)
    return files


def _file(entry: Any, place: int) -> ManifestFile:
    at = f"files[{place}]"
    if not isinstance(entry, dict):
        raise _wrong(at, "is no object", "write `path`, `sha256` and `rows`")
    path, rows, sha256 = entry.get("path"), _number(entry, "rows", at), _digest(entry, "sha256", at)
    if not isinstance(path, str) or not path or len(path) > _LONGEST_PATH or not path.isprintable():
        raise _wrong(f"{at}.path", "is no path", "write the file's path below the folder that was scanned")
    if rows is None or sha256 is None:
        lacks = "rows" if rows is None else "sha256"
        raise _wrong(f"{at}.{lacks}", "is missing", "write `path`, `sha256` and `rows` of each file")
    return ManifestFile(path, sha256, rows, _number(entry, "bytes", at))


def _number(said: Mapping[str, Any], key: str, at: str = "") -> int | None:
    value = said.get(key)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _MOST:
        shown = printable(str(value), 30) if isinstance(value, int | float | str) else type(value).__name__
        raise _wrong(f"{at}.{key}".lstrip("."), f"is `{shown}`", "write a whole number, 0 or more")
    return value


def _digest(said: Mapping[str, Any], key: str, at: str = "") -> str | None:
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _wrong(f"{at}.{key}".lstrip("."), "is no SHA-256", "write its 64 hexadecimal digits")
    return value.lower()


def _counts(said: Mapping[str, Any], key: str) -> dict[str, int] | None:
    value = said.get(key)
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > _MOST_KINDS or not all(map(_KIND.fullmatch, value)):
        raise _wrong(key, "is no table of numbers by code", 'write it like {"json": 7}')
    return {kind: _number(value, kind, key) or 0 for kind in value}


def _items(said: Mapping[str, Any]) -> tuple[str, ...]:
    listed = said.get("leaked_items") or []
    if not isinstance(listed, list) or not all(isinstance(each, str) and _WORD.fullmatch(each) for each in listed):
        raise _wrong("leaked_items", "is no list of digests", "write the digests of the held-out items")
    return tuple(sorted(set(listed)))


def _run(said: Mapping[str, Any]) -> str | None:
    value = said.get("run_id")
    text = str(value) if type(value) is int else value
    if text is not None and (not isinstance(text, str) or not _WORD.fullmatch(text)):
        raise _wrong("run_id", "is no run's id", "write the number of the run, or null")
    return text


def _word(said: Mapping[str, Any], key: str) -> str | None:
    value = said.get(key)
    if value is not None and (not isinstance(value, str) or not _WORD.fullmatch(value)):
        raise _wrong(key, "is no name", "write it as the proposal does")
    return value


def _add_up(said: Mapping[str, Any], found: Manifest) -> None:
    """Raise Unreadable where numbers contradict one another: then nobody knows which of them is right."""
    faulty, unique, leaked = sum(found.faults.values()), found.unique, found.leaked
    pairs = [
        ("rows", _number(said, "rows"), "its files have", found.rows),
        ("valid", _number(said, "valid"), "its rows less its faulty ones are", found.valid),
        ("duplicates", _number(said, "duplicates"), "valid less unique is", None if unique is None else found.valid - unique),
    ]  # fmt: skip
    if found.valid < 0:
        raise _sums(f"counts {faulty:,} faulty rows, and its files have {found.rows:,} rows")
    for key, stated, why, counted in pairs:
        if stated is not None and counted is not None and stated != counted:
            raise _sums(f"says `{key}: {stated:,}`, and {why} {counted:,}")
    if unique is not None and unique > found.valid:
        raise _sums(f"says `unique: {unique:,}`, and {found.valid:,} rows are valid")
    most = found.valid if unique is None else unique
    for what, gone in (("near_duplicates", found.near_duplicates), ("leaked", leaked)):
        if gone is not None and gone > found.valid:
            raise _sums(f"says `{what}: {gone:,}`, and {found.valid:,} rows are valid")
    most -= (found.near_duplicates or 0) if unique is not None else 0
    if found.effective > max(most, 0):
        raise _sums(f"says `effective: {found.effective:,}`, and at most {max(most, 0):,} rows can be")
    if leaked is not None and (found.holdout_sha256 is None or not found.held_out):
        lacking = "holdout_sha256" if found.holdout_sha256 is None else "held_out"
        raise _sums(f"says `leaked: {leaked:,}`, and tells no held-out set by its `{lacking}`")
    if bool(leaked) != bool(found.leaked_items) or len(found.leaked_items) > found.held_out:
        raise _sums(
            f"says `leaked: {leaked or 0:,}`, and names {len(found.leaked_items):,} of {found.held_out:,} held-out items"
        )


def _wrong(at: str, what: str, fix: str) -> Unreadable:
    return Unreadable(f"The manifest's `{at}` {what}.", f"{fix[0].upper()}{fix[1:]} (docs/large-data.md).")


def _sums(what: str) -> Unreadable:
    return Unreadable(f"The manifest does not add up: it {what}.", _SUMS)
