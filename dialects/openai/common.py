"""What OpenAI's formats share: request bodies, answer decoding, error bodies."""

import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from dialects.dialect import Destination, Parts, members_of, top_level
from dialects.errors import Malformed, VendorError
from dialects.openai.usage import loose_usage

_ENCODE = msgspec.json.Encoder().encode
_BYTE = re.compile(r"\(byte (\d+)\)")
_PATH = re.compile(r" - at `\$\.?([^`]*)`")
_MISSING = re.compile(r"missing required field `([^`]+)`")
# Matches every escape, so that an escaped backslash hides nothing; the group is a lone surrogate half.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_TRUE = msgspec.Raw(b"true")
_ASSISTANT = msgspec.Raw(b'"assistant"')
_TURNS = msgspec.json.Decoder(list[msgspec.Raw])
_NOWHERE: frozenset[str] = frozenset()
_NO_REASON = "the vendor gave no reason"
# Finish reasons that are errors: the first is OpenRouter's and Mistral's, the second DeepSeek's
# (https://api-docs.deepseek.com/api/create-chat-completion), the third Z.AI's
# (https://docs.z.ai/api-reference/llm/chat-completion), all of them inside a 200.
BROKE_OFF = frozenset(["error", "insufficient_system_resource", "network_error"])
BROKEN = "the vendor ended its answer with an error"

T = TypeVar("T")


class StreamOptions(msgspec.Struct, frozen=True, gc=False):
    include_usage: bool | None = None


def decode_request(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decodes a request body. Raises Malformed, with line and column or the parameter, on anything else."""
    try:
        if not body.isascii():
            body.decode()
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text = str(error)
        path = _PATH.search(text) or _MISSING.search(text)
        param = (path.group(1) or None) if path else None
        place = f" at '{param}'" if param else ""
        raise Malformed(f"Invalid request body{place}: {_PATH.sub('', text)}.", param=param) from None
    except msgspec.DecodeError as error:
        raise Malformed(f"The request body is not valid JSON: {_where(str(error), body)}.") from None
    except UnicodeDecodeError as error:
        found = f"byte 0x{body[error.start]:02x} at {_position(body, error.start)}"
        if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            found = "it is UTF-16"  # PowerShell redirects output to files as UTF-16
        raise Malformed(f"The request body is not valid UTF-8: {found}.") from None
    except RecursionError:
        raise Malformed(
            "The request body is nested too deeply to be read: 900 levels can be."  # newer Pythons allow more
        ) from None


def decode_answer(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decodes a vendor's answer. Raises Malformed, though not for a usage object with odd types."""
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError):
        loose = read_loosely(body)
    if not isinstance(loose, dict):
        raise Malformed("the answer is not a JSON object")
    try:
        return msgspec.convert(loose | {"usage": loose_usage(loose.get("usage"))}, decoder.type)
    except msgspec.ValidationError as error:
        raise Malformed(f"the answer has an unknown shape: {error}") from None


def read_loosely(data: bytes) -> Any:
    """A vendor's JSON, parsed as leniently as its users' parsers do; None if it is not JSON.

    Half surrogate pairs (an answer cut inside an emoji), NaN, 1E400, invalid UTF-8 and a byte order mark are
    no reason to fail an answer that was paid for. Every string can be encoded again: such halves become `?`.
    """
    return read_halves(data, _NOWHERE)


def read_halves(data: bytes, names: frozenset[str]) -> Any:
    """The same for an event, but keeps halves in the strings of these names, to join with the next event."""
    try:
        found = json.loads(data.removeprefix(BOM_UTF8).decode("utf-8", "replace"))
        return _whole(found, names) if b"\\ud" in data or b"\\uD" in data else found
    except (ValueError, RecursionError):
        return None


def _whole(found: Any, names: frozenset[str]) -> Any:
    if isinstance(found, str):
        return _encodable(found)
    if isinstance(found, list):
        return [_whole(each, names) for each in found]
    if isinstance(found, dict):
        return {
            _encodable(name): value if name in names and isinstance(value, str) else _whole(value, names)
            for name, value in found.items()
        }
    return found


def _where(text: str, body: bytes) -> str:
    if not body.strip():
        return "it is empty"
    if "surrogate" in text or "truncated" in text:
        for escape in _ESCAPE.finditer(body):
            if escape["half"]:
                found = escape["half"].decode()
                return f"{found} at {_position(body, escape.start())} is half of a surrogate pair"
    if body.startswith(BOM_UTF8):
        return "it begins with a byte order mark; send it without those three bytes"
    found_byte = _BYTE.search(text)
    if found_byte:
        what = _BYTE.sub("", text).removeprefix("JSON is malformed: ").strip()
        # msgspec's offset is one too high if something follows the object.
        offset = int(found_byte.group(1)) - (what == "trailing characters")
        return f"{what} at {_position(body, offset)}"
    return f"it ends too early, at {_position(body, len(body))}" if "truncated" in text else text


