"""Features of a request that not every format supports, with how each is found or removed.

A dialect lists in `cannot` what it cannot express. `fit` removes that before the dialect writes, so a writer
only ever sees what it can write, and these tables define everything that translation loses.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from dialects.choices import (
    no_choice,
    no_denial,
    no_json,
    no_names_of_tools,
    no_parallel_wish,
    no_schema,
    one_choice,
    one_name,
)
from dialects.conversation import (
    Audio,
    Conversation,
    File,
    Image,
    Inline,
    Message,
    Native,
    NativeTool,
    Part,
    RedactedThinking,
    Refusal,
    Stored,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
    Url,
    Video,
)
from dialects.dialect import Destination, Dialect
from dialects.errors import Unsupported
from dialects.signs import DEVELOPER, ECHO, ECHOED, EXTRA, NAMED, Sign, signs_in

replace = msgspec.structs.replace

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MOST_UNKNOWN = 16


class Feature(NamedTuple):
    """One thing that a request may ask for. A hint does not change the answer, and any policy drops it.

    It cannot be present if the messages have none of its `signs`, or if `member` has its default value.
    """

    name: str
    hint: bool
    strip: Callable[[Conversation], Conversation]  # removes it; the result is equal if it was absent
    signs: frozenset[Sign] = frozenset()
    member: str = ""  # of Conversation, such as `sampling.seed`
    quiet: bool = False  # nothing is lost: the typed form holds it elsewhere, too


class _Lost(NamedTuple):
    """The features that one format loses from another's requests, in the table's order."""

    features: tuple[Feature, ...]
    elsewhere: tuple[Feature, ...]  # those among them without a `member`
    signs: frozenset[Sign]  # of all of those; empty if one of them must always be looked for
    members: Callable[[Conversation], object]  # the values of the others' members
    defaults: object

    def possible(self, conversation: Conversation, signs: set[Sign]) -> tuple[Feature, ...]:
        """The features that may be present; for a plain request often none."""
        if self.members(conversation) != self.defaults:
            return self.features
        return () if self.signs and self.signs.isdisjoint(signs) else self.elsewhere


def fit(
    conversation: Conversation, dialect: Dialect, to: Destination
) -> tuple[Conversation, tuple[str, ...]]:
    """The conversation as the format can express it, and the names of dropped features, in the table's order.

    Lacking a feature includes its kinds: `tools` means `tools.native` too. If the target's policy is not to
    drop, raises Unsupported, which names all of them at once.
    """
    fitted, dropped = conversation, []
    signs = signs_in(conversation)
    lost = _lost(dialect.cannot, to.cannot, conversation.dialect != dialect.name)
    for feature in lost.possible(conversation, signs):
        if feature.signs and feature.signs.isdisjoint(signs):
            continue
        without = feature.strip(fitted)
        if without is not fitted and without != fitted:
            fitted = without
            dropped.append(feature)
    refused = [feature.name for feature in dropped if not feature.hint] if to.unsupported == "error" else []
    if refused:
        raise Unsupported(dialect.name, refused)
    names = [feature.name for feature in dropped if not feature.quiet]
    if "extra" in names:
        names += _unknown(conversation)
    if not signs.isdisjoint(_THOUGHTS):
        without = _parts("thinking.foreign", _known(dialect.origins)).strip(fitted)
        if without != fitted:
            fitted = without
            names.append("thinking.foreign")
    return fitted, tuple(names)


def _unknown(conversation: Conversation) -> list[str]:
    """The names of the request's unknown members, at most as many as a header has room for."""
    unsaid = set(conversation.extra or ()) - ECHOED.get(conversation.dialect, frozenset())
    named = sorted(filter(_NAME.fullmatch, unsaid))
    return [f"extra.{name}" for name in named[:_MOST_UNKNOWN]]


@lru_cache(maxsize=1024)
def _lost(format_lacks: frozenset[str], model_lacks: frozenset[str], foreign: bool) -> _Lost:
    """The features to remove."""
    lacks = format_lacks | model_lacks | (_FOREIGN if foreign else frozenset())
    features = tuple(
        feature for feature in FEATURES if feature.name in lacks or feature.name.partition(".")[0] in lacks
    )
    names = [feature.member for feature in features if feature.member]
    members = attrgetter(*names) if names else _nothing
    elsewhere = tuple(feature for feature in features if not feature.member)
    signs = frozenset[Sign]()
    if all(feature.signs for feature in elsewhere):
        signs = signs.union(*(feature.signs for feature in elsewhere))
    return _Lost(features, elsewhere, signs, members, members(_PLAIN))


def _nothing(conversation: Conversation) -> object:
    return None


def _known(origins: frozenset[str]) -> Callable[[Part], Part | None]:
    """Drops thinking whose origin is not among these: only its origin can read it."""

    def change(part: Part) -> Part | None:
        foreign = isinstance(part, Thinking | RedactedThinking) and part.origin not in origins
        return None if foreign else part

    return change


