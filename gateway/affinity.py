"""What the calls of one session have in common, so that they meet the vendor's prompt cache again."""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec

from dialects.dialect import top_level
from gateway.errors import Header

# The first that is there counts. Ours, then those of the tools that people use, then what is usual.
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
_HEADERS = frozenset(HEADERS)
# What is cached: https://platform.openai.com/docs/guides/prompt-caching. Then who the end user is.
_MEMBERS = ("prompt_cache_key", "safety_identifier", "user")
_BEGINNINGS = ("instructions", "system", "messages", "input", "contents")
_BEGINNING = 1024  # bytes: what a vendor's cache would begin to keep


def affinity_of(headers: Sequence[Header], body: bytes, key_id: str) -> str:
    """A digest of the session: of its name where one is given, else of how its conversation begins.

    Names of one key's callers never meet those of another's. No text can be read back from it.
    """
    told = {name: value for name, value in headers if name in _HEADERS}
    for name in HEADERS:
        if name in told:
            return _digest(key_id, told[name])
    try:
        members = top_level(body)
    except msgspec.DecodeError:
        return ""
    for member in _MEMBERS:
        if member in members:
            return _digest(key_id, bytes(members[member]))
    metadata = bytes(members.get("metadata", b""))
    if b'"user_id"' in metadata:  # Claude Code puts user, account and session into it
        return _digest(key_id, metadata)
    beginning = b"".join(bytes(members[name])[:_BEGINNING] for name in _BEGINNINGS if name in members)
    return _digest(key_id, beginning) if beginning else ""


def _digest(key_id: str, value: bytes) -> str:
    return blake2b(value, digest_size=8, key=key_id.encode()[:64]).hexdigest()
