"""Thought signatures: Gemini's own, other vendors' wrapped in its form, a placeholder for lost ones.

https://ai.google.dev/gemini-api/docs/thought-signatures
"""

import base64
import binascii
from collections.abc import Iterable

from dialects.conversation import RedactedThinking, Thinking

ORIGIN = "gemini"

# Base64 of `skip_thought_signature_validator`: accepted in place of a function call's lost signature.
PLACEHOLDER = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
_PLACEHOLDERS = frozenset([PLACEHOLDER, PLACEHOLDER.rstrip("="), "skip_thought_signature_validator"])

# Base64 of `signalbox:::`: 12 bytes, a multiple of three, so that it is a prefix of all that begins so.
_FOREIGN = "c2lnbmFsYm94Ojo6"
_MARK = b"signalbox:::"


def is_placeholder(signature: str | None) -> bool:
    return signature in _PLACEHOLDERS


def demands_signature(model: str) -> bool:
    """Whether a model (Gemini 3 and later) rejects unsigned function calls in the current turn."""
    return "gemini-1" not in model and "gemini-2" not in model


def written(thought: Thinking | RedactedThinking) -> str | None:
    """The thoughtSignature for a thought; other vendors' signatures are wrapped with their origin."""
    if isinstance(thought, RedactedThinking):
        return _wrapped(f"{thought.origin}:redacted:{thought.data}")
    if thought.signature is None or thought.origin == ORIGIN:
        return thought.signature
    return _wrapped(f"{thought.origin}:signed:{thought.signature}")


def _wrapped(said: str) -> str:
    # Gemini's SDKs decode signatures to bytes, so this must be base64.
    return base64.b64encode(_MARK + said.encode()).decode()


def read(text: str, signature: str | None) -> Thinking | RedactedThinking:
    """The thought with this text and thoughtSignature."""
    if signature is None or is_placeholder(signature):
        return Thinking(text, None, ORIGIN)
    if signature.startswith(_FOREIGN):
        origin, kind, said = _unwrapped(signature)
        if kind == "redacted":
            return RedactedThinking(said, origin)
        if kind == "signed":
            return Thinking(text, said, origin)
    return Thinking(text, signature, ORIGIN)


def _unwrapped(signature: str) -> Iterable[str]:
    try:
        # SDKs use either base64 alphabet.
        whole = base64.b64decode(signature.replace("-", "+").replace("_", "/"), validate=True)
        said = whole.removeprefix(_MARK).decode()
    except (binascii.Error, ValueError):
        return "", "", ""
    origin, _, rest = said.partition(":")
    kind, _, value = rest.partition(":")
    return origin, kind, value
