"""The cache key: everything that can shape an answer, unless it is on a short list of exceptions."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from config.kinds import Operation
from dialects.conversation import Conversation, Extra, Message, Native, NativeTool, ToolResult

if TYPE_CHECKING:
    from hashlib import _Hash as Beside

# Floats stay as written: no different ones become equal, except 0 and -0, which no model distinguishes.
_READ: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any], float_hook=msgspec.Raw)
# Members in canonical order.
_WRITE = msgspec.json.Encoder(order="deterministic").encode
_TYPED = msgspec.json.Encoder(order="deterministic").encode

# The answer's form, which a replay recreates, and who or what the call is for: the model sees neither.
# https://platform.openai.com/docs/api-reference/chat/create
_OPENAI = frozenset(
    ["metadata", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "stream"]
    + ["stream_options", "user"]
)
_OLLAMA = frozenset(["keep_alive", "stream"])  # how long the model stays loaded
_LABELS = frozenset(["labels"])  # Vertex AI's billing labels

_APART = frozenset(["model"])  # counted separately, among what `beside` hashes

# Top-level members that do not affect the answer, by format.
LEFT_OUT: Mapping[Operation, frozenset[str]] = MappingProxyType(
    {
        Operation.CHAT: _OPENAI,
        Operation.RESPONSES: _OPENAI,
        Operation.COMPLETIONS: frozenset(["stream", "stream_options", "user"]),
        Operation.MESSAGES: frozenset(["metadata", "stream"]),
        Operation.GENERATE_CONTENT: _LABELS,
        Operation.GENERATE_CONTENT_ARRAY: _LABELS,
        Operation.CONVERSE: frozenset(["requestMetadata"]),
        Operation.COHERE_CHAT: frozenset(["stream"]),
        Operation.OLLAMA_CHAT: _OLLAMA,
        Operation.OLLAMA_GENERATE: _OLLAMA,
        Operation.EMBEDDINGS: frozenset(["user"]),
    }
)
# Members that are synonyms in different formats; and members that only distinguish two ways to write a text.
_ALSO_CALLED = {"max_completion_tokens": "max_tokens", "parametersJsonSchema": "parameters"}
_SHAPE = frozenset(["type", "text"])
# With one of these the answer depends on state outside the request, or the call has side effects.
STATEFUL = frozenset(["background", "connectors", "container", "conversation", "data_sources", "mcp_servers"])
MAYBE_STATEFUL = STATEFUL | {
    "prompt",
    "tools",
    "guardrailConfig",
}  # a request without any of them is not stateful
# Vendors' tools that search stores which others may change, by their `type` or by their own member.
# https://docs.x.ai/docs/guides/using-collections, https://docs.mistral.ai/agents/connectors/document_library
_STORES = frozenset(["mcp", "file_search", "collections_search", "document_library"])
_STORES_TOO = frozenset(["fileSearch", "file_search", "retrieval"])

# The parent member of the temperature, in formats that nest it.
_SETTINGS = MappingProxyType(
    {
        Operation.GENERATE_CONTENT: "generationConfig",
        Operation.GENERATE_CONTENT_ARRAY: "generationConfig",
        Operation.CONVERSE: "inferenceConfig",
        Operation.OLLAMA_CHAT: "options",
        Operation.OLLAMA_GENERATE: "options",
    }
)
_END_USERS = ("user", "safety_identifier", "metadata", "requestMetadata")


def read(body: bytes) -> dict[str, Any] | None:
    """A request's top-level members; None if the body is not a JSON object that can be read."""
    try:
        return _READ.decode(body)
    except (ValueError, RecursionError):
        return None


def is_stateful(members: Mapping[str, Any]) -> bool:
    """Whether the answer depends on state outside the request, or the call has side effects."""
    if any(members.get(name) for name in STATEFUL):
        return True
    prompt, tools = members.get("prompt"), members.get("tools")
    if isinstance(prompt, dict) and "id" in prompt and not prompt.get("version"):
        return True  # the latest version of a prompt stored at the vendor
    guardrail = members.get("guardrailConfig")
    if isinstance(guardrail, dict) and guardrail.get("guardrailVersion") == "DRAFT":
        return True  # Bedrock's working draft, which can change; numbered versions cannot
    return isinstance(tools, list) and any(isinstance(each, dict) and _acts(each) for each in tools)


