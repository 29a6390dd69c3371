"""The typed form in which all wire formats meet: a caller's request to a model.

Everything that at least two formats can express is a field here. The rest stays in `extra` or in a `Native`
value under its format's name, and is passed on if both sides speak that format.
"""

from typing import Any, Literal

import msgspec

Extra = dict[str, Any]  # members that the code does not know, as decoded JSON

Role = Literal["system", "developer", "user", "assistant", "tool"]


class Inline(msgspec.Struct, frozen=True, gc=False, tag="inline"):
    """Content that is in the request itself."""

    media_type: str  # such as image/png
    data: str  # base64


class Url(msgspec.Struct, frozen=True, gc=False, tag="url"):
    """Content that the vendor has to fetch."""

    url: str
    media_type: str | None = None  # if the format names it


class Stored(msgspec.Struct, frozen=True, gc=False, tag="stored"):
    """Content that was uploaded to the vendor before; only that vendor knows the id."""

    id: str
    media_type: str | None = None


Source = Inline | Url | Stored


class CacheHint(msgspec.Struct, frozen=True, gc=False):
    """Asks the vendor to cache everything up to this part, for `ttl`."""

    ttl: Literal["5m", "1h"] | None = None  # None: the vendor's default


class Citation(msgspec.Struct, frozen=True, gc=False):
    """Where a piece of an answer comes from; `start` and `end` are characters of the text that cites."""

    url: str | None = None
    title: str | None = None
    quote: str | None = None  # the cited words
    start: int | None = None
    end: int | None = None
    native: Extra | None = None  # the whole citation as its own format writes it


class Text(msgspec.Struct, frozen=True, gc=False, tag="text"):
    text: str
    citations: tuple[Citation, ...] = ()
    cache: CacheHint | None = None
    extra: Extra | None = None


class Image(msgspec.Struct, frozen=True, gc=False, tag="image"):
    source: Source
    detail: str | None = None  # OpenAI's: auto, low, high
    cache: CacheHint | None = None
    extra: Extra | None = None


class Audio(msgspec.Struct, frozen=True, gc=False, tag="audio"):
    """Audio, to the model or from it; audio that OpenAI produced is referred to by a Stored id."""

    source: Source
    transcript: str | None = None
    extra: Extra | None = None


class Video(msgspec.Struct, frozen=True, gc=False, tag="video"):
    source: Source
    extra: Extra | None = None


class File(msgspec.Struct, frozen=True, gc=False, tag="file"):
    """A document, usually a PDF. A plain-text document is Inline with text/plain."""

    source: Source
    name: str | None = None
    cache: CacheHint | None = None
    extra: Extra | None = None


class ToolCall(msgspec.Struct, frozen=True, gc=False, tag="tool_call"):
    """A tool call by the model. `arguments` is JSON text as the model wrote it, maybe empty or invalid."""

    id: str
    name: str
    arguments: str = "{}"
    # Gemini requires it back with the call; for callers without a field for it, it travels in the id.
    signature: str | None = None
    cache: CacheHint | None = None
    extra: Extra | None = None


class ToolResult(msgspec.Struct, frozen=True, gc=False, tag="tool_result"):
    """The result of a tool call. `name` is set if the format has it."""

    id: str
    parts: tuple["Text | Image | File", ...] = ()
    name: str | None = None
    is_error: bool = False
    cache: CacheHint | None = None
    extra: Extra | None = None


class Thinking(msgspec.Struct, frozen=True, gc=False, tag="thinking"):
    """A model's thinking, or a summary of it. `signature` is opaque; only `origin` can read it.

    `origin` is the vendor that produced it: anthropic, gemini, openai, or "" for vendors without signatures.
    """

    text: str
    signature: str | None = None
    origin: str = ""
    id: str | None = None  # the Responses API's
    extra: Extra | None = None


class RedactedThinking(msgspec.Struct, frozen=True, gc=False, tag="redacted_thinking"):
    """Thinking that only the vendor can read."""

    data: str
    origin: str = ""
    extra: Extra | None = None


class Refusal(msgspec.Struct, frozen=True, gc=False, tag="refusal"):
    text: str


class Native(msgspec.Struct, frozen=True, gc=False, tag="native"):
    """A part that only its own format knows, such as the use of a vendor's built-in tool."""

    dialect: str
    value: Extra


Part = (
    Text
    | Image
    | Audio
    | Video
    | File
    | ToolCall
    | ToolResult
    | Thinking
    | RedactedThinking
    | Refusal
    | Native
)


class Message(msgspec.Struct, frozen=True, gc=False):
    """One turn. The tool results of one round form a turn of their own, with the role `tool`."""

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None  # of the participant
    extra: Extra | None = None


class Tool(msgspec.Struct, frozen=True, gc=False, tag="tool"):
    """A function that the caller can run."""

    name: str
    description: str | None = None
    parameters: Extra | None = None  # JSON Schema of its arguments; None: the caller gave none
    strict: bool | None = None
    cache: CacheHint | None = None
    extra: Extra | None = None


class NativeTool(msgspec.Struct, frozen=True, gc=False, tag="native_tool"):
    """A tool that the vendor runs itself, or of a kind that only its own format knows."""

    dialect: str
    value: Extra


class ToolChoice(msgspec.Struct, frozen=True, gc=False):
    """`names` restricts `required` to these tools, and `auto` if the format can express that."""

    mode: Literal["auto", "none", "required"]
    names: tuple[str, ...] = ()


class Sampling(msgspec.Struct, frozen=True, gc=False):
    max_output: int | None = None  # tokens, thinking included
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    choices: int = 1
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    logprobs: int | None = None  # alternatives per token, 0 for the token alone; None: not requested


class Format(msgspec.Struct, frozen=True, gc=False):
    """Structured output: any JSON object, or one that matches the schema."""

    kind: Literal["json", "schema"]
    schema: Extra | None = None
    name: str | None = None
    description: str | None = None
    strict: bool | None = None


Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Reasoning(msgspec.Struct, frozen=True, gc=False):
    """How much to think: formats have either `effort` or `budget`."""

    effort: Effort | None = None
    budget: int | None = None  # tokens; 0: not at all, -1: the model decides
    show: bool | None = None  # whether the answer includes the thinking


class Conversation(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One request to a conversational model, whatever the caller's and the vendor's format."""

    dialect: str  # the format it was read from: `extra` is in its terms
    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool | NativeTool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    sampling: Sampling = Sampling()
    format: Format | None = None
    reasoning: Reasoning | None = None
    stream: bool = False
    include_usage: bool = False  # OpenAI's stream_options; True in formats that always report usage
    user: str | None = None  # the end user, for the vendor's abuse control
    metadata: dict[str, str] | None = None
    service_tier: str | None = None
    cache_key: str | None = None  # OpenAI's prompt_cache_key
    store: bool | None = None
    verbosity: str | None = None
    legacy_functions: bool = False  # chat's `functions`: calls are returned as `function_call`
    extra: Extra | None = None
