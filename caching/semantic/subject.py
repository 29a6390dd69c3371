"""The subject of a conversation: the text that may be reworded, and a digest of all that must match."""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec
import re2

from caching.semantic.traits import Traits, traits
from dialects.conversation import Conversation, Message, Text

MOST_TEXT = 4000  # characters; longer texts are rarely paraphrased, and embedders truncate them
_ENCODE = msgspec.json.Encoder().encode
# Earlier messages that match this make the last text material to process, not a question to answer:
# `Please sit down` is translated differently from `Sit down`.
_TEXTS = "grammar|spelling|text|sentence|phrase|input"
_WORKED_ON = re2.compile(
    r"(?i)\b(?:translat|proofread|rewrit|rephras|paraphras|classif|categori[sz]|transcri|tokeni[sz]|sentiment"
    r"|moderat(?:e|or|ion)\b|(?:spell|grammar)[ -]?check"
    rf"|(?:correct|fix|check|improve)\w* [^.\n]{{0,40}}\b(?:{_TEXTS})"
    rf"|(?:user'?s|user’s|following|given|input) (?:{_TEXTS}|words|utterance)\b"
    r"|(?:whatever|what|everything|anything) (?:I|they|he|she|the user|users?)"
    r" (?:say|write|type|send|enter|give)"
    r"|(?:summari[sz]e|simplify|shorten|repeat|echo|rate|score|label) (?:the|what|whatever|any|each|all)"
    rf"|(?:extract|detect|identify|recogni[sz]e)\w* [^.\n]{{0,60}}\b(?:{_TEXTS}|message|query|language"
    r"|intent)"
    r"|korrigier|umformulier|klassifizier|tradui|tradu[cz]|tradur|corrig|reformul|clasific|vertaal)|übersetz"
)
_HOLE = b'"\\u0000"'  # replaces the text


class Subject(msgspec.Struct, frozen=True):
    """The text to compare. `scope` is equal for two conversations only if they differ in nothing but the
    text.
    """

    scope: bytes
    text: str
    traits: Traits


def subject(
    conversation: Conversation, canonical: bytes, base: bytes, limits: tuple[int, float]
) -> Subject | str:
    """The subject, or why there is none. `canonical`: the request in canonical form; `base`: a digest of
    everything else that counts; `limits`: the highest number of messages, and the highest temperature.

    The text is cut out of the canonical bytes rather than the typed conversation, so that members that the
    parser does not know count too.
    """
    most, temperature = limits
    if len(conversation.messages) > most:
        return "a long conversation"
    wanted = conversation.sampling.temperature
    if wanted is not None and wanted > temperature:
        return "a temperature above max_temperature"
    text = _last_text(conversation)
    if not text:
        return "no single text at the end"
    if any(_has_work(message) for message in conversation.messages[:-1]):
        return "a text that is worked on"
    if len(text) > MOST_TEXT:
        return "a long text"
    found = traits(text)
    if found.momentary:
        return "a question of the moment"
    before, there, after = canonical.rpartition(_ENCODE(text))
    if not there:
        return "no single text at the end"
    scope = hashlib.sha256(b"%b%d:%b" % (base, len(before), before + _HOLE + after)).digest()
    return Subject(scope, text, found)


def _has_work(message: Any) -> bool:
    """Whether a user or system message asks for texts to be processed."""
    if message.role == "assistant":
        return False
    return any(isinstance(part, Text) and _is_work(part.text) for part in message.parts)


@lru_cache(maxsize=64)
def _is_work(text: str) -> bool:
    return _WORKED_ON.search(text) is not None


def _last_text(conversation: Conversation) -> str:
    """The text of a final user message with one part; "" if there is none, or any tool result."""
    if not conversation.messages:
        return ""
    last: Any = conversation.messages[-1]
    if not isinstance(last, Message) or last.role != "user" or len(last.parts) != 1:
        return ""
    if any(each.role == "tool" for each in conversation.messages):
        return ""
    part = last.parts[0]
    return part.text.strip() and part.text if isinstance(part, Text) else ""