def _position(body: bytes, offset: int) -> str:
    line = body.count(b"\n", 0, offset) + 1
    column = offset - (body.rfind(b"\n", 0, offset) + 1) + 1
    return f"line {line}, column {column} (byte {offset})"


def edit_body(body: bytes, to: Destination, parts: Parts | None = None) -> bytes:
    """Sets the model, drops or renames what the vendor rejects, adds what it requires, asks for usage.

    The object is always rewritten from its members, so that of duplicate keys the vendor sees the one that
    was checked here.
    """
    members: dict[str, Any] = members_of(body, parts)
    members["model"] = to.model
    if to.drops:
        for name in to.drops:
            members.pop(name, None)
    if to.renames:
        _rename(members, to.renames)
    if to.sets:
        members.update(to.sets)
    if to.ask_usage:
        members["stream_options"] = _with_usage(members.get("stream_options"))
    if to.prefill is not None:
        _mark_prefill(members, *to.prefill)
    return _ENCODE(members)


def _mark_prefill(members: dict[str, Any], turn: Mapping[str, object], beside: Mapping[str, object]) -> None:
    """Marks a final assistant turn for continuation; the caller's own members take precedence."""
    try:
        turns = _TURNS.decode(members.get("messages", b""))
        last = top_level(bytes(turns[-1])) if turns else {}
    except (msgspec.DecodeError, TypeError):
        return
    if last.get("role") != _ASSISTANT or "tool_calls" in last:
        return
    for name, value in beside.items():
        members.setdefault(name, value)
    if turn:
        turns[-1] = msgspec.Raw(_ENCODE({**turn, **last}))
        members["messages"] = turns


def _rename(members: dict[str, Any], renames: Mapping[str, str]) -> None:
    for name, theirs in renames.items():
        if name in members:
            value = members.pop(name)
            # If a limit is given under both names, a null does not replace the other.
            if theirs not in members or not _is_null(value):
                members[theirs] = value


def _is_null(raw: msgspec.Raw) -> bool:
    return bytes(raw).strip() == b"null"


def _with_usage(options: msgspec.Raw | None) -> msgspec.Raw:
    if options is None or _is_null(options):
        return msgspec.Raw(b'{"include_usage":true}')
    members = top_level(bytes(options))
    members["include_usage"] = _TRUE
    return msgspec.Raw(_ENCODE(members))


def read_vendor_error(raw: Any) -> VendorError:
    """Whatever a vendor put under "error" (or at the top), as one structure with encodable strings."""
    if isinstance(raw, list) and raw:  # Gemini: https://ai.google.dev/gemini-api/docs/openai
        raw = raw[0]
    if isinstance(raw, dict):
        inner = raw.get("error") or raw
        if isinstance(inner, dict):
            said = inner.get("message") or inner.get("detail") or inner.get("error")
            return VendorError(
                _words(said),
                type=_text(inner.get("type")),
                code=_text(inner.get("code")),
                param=_text(inner.get("param")),
            )
        # text-generation-inference puts the type beside the message.
        return VendorError(_words(inner), type=_text(raw.get("error_type")))
    return VendorError(_words(raw) if isinstance(raw, str) else _NO_REASON)


def broken(why: Any) -> VendorError:
    """The error of an answer that ended with one; OpenRouter gives the reason beside it.

    https://openrouter.ai/docs/api-reference/errors
    """
    return read_vendor_error(why) if why else VendorError(BROKEN, code="finish_error")


def _words(said: Any) -> str:
    if isinstance(said, dict):
        said = said.get("message") or said.get("detail") or said
    if isinstance(said, list) and said and all(isinstance(each, dict) and "msg" in each for each in said):
        # FastAPI's list of validation errors, which Mistral and vLLM send.
        return "; ".join(f"{_place(each)}{_words(each['msg'])}" for each in said)
    if not said:
        return _NO_REASON
    return _encodable(said if isinstance(said, str) else json.dumps(said))


def _place(problem: dict[str, Any]) -> str:
    place = problem.get("loc")
    return _encodable(".".join(str(step) for step in place)) + ": " if isinstance(place, list) else ""


def _text(value: Any) -> str | None:
    # OpenRouter and llama.cpp give numeric codes: https://openrouter.ai/docs/api-reference/errors
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _encodable(str(value)) or None


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def read_error_body(status: int, body: bytes) -> VendorError:
    """An error body in OpenAI's format or a similar one; plain text becomes the message."""
    found = read_loosely(body)
    if isinstance(found, dict | list) and found:
        return read_vendor_error(found)
    text = found if isinstance(found, str) else body[:500].decode("utf-8", "replace")
    text = _encodable(text[:500].strip())
    if not text or text.startswith("<") or found is not None and not isinstance(found, str):
        text = f"status {status} without a readable body"
    return VendorError(text)


def write_error_body(error: VendorError) -> bytes:
    """OpenAI's error body, with all four keys."""
    return _ENCODE(
        {
            "error": {
                "message": error.message,
                "type": error.type or "server_error",
                "param": error.param,
                "code": error.code,
            }
        }
    )