def _field(name: str, *, hint: bool = False, neutral: object = None) -> Feature:
    """A field of Conversation."""

    def strip(conversation: Conversation) -> Conversation:
        found = getattr(conversation, name)
        return conversation if found == neutral else replace(conversation, **{name: neutral})

    return Feature(name, hint, strip, member=name)


def _sampling(name: str, empty: object = None) -> Feature:
    """A field of Sampling."""

    def strip(conversation: Conversation) -> Conversation:
        if getattr(conversation.sampling, name) == empty:
            return conversation
        return replace(conversation, sampling=replace(conversation.sampling, **{name: empty}))

    return Feature(name, False, strip, member=f"sampling.{name}")


def _penalty(name: str) -> Feature:
    """A field of Sampling for which 0 means the same as absent, so dropping a 0 loses nothing."""

    def strip(conversation: Conversation) -> Conversation:
        if not getattr(conversation.sampling, name):
            return conversation
        return replace(conversation, sampling=replace(conversation.sampling, **{name: None}))

    return Feature(name, False, strip, member=f"sampling.{name}")


def _parts(name: str, change: Callable[[Part], Part | None], *kinds: type, hint: bool = False) -> Feature:
    """A feature of parts of these kinds: `change` returns the part without it, or None to drop the part."""

    def strip(conversation: Conversation) -> Conversation:
        messages = []
        for message in conversation.messages:
            parts = tuple(new for part in message.parts if (new := _changed(part, change)) is not None)
            messages.append(message if parts == message.parts else replace(message, parts=parts))
        # A turn that is now empty consisted of nothing else.
        kept = tuple(
            new
            for new, old in zip(messages, conversation.messages, strict=True)
            if new.parts or not old.parts
        )
        return conversation if kept == conversation.messages else replace(conversation, messages=kept)

    return Feature(name, hint, strip, frozenset(kinds))


def _changed(part: Part, change: Callable[[Part], Part | None]) -> Part | None:
    if isinstance(part, ToolResult):
        inner = tuple(new for each in part.parts if (new := change(each)) is not None)
        if inner != part.parts:
            part = replace(part, parts=inner)
    return change(part)


def _tools(name: str, change: Callable[[Any], Any], *, hint: bool = False) -> Feature:
    """A feature of tools; `change` is as for `_parts`."""

    def strip(conversation: Conversation) -> Conversation:
        tools = tuple(new for tool in conversation.tools if (new := change(tool)) is not None)
        return conversation if tools == conversation.tools else replace(conversation, tools=tools)

    return Feature(name, hint, strip, member="tools")


def _choice(name: str, strip: Callable[[Conversation], Conversation]) -> Feature:
    """A feature of the tool choice."""
    return Feature(name, False, strip, member="tool_choice")


def _without(*kinds: type, source: type | None = None) -> Callable[[Part], Part | None]:
    def change(part: Part) -> Part | None:
        gone = isinstance(part, kinds) and (
            source is None or isinstance(getattr(part, "source", None), source)
        )
        return None if gone else part

    return change


def _cleared(kind: Any, field: str, empty: object = None) -> Callable[[Any], Any]:
    def change(value: Any) -> Any:
        stays = not isinstance(value, kind) or getattr(value, field) == empty
        return value if stays else replace(value, **{field: empty})

    return change


def _as_text(part: Part) -> Part:
    return Text(part.text) if isinstance(part, Refusal) else part


def _plain_as_text(part: Part) -> Part:
    """A plain-text document becomes a text part, headed by the document's name."""
    source = part.source if isinstance(part, File) else None
    if not (isinstance(part, File) and isinstance(source, Inline) and source.media_type == "text/plain"):
        return part
    try:
        text = b64decode(source.data, validate=True).decode()
    except ValueError:
        return part
    return Text(text if part.name is None else f"{part.name}\n{text}", cache=part.cache)


def _no_names(conversation: Conversation) -> Conversation:
    return _messages(conversation, lambda message: replace(message, name=None) if message.name else message)


def _no_developer(conversation: Conversation) -> Conversation:
    return _messages(
        conversation,
        lambda message: replace(message, role="system") if message.role == "developer" else message,
    )


def _no_prefill(conversation: Conversation) -> Conversation:
    messages = conversation.messages
    if messages and messages[-1].role == "assistant" and not _calls_tools(messages[-1]):
        return replace(conversation, messages=messages[:-1])
    return conversation


def _calls_tools(message: Message) -> bool:
    return any(isinstance(part, ToolCall) for part in message.parts)


def _messages(conversation: Conversation, change: Callable[[Message], Message]) -> Conversation:
    messages = tuple(map(change, conversation.messages))
    return conversation if messages == conversation.messages else replace(conversation, messages=messages)


def _no_extra(conversation: Conversation) -> Conversation:
    bare = _messages(
        conversation,
        lambda message: replace(message, extra=None, parts=tuple(_bare_part(part) for part in message.parts)),
    )
    tools = tuple(replace(tool, extra=None) if isinstance(tool, Tool) else tool for tool in bare.tools)
    return replace(bare, extra=None, tools=tools)


