"""Decodes texts in base64: the files and documents that formats carry in strings."""

import base64
import codecs
import re
from typing import NamedTuple

_DATA_URL = re.compile(rb"(?i:data):[\w.+/-]{0,80}(?:;[\w=.+-]{0,60})*;(?i:base64),")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\r\n"
_STANDARD = bytes.maketrans(b"-_", b"+/")
DATA = (b"data:", b"DATA:")
LONG = 64  # characters: shorter strings are taken for words, unless their member's name implies base64
_SHORT = 16
CARRIERS = frozenset([b"data", b"bytes", b"file_data", b"fileData"])
_SNIFFED = 1024  # base64 characters that are decoded to see whether they are text
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HIGH = bytes(range(0x80, 0x100))
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


class Encoded(NamedTuple):
    """A string in base64."""

    head: bytes  # of a data URL
    text: bytes | None  # decoded, in UTF-8; None: not a text


def encoded(source: bytes, start: int, end: int, key: bytes) -> Encoded | None:
    """Decodes the string from `start` to `end`, the value of member `key`; None if it is not base64."""
    head = _DATA_URL.match(source, start, end)
    at = start if head is None else head.end()
    if head is None and end - at < (_SHORT if key in CARRIERS else LONG):
        return None
    if source[at : min(end, at + LONG)].translate(None, _BASE64) or source[at:end].translate(None, _BASE64):
        return None
    return Encoded(source[start:at], _text(source[at:end]))


def _text(code: bytes) -> bytes | None:
    first = code[:_SNIFFED].translate(_STANDARD, b"\r\n=")
    try:
        sample = base64.b64decode(first[: len(first) // 4 * 4])
        if _said(sample, cut=True) is None:
            return None
        whole = code.translate(_STANDARD, b"\r\n").rstrip(b"=")
        said = _said(base64.b64decode(whole + b"=" * (-len(whole) % 4), validate=True), cut=False)
    except ValueError:
        return None
    return None if said is None else said.encode("utf-8", "surrogatepass")


def _said(raw: bytes, *, cut: bool) -> str | None:
    """Bytes as text, in the common encodings of files; None if they are not a text."""
    if raw.startswith(_UTF_16):
        return raw.decode("utf-16", "replace")
    if raw.startswith(b"%PDF") or (cut and b"\0" in raw):
        return None
    mostly_ascii = len(raw.translate(None, _HIGH)) * 4 >= len(raw) * 3
    try:
        said = (raw[:-4] if cut and len(raw) > LONG else raw).decode()  # the last character may be cut
    except UnicodeDecodeError:
        # A single-byte encoding. Only if it is surely a text: a key may be base64, too.
        return raw.decode("latin-1") if mostly_ascii and not _CONTROLS.search(raw) else None
    if len(raw) >= LONG or mostly_ascii and not _CONTROLS.search(raw):
        return said
    return None
