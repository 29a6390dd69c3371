"""What OpenAI's formats share: request bodies, usage objects, error bodies."""

import re
from typing import Any, TypeVar

import msgspec

from dialects.dialect import Edits, Malformed, VendorError, top_level
from dialects.usage import Usage

_ENCODE = msgspec.json.Encoder().encode
_LOOSE = msgspec.json.Decoder().decode
_BYTE = re.compile(r"\(byte (\d+)\)")
_PATH = re.compile(r" - at `\$\.?([^`]*)`")
_TRUE = msgspec.Raw(b"true")

T = TypeVar("T")


class StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool | None = None


def decode_request(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode a request body; raise Malformed with line, column or parameter on anything else."""
    try:
        if not body.isascii():
            body.decode()
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        text = str(error)
        path = _PATH.search(text)
        param = path.group(1) if path else _missing_field(text)
        place = f" at '{param}'" if param else ""
        raise Malformed(f"Invalid request body{place}: {_PATH.sub('', text)}.", param=param) from None
    except msgspec.DecodeError as error:
        raise Malformed(f"The request body is not valid JSON: {_where(str(error), body)}.") from None
    except UnicodeDecodeError as error:
        found = f"byte 0x{body[error.start]:02x} at {_position(body, error.start)}"
        raise Malformed(f"The request body is not valid UTF-8: {found}.") from None
    except RecursionError:
        raise Malformed(
            "The request body is nested too deeply: at most about 900 levels are allowed."
        ) from None


def decode_answer(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Decode a vendor's answer; raise Malformed. A usage object of odd types does not spoil the answer."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        loose = _LOOSE(body)
        if not isinstance(loose, dict) or "usage" not in loose:
            raise Malformed(f"the answer has an unknown shape: {error}") from None
        del loose["usage"]
        try:
            return msgspec.convert(loose, decoder.type)
        except msgspec.ValidationError as second:
            raise Malformed(f"the answer has an unknown shape: {second}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"the answer is not JSON: {error}") from None


def _missing_field(text: str) -> str | None:
    found = re.search(r"missing required field `([^`]+)`", text)
    return found.group(1) if found else None


def _where(text: str, body: bytes) -> str:
    found = _BYTE.search(text)
    if found:
        what = _BYTE.sub("", text).removeprefix("JSON is malformed: ").strip()
        return f"{what} at {_position(body, int(found.group(1)))}"
    if not body.strip():
        return "it is empty"
    return f"it ends too early, at {_position(body, len(body))}" if "truncated" in text else text


def _position(body: bytes, offset: int) -> str:
    line = body.count(b"\n", 0, offset) + 1
    column = offset - (body.rfind(b"\n", 0, offset) + 1) + 1
    return f"line {line}, column {column} (byte {offset})"


def edit_body(body: bytes, edits: Edits) -> bytes:
    """Set the model, drop and rename what the vendor would refuse, ask for usage.

    The object is always written anew from its members, so that of two equal keys
    the vendor sees the one that was checked here.
    """
    members = dict(top_level(body))
    members["model"] = msgspec.Raw(_ENCODE(edits.model))
    for name in edits.drops:
        members.pop(name, None)
    for name, theirs in edits.renames.items():
        if name in members:
            members[theirs] = members.pop(name)
    if edits.ask_usage:
        members["stream_options"] = _with_usage(members.get("stream_options"))
    return _ENCODE(members)


def _with_usage(options: msgspec.Raw | None) -> msgspec.Raw:
    if options is None or bytes(options).strip() == b"null":
        return msgspec.Raw(b'{"include_usage":true}')
    members = dict(top_level(bytes(options)))
    members["include_usage"] = _TRUE
    return msgspec.Raw(_ENCODE(members))


class _Details(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None
    reasoning_tokens: int | None = None


class UsageWire(msgspec.Struct, frozen=True):
    """OpenAI's usage object and the fields its imitators add.

    DeepSeek counts hits apart: https://api-docs.deepseek.com/guides/kv_cache. Mistral: `num_cached_tokens`.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    prompt_cache_hit_tokens: int | None = None
    num_cached_tokens: int | None = None


_NO_DETAILS = _Details()


def read_usage(wire: UsageWire) -> Usage:
    """Token classes from a usage object: absent and negative counts are zero, no part exceeds its whole."""
    prompt = wire.prompt_tokens_details or _NO_DETAILS
    completion = wire.completion_tokens_details or _NO_DETAILS
    total_in = max(wire.prompt_tokens or 0, 0)
    total_out = max(wire.completion_tokens or 0, 0)
    cached = prompt.cached_tokens or wire.prompt_cache_hit_tokens or wire.num_cached_tokens or 0
    cached = min(max(cached, 0), total_in)
    return Usage(
        input=total_in,
        output=total_out,
        cached_read=cached,
        cache_write=min(max(prompt.cache_write_tokens or 0, 0), total_in - cached),
        reasoning=min(max(completion.reasoning_tokens or 0, 0), total_out),
        input_audio=min(max(prompt.audio_tokens or 0, 0), total_in),
        output_audio=min(max(completion.audio_tokens or 0, 0), total_out),
    )


def read_vendor_error(raw: Any) -> VendorError:
    """Whatever a vendor put under "error" (or at the top), as one shape."""
    if isinstance(raw, str):
        return VendorError(raw)
    if not isinstance(raw, dict):
        return VendorError("the vendor gave no reason")
    inner = raw.get("error", raw)
    if isinstance(inner, str):
        return VendorError(inner)
    if not isinstance(inner, dict):
        return VendorError("the vendor gave no reason")
    message = inner.get("message") or inner.get("detail") or inner.get("error") or "the vendor gave no reason"
    return VendorError(
        message if isinstance(message, str) else _ENCODE(message).decode(),
        type=_text(inner.get("type")),
        code=_text(inner.get("code")),
        param=_text(inner.get("param")),
    )


def _text(value: Any) -> str | None:
    # OpenRouter and llama.cpp give numeric codes: https://openrouter.ai/docs/api-reference/errors
    return None if value is None else str(value)


def read_error_body(status: int, body: bytes) -> VendorError:
    """An error answer in OpenAI's shape or one of its relatives; plain text is kept as the message."""
    try:
        return read_vendor_error(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body[:500].decode("utf-8", "replace").strip()
        return VendorError(
            text if text and not text.startswith("<") else f"status {status} without a readable body"
        )


def write_error_body(error: VendorError) -> bytes:
    """OpenAI's error body, all four keys present."""
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


def estimate_tokens(length: int) -> int:
    """Tokens from a length in characters or bytes, four to one, never less than one for something."""
    return -(-length // 4)
