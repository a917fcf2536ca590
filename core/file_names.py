"""Names of files as text: printable, storable, found again, and short enough.

A file's name is any bytes on Linux. Python keeps those that are no UTF-8 as lone surrogates, which
neither SQLite, JSON nor a terminal takes. As text they are written `\\xe9`.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

_LONGEST_NAME = 255
"""Bytes, on every file system of Linux; elsewhere it is 255 characters, which are no fewer."""
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
# Control characters move the cursor or start sequences that terminals obey; the others turn the
# direction of what is printed behind them.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def as_text(path: str | os.PathLike[str]) -> str:
    """`path` as text without surrogates, which `located` turns back into the path."""
    try:
        octets = os.fsencode(path)
    except UnicodeEncodeError:  # surrogates that stand for no byte; from JSON, say
        octets = os.fspath(path).encode("utf-8", "backslashreplace")
    return octets.decode("utf-8", "backslashreplace")


def located(text: str) -> Path:
    """The path that `as_text` made `text` of.

    Args:
        text: a path; where it holds `\\xe9`, a file of just that name is looked for first.

    Returns:
        The path, whether or not anything is there.
    """
    path = Path(text)
    if "\\x" not in text or os.name == "nt" or os.path.lexists(path):
        return path
    try:
        octets = _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), os.fsencode(text))
    except UnicodeEncodeError:  # as `as_text`: it stands for no file
        return path
    return Path(os.fsdecode(octets))


def for_c(path: str | os.PathLike[str]) -> str | bytes:
    """`path` as C libraries take it: its bytes, where the system's names are bytes."""
    return os.fspath(path) if os.name == "nt" else os.fsencode(path)


def printable(text: str) -> str:
    """`text` for a terminal: what would steer it, or is no text, is shown as `\\x1b`."""
    text = _LONE_SURROGATE.sub(_escape, text)
    return _UNPRINTABLE.sub(_escape, text)


def shortened(stem: str, ending: str) -> str:
    """`stem` and `ending` as one name that file systems take.

    Args:
        stem: what may be cut.
        ending: what may not, the suffix at least.

    Returns:
        The name, at most 255 bytes of UTF-8; whole characters are cut.
    """
    room = max(0, _LONGEST_NAME - len(os.fsencode(ending)))
    octets = os.fsencode(stem)
    if len(octets) <= room:
        return stem + ending
    cut = octets[:room].decode("utf-8", "ignore")
    # A letter must not lose its accent alone.
    while cut and len(cut) < len(stem) and unicodedata.combining(stem[len(cut)]):
        cut = cut[:-1]
    return cut + ending


def companion(path: Path, ending: str) -> Path:
    """The path of a file that goes with `path`: its name with `ending` in the place of its suffix.

    Args:
        path: a file of any name.
        ending: begins with a dot, as in `.history.json`.

    Returns:
        A path in the same folder, its name no longer than file systems take.
    """
    return path.with_name(shortened(path.stem, ending))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
