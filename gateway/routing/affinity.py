"""Identifies the calls of one session, so that they reach the same vendor prompt cache."""

from collections.abc import Sequence
from zlib import crc32

import msgspec

from dialects.dialect import top_level
from gateway.errors import Header

# The first one present counts: ours, then those of common tools, then generic ones.
HEADERS = (
    b"x-signalbox-session",
    b"x-claude-code-session-id",
    b"x-opencode-session",
    b"x-session-affinity",
    b"session_id",  # Codex
    b"conversation_id",
    b"x-openwebui-chat-id",
    b"x-litellm-session-id",
    b"helicone-session-id",
    b"x-session-id",
    b"session-id",
)
_RANKS = {name: rank for rank, name in enumerate(HEADERS)}
# The cache key (https://platform.openai.com/docs/guides/prompt-caching), then the end user.
_MEMBERS = ("prompt_cache_key", "safety_identifier", "user")
_BEGINNINGS = ("instructions", "system", "messages", "input", "contents")
_BEGINNING = 1024  # bytes: about the shortest prefix that vendors cache


def affinity_of(headers: Sequence[Header], body: bytes, key_id: str) -> str:
    """A checksum of the session: of its name if one is given, else of the beginning of its conversation.

    It depends on the key, too. A collision only makes two sessions ask the same target first. It is not
    stored anywhere.
    """
    best, session = len(HEADERS), b""
    for name, value in headers:
        rank = _RANKS.get(name)
        if rank is not None and rank < best:
            best, session = rank, value
    if best < len(HEADERS):
        return _checksum(key_id, session)
    try:
        members = top_level(body)
    except msgspec.DecodeError:
        return ""
    for member in _MEMBERS:
        if member in members:
            return _checksum(key_id, bytes(members[member]))
    metadata = bytes(members.get("metadata", b""))
    if b'"user_id"' in metadata:  # Claude Code puts user, account and session into it
        return _checksum(key_id, metadata)
    beginning = b"".join(bytes(members[name])[:_BEGINNING] for name in _BEGINNINGS if name in members)
    return _checksum(key_id, beginning) if beginning else ""


def _checksum(key_id: str, value: bytes) -> str:
    return hex(crc32(value, crc32(key_id.encode())))
