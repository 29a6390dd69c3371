"""What OpenAI's endpoints share: errors, usage, content parts, request decoding."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import orjson

from dialects.usage import Usage
from gateway.vendors.sim import tokens
from gateway.vendors.sim.errors import Refused
from gateway.vendors.sim.script import Script, Stamp

T = TypeVar("T")

STREAM = b"text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"
BROKEN = b'data: {"id":"broken","choices":[{"index":0,"delta":{"content":"this never en\n\n'


class ScriptedReply:
    """The base of these endpoints' replies: holds what they are written from."""

    stream_type = STREAM

    __slots__ = ("_include_usage", "_model", "_per_event", "_script", "_stamp")

    def __init__(
        self, script: Script, stamp: Stamp, model: str, *, per_event: int, include_usage: bool
    ) -> None:
        self._script = script
        self._stamp = stamp
        self._model = orjson.dumps(model)
        self._per_event = per_event
        self._include_usage = include_usage

    @property
    def usage(self) -> Usage:
        return self._script.usage

    @property
    def written(self) -> int:
        return self._script.written


class Metadata(msgspec.Struct, frozen=True):
    """The simulator's part of a request's metadata: an object, or its JSON as a string."""

    sim: msgspec.Raw = msgspec.Raw()

    @property
    def behaviour(self) -> str | None:
        text = bytes(self.sim).decode()
        if not text or text == "null":
            return None
        return msgspec.json.decode(text, type=str) if text.startswith('"') else text


class StreamOptions(msgspec.Struct, frozen=True):
    include_usage: bool = False


class TextPart(msgspec.Struct, frozen=True):
    """A content part of a message; `text` is empty in parts that are not text."""

    type: str = ""
    text: str = ""


Content = str | list[TextPart] | None


def text_of(content: Content) -> str:
    """The text of a message's content, its parts one per line."""
    if content is None or isinstance(content, str):
        return content or ""
    return "\n".join(part.text for part in content if part.text)


def content_tokens(content: Content) -> int:
    """The input tokens of a message's content."""
    if content is None or isinstance(content, str):
        return tokens.count(content or "")
    return sum(tokens.count(part.text) if part.type == "text" else tokens.PART for part in content)


def error_body(refused: Refused) -> bytes:
    """An error body in OpenAI's form."""
    kind = "invalid_request_error"
    if refused.status == 429:
        kind = "insufficient_quota" if refused.code == "insufficient_quota" else "rate_limit_exceeded"
    elif refused.status >= 500:
        kind = "server_error"
    return orjson.dumps(
        {
            "error": {
                "message": refused.message,
                "type": kind,
                "param": refused.param,
                "code": refused.code,
            }
        }
    )


def decode(decoder: Callable[[bytes], T], body: bytes) -> T:
    """Decode a request. Raises `Refused`, in OpenAI's wording."""
    try:
        return decoder(body)
    except msgspec.ValidationError as problem:
        what, _, where = str(problem).partition(" - at `$")
        param = where.rstrip("`").lstrip(".")
        if "missing required field" in what:
            name = what.rpartition("field `")[2].rstrip("`")
            param = f"{param}.{name}" if param else name
            raise missing(param) from None
        raise Refused(
            400,
            f"Invalid type for '{param or 'body'}': {what[:1].lower()}{what[1:]}.",
            param=param or None,
            code="invalid_type",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(
            400,
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
            "your HTTP library correctly. The API expects a JSON payload, but what was sent was not "
            "valid JSON.)",
        ) from None


def only_of_streams(options: StreamOptions | None, stream: bool | None) -> None:
    """Raises `Refused` if there are stream options but no stream is requested."""
    if options is not None and not stream:
        raise Refused(
            400,
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )


def missing(param: str) -> Refused:
    """The error for a request that lacks a parameter."""
    if param == "model":
        return Refused(400, "you must provide a model parameter")
    return Refused(
        400,
        f"Missing required parameter: '{param}'.",
        param=param,
        code="missing_required_parameter",
    )


def at_least(param: str, value: int | None, least: int) -> None:
    """Raises `Refused` if a number is too small."""
    if value is not None and value < least:
        raise Refused(
            400,
            f"Invalid '{param}': integer below minimum value. "
            f"Expected a value >= {least}, but got {value} instead.",
            param=param,
            code="integer_below_min_value",
        )


def at_most(param: str, value: int | None, most: int) -> None:
    """Raises `Refused` if a number is too large, as it could block the process."""
    if value is not None and value > most:
        raise Refused(
            400,
            f"Invalid '{param}': integer above maximum value. "
            f"Expected a value <= {most}, but got {value} instead.",
            param=param,
            code="integer_above_max_value",
        )


def usage_json(usage: Usage) -> bytes:
    """Usage in OpenAI's form, in which the totals include cached and reasoning tokens."""
    return (
        b'{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,'
        b'"prompt_tokens_details":{"cached_tokens":%d,"cache_write_tokens":%d,"audio_tokens":0},'
        b'"completion_tokens_details":{"reasoning_tokens":%d,"audio_tokens":0,'
        b'"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}'
        % (
            usage.input,
            usage.output,
            usage.input + usage.output,
            usage.cached_read,
            usage.cache_write,
            usage.reasoning,
        )
    )


def failure_json() -> bytes:
    """The error that replaces an answer."""
    refused = Refused(500, "The simulated model failed while it was answering.", code="simulated_failure")
    return error_body(refused)