def _bare_part(part: Part) -> Part:
    if isinstance(part, ToolResult):
        part = replace(part, parts=tuple(replace(each, extra=None) for each in part.parts))
    return part if isinstance(part, Refusal | Native) else replace(part, extra=None)


def _no_cache(conversation: Conversation) -> Conversation:
    kinds = Text | Image | File | ToolCall | ToolResult

    def change(part: Part) -> Part:
        return replace(part, cache=None) if isinstance(part, kinds) and part.cache is not None else part

    bare = _parts("cache", change).strip(conversation)
    return _tools("cache", _cleared(Tool, "cache")).strip(bare)


FEATURES: tuple[Feature, ...] = (
    # Sampling.
    _sampling("max_output"),
    _sampling("temperature"),
    _sampling("top_p"),
    _sampling("top_k"),
    _sampling("stop", ()),
    _sampling("seed"),
    Feature("choices", False, one_choice, member="sampling.choices"),
    _penalty("frequency_penalty"),
    _penalty("presence_penalty"),
    _penalty("logit_bias"),
    _sampling("logprobs"),
    # Structure, tools, thinking.
    _field("format"),
    Feature("format.json", False, no_json, member="format"),
    Feature("format.schema", False, no_schema, member="format"),
    _field("tools", neutral=()),
    _tools("tools.native", _without(NativeTool), hint=True),
    _tools("tools.strict", _cleared(Tool, "strict"), hint=True),
    _field("tool_choice"),
    _choice("tool_choice.none", no_choice("none")),
    _choice("tool_choice.required", no_choice("required")),
    _choice("tool_choice.names", no_names_of_tools),
    _choice("tool_choice.several_names", one_name),
    # Some frameworks send it with every call, and whoever runs the tools can run them one by one.
    Feature("parallel_tools", True, no_parallel_wish, member="parallel_tools"),
    Feature("reasoning.none", True, no_denial, member="reasoning", quiet=True),
    _field("reasoning"),
    _field("verbosity"),
    # Parts.
    _parts("image", _without(Image), Image),
    _parts("image.inline", _without(Image, source=Inline), Image),
    _parts("image.url", _without(Image, source=Url), Image),
    _parts("image.stored", _without(Image, source=Stored), Image),
    _parts("image.detail", _cleared(Image, "detail"), Image, hint=True),
    _parts("audio", _without(Audio), Audio),
    _parts("audio.stored", _without(Audio, source=Stored), Audio),
    _parts("audio.url", _without(Audio, source=Url), Audio),
    _parts("video", _without(Video), Video),
    _parts("file.plain", _plain_as_text, File, hint=True),
    _parts("file", _without(File), File),
    _parts("file.inline", _without(File, source=Inline), File),
    _parts("file.url", _without(File, source=Url), File),
    _parts("file.stored", _without(File, source=Stored), File),
    _parts("file.name", _cleared(File, "name"), File, hint=True),
    _parts("refusal", _as_text, Refusal, hint=True),
    _parts("thinking", _without(Thinking, RedactedThinking), Thinking, RedactedThinking, hint=True),
    _parts("thinking.redacted", _without(RedactedThinking), RedactedThinking, hint=True),
    _parts("thinking.signature", _cleared(Thinking, "signature"), Thinking, hint=True),
    _parts("thinking.id", _cleared(Thinking, "id"), Thinking, hint=True),
    _parts("citations", _cleared(Text, "citations", ()), Text, hint=True),
    _parts("tool_call.signature", _cleared(ToolCall, "signature"), ToolCall, hint=True),
    _parts("tool_result.error", _cleared(ToolResult, "is_error", False), ToolResult, hint=True),
    _parts("tool_result.name", _cleared(ToolResult, "name"), ToolResult, hint=True),
    _parts("native", _without(Native), Native, hint=True),
    Feature("prefill", False, _no_prefill),
    Feature("name", True, _no_names, frozenset([NAMED])),
    Feature("developer", True, _no_developer, frozenset([DEVELOPER])),
    Feature("cache", True, _no_cache),
    # Settings of the call rather than of the answer.
    _field("user", hint=True),
    _field("metadata", hint=True),
    _field("service_tier", hint=True),
    _field("cache_key", hint=True),
    _field("store", hint=True),
    Feature("extra", True, _no_extra, frozenset([EXTRA])),
    Feature("echo", True, _no_extra, frozenset([ECHO]), quiet=True),
)

NAMES = frozenset(feature.name for feature in FEATURES if not feature.quiet)

_THOUGHTS = frozenset([Thinking, RedactedThinking])

# A request without any feature: what members are compared with.
_PLAIN = Conversation(dialect="", model="", messages=())

# Values in one format's own terms have no meaning in another.
_FOREIGN = frozenset(["native", "tools.native", "extra", "echo"])