def _acts(tool: Mapping[str, Any]) -> bool:
    """Whether a vendor's tool works on state that others may change: a store's files, a persistent container
    (given by its id), or an MCP server.

    https://platform.openai.com/docs/guides/tools-code-interpreter, https://ai.google.dev/gemini-api/docs/file-search
    """
    kind = tool.get("type")
    return (
        kind in _STORES
        or not _STORES_TOO.isdisjoint(tool)
        or (kind == "code_interpreter" and isinstance(tool.get("container"), str))
    )


def temperature(members: Mapping[str, Any], operation: Operation) -> float | None:
    """The request's temperature; None if it sets none."""
    block = _SETTINGS.get(operation)
    place = members if block is None else members.get(block)
    found = place.get("temperature") if isinstance(place, Mapping) else None
    if isinstance(found, msgspec.Raw):
        return float(bytes(found))
    return float(found) if isinstance(found, int) and not isinstance(found, bool) else None


def end_user(members: Mapping[str, Any]) -> bytes:
    """The members that identify the end user, in canonical order; b"" if none is set."""
    found = {name: members[name] for name in _END_USERS if members.get(name)}
    return _WRITE(found) if found else b""


def left_out(operation: Operation, vary: tuple[str, ...] = ()) -> frozenset[str]:
    """The members that are left out of the fingerprint, for a format; those in `vary` are kept in."""
    return LEFT_OUT.get(operation, frozenset()).difference(vary) | _APART


def canonical(members: dict[str, Any], without: frozenset[str]) -> bytes:
    """A request as JSON in canonical order, without these members. Removes them from `members`."""
    for name in without.intersection(members):
        del members[name]
    return _WRITE(members)


def says_all(members: Mapping[str, Any], written: bytes, without: frozenset[str]) -> bool:
    """Whether each member of a request is still in `written`, the request after a round trip.

    A missing one may have been dropped by the parser; requests that differ in it must not share an answer.
    """
    again = read(written)
    counted = {name: value for name, value in members.items() if name not in without}
    return again is not None and _names(counted) <= _names(again)


def _names(value: Any) -> set[tuple[str, str]]:
    """The name of every member that is not null, with the name of its parent."""
    found: set[tuple[str, str]] = set()
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        holder, each = waiting.pop()
        if isinstance(each, dict):
            for name, inner in each.items():
                if inner is not None:
                    called: str = _ALSO_CALLED[name] if name in _ALSO_CALLED else name
                    if called not in _SHAPE:
                        found.add((holder, called))
                    waiting.append((called, inner))
        elif isinstance(each, list):
            waiting += [(holder, inner) for inner in each]
    return found


def canonical_typed(
    conversation: Conversation, vary: tuple[str, ...] = (), without: frozenset[str] = frozenset()
) -> bytes:
    """Like `canonical`, for a conversation: equal ones in two formats give equal bytes.

    Content that only one format can express keeps it distinct from every other format, except for the extra
    members in `without`.
    """
    extra = _counting(conversation, without)
    return _TYPED(
        msgspec.structs.replace(
            conversation,
            dialect="" if extra is None and _is_common(conversation) else conversation.dialect,
            model="",
            stream=False,
            include_usage=False,
            user=conversation.user if "user" in vary else None,
            metadata=conversation.metadata if "metadata" in vary else None,
            cache_key=None,
            extra=extra,
        )
    )


def _counting(conversation: Conversation, without: frozenset[str]) -> Extra | None:
    """The members that only the conversation's own format knows, except those left out; None if none."""
    if not conversation.extra:
        return None
    return {name: value for name, value in conversation.extra.items() if name not in without} or None


def _is_common(conversation: Conversation) -> bool:
    if any(isinstance(each, NativeTool) or each.extra for each in conversation.tools):
        return False
    return all(_is_plain(message) for message in conversation.messages)


def _is_plain(message: Message | ToolResult) -> bool:
    if message.extra:
        return False
    for part in message.parts:
        if isinstance(part, Native) or getattr(part, "extra", None):
            return False
        if isinstance(part, ToolResult) and not _is_plain(part):
            return False
    return True


def beside(scope: tuple[str, ...], shaped: tuple[str, ...]) -> "Beside":
    """A hash of all but the request. `scope`: who may share the answer; `shaped`: what else shapes it."""
    return hashlib.sha256(hashlib.sha256(_WRITE((scope, shaped))).digest())


def fingerprint(around: "Beside", said: bytes) -> bytes:
    """A 32-byte digest of the context and the canonical request: JSON values, which are self-delimiting."""
    hasher = around.copy()
    hasher.update(said)
    return hasher.digest()
