"""Writes a streamed answer as chat chunks for a client."""

from collections.abc import Sequence
from typing import Any

from dialects.answer import (
    CitationDelta,
    Counted,
    Delta,
    Failed,
    Finished,
    PartDelta,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from dialects.conversation import Audio, Image, Native, Part, RedactedThinking, Thinking, ToolCall
from dialects.dialect import Reply
from dialects.openai.chat_answer import (
    encode,
    write_call,
    write_citation,
    write_image,
    write_reason,
    write_sound,
    write_usage,
)
from dialects.openai.chat_parts import NAME
from dialects.openai.reasoning import write_detail
from dialects.openai.usage import tier_name

DONE = b"data: [DONE]\n\n"


class ChunkFrame:
    """The bytes around the choice of every chunk, built once."""

    __slots__ = ("_head", "_tail", "_with_usage")

    def __init__(self, reply: Reply, kind: str, prefix: str, started: Started) -> None:
        envelope = {
            "id": started.id or f"{prefix}-{reply.id}",
            "object": kind,
            "created": started.created or reply.created,
            "model": started.model or reply.model,
        }
        self._with_usage = reply.include_usage
        self._head = b"data: " + encode(envelope)[:-1] + b',"choices":['
        self._tail = b'],"usage":null}\n\n' if reply.include_usage else b"]}\n\n"

    def around(self, before: bytes, after: bytes) -> tuple[bytes, bytes]:
        """The bytes before and after a value in a chunk; `before` and `after` are those inside the choice."""
        return self._head + before, after + self._tail

    def close(self, counted: Counted | None) -> bytes:
        """The usage chunk, if usage was requested, and the end of the stream."""
        if counted is None or not self._with_usage:
            return DONE
        tier = b"" if counted.tier is None else b',"service_tier":' + encode(tier_name(counted.tier))
        return self._head + b'],"usage":' + encode(write_usage(counted.usage)) + tier + b"}\n\n" + DONE


class _Spoken:
    """One choice as written so far."""

    __slots__ = (
        "around",
        "begins",
        "calls",
        "legacy",
        "length",
        "listed",
        "text",
        "thought",
        "thoughts",
        "tools",
    )

    def __init__(self, frame: ChunkFrame, index: int, *, legacy: bool = False) -> None:
        self.legacy = legacy
        before = b'{"index":%d,"delta":' % index
        after = b',"logprobs":null,"finish_reason":null}'
        self.around = frame.around(before, after)
        self.text = frame.around(before + b'{"content":', b"}" + after)
        self.thought = frame.around(before + b'{"reasoning_content":', b"}" + after)
        self.tools: dict[int, tuple[bytes, bytes]] = {}  # by part: the bytes around a fragment of arguments
        self.calls = 0
        self.thoughts: dict[int, int] = {}  # by part: its number among the thinking parts
        self.listed = {"annotations": 0, "images": 0}
        self.length = 0  # characters of content
        self.begins: dict[int, int] = {}  # by part: the characters before it

    def call(self, part: int, member: bytes = b'"function":{"arguments":') -> int:
        """Begins a call: prepares the bytes around its arguments, and returns its number."""
        number, self.calls = self.calls, self.calls + 1
        before, after = self.around
        opening = b'{"tool_calls":[{"index":%d,%b' % (number, member)
        self.tools[part] = (before + opening, b"}}]}" + after)
        return number

    def members(self, delta: Delta) -> dict[str, Any] | None:
        """The message members for a rare delta; None if the format has none for it."""
        match delta:
            case ThinkingDelta():
                number = self.thoughts.setdefault(delta.part, len(self.thoughts))
                thought = Thinking(delta.text, delta.signature, delta.origin, delta.id)
                said = {"reasoning_content": delta.text} if delta.text else {}
                return {**said, "reasoning_details": write_detail(thought, number)}
            case RefusalDelta():
                return {"refusal": delta.text}
            case ToolStarted() if self.legacy:
                return self._function(delta)
            case ToolStarted():
                call = write_call(ToolCall(delta.id, delta.name, "", delta.signature))
                return {"tool_calls": [{"index": self.call(delta.part), **call}]}
            case CitationDelta():
                since = self.begins.get(delta.part, 0)
                annotation = write_citation(delta.citation, since, self.length - since)
                return None if annotation is None else self._member_of("annotations", annotation)
            case PartDelta():
                return self._whole(delta.value, delta.part)
        return None

    def _member_of(self, name: str, member: dict[str, Any]) -> dict[str, Any]:
        """One more item of a list, with its index, by which alone OpenAI's SDK merges streamed lists."""
        number = self.listed[name]
        self.listed[name] = number + 1
        return {name: [{"index": number} | member]}

    def _function(self, delta: ToolStarted) -> dict[str, Any] | None:
        """The legacy `function_call`, of which there can be only one; None for any other."""
        if self.calls:
            return None
        self.calls = 1
        before, after = self.around
        self.tools[delta.part] = (before + b'{"function_call":{"arguments":', b"}}" + after)
        return {"function_call": {"name": delta.name, "arguments": ""}}

    def _whole(self, value: Part, part: int) -> dict[str, Any] | None:
        match value:
            case RedactedThinking():
                number = self.thoughts.setdefault(part, len(self.thoughts))
                return {"reasoning_details": write_detail(value, number)}
            case Image():
                image = write_image(value)
                return None if image is None else self._member_of("images", image)
            case Audio():
                return {"audio": write_sound(value)}
            # A tool call of a kind specific to this format.
            case Native() if value.dialect == NAME and "id" in value.value:
                number = self.call(part, b'"custom":{"input":')
                return {"tool_calls": [{"index": number, **value.value}]}
        return None


class ChatWriter:
    """A StreamWriter: the role first, a usage chunk on request, [DONE]."""

    __slots__ = ("_counted", "_frame", "_reply", "_spoken")

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._frame = ChunkFrame(reply, "chat.completion.chunk", "chatcmpl", Started())
        self._spoken: dict[int, _Spoken] = {}
        self._counted: Counted | None = None

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if type(delta) is TextDelta:
                choice = self._spoken.get(delta.choice) or self._begin(delta.choice, out)
                if delta.part not in choice.begins:
                    choice.begins[delta.part] = choice.length
                choice.length += len(delta.text)
                before, after = choice.text if not delta.logprobs else self._beside(delta)
                out.append(before + encode(delta.text) + after)
            elif isinstance(delta, Started):
                self._frame = ChunkFrame(self._reply, "chat.completion.chunk", "chatcmpl", delta)
                self._counted = Counted(delta.usage) if delta.usage else self._counted
            elif isinstance(delta, Counted):
                self._counted = delta
            elif not isinstance(delta, Failed):
                self._write(delta, self._spoken.get(delta.choice) or self._begin(delta.choice, out), out)
        return b"".join(out)

    def end(self) -> bytes:
        return self._frame.close(self._counted)

    def _begin(self, index: int, out: list[bytes]) -> _Spoken:
        choice = self._spoken[index] = _Spoken(self._frame, index, legacy=self._reply.legacy_functions)
        before, after = choice.around
        out.append(before + b'{"role":"assistant","content":"","refusal":null}' + after)
        return choice

    def _beside(self, delta: TextDelta) -> tuple[bytes, bytes]:
        logprobs = encode({"content": delta.logprobs, "refusal": None})
        return self._frame.around(
            b'{"index":%d,"delta":{"content":' % delta.choice,
            b'},"logprobs":' + logprobs + b',"finish_reason":null}',
        )

    def _write(self, delta: Delta, choice: _Spoken, out: list[bytes]) -> None:
        """Writes any delta other than text."""
        if isinstance(delta, ToolDelta):
            around = choice.tools.get(delta.part)
            if around is not None:
                out.append(around[0] + encode(delta.arguments) + around[1])
        elif isinstance(delta, Finished):
            before, after = self._frame.around(
                b'{"index":%d,"delta":{},"logprobs":null,"finish_reason":' % delta.choice, b"}"
            )
            reason = write_reason(delta.finish.reason, legacy=choice.legacy)
            out.append(before + encode(reason) + after)
        elif isinstance(delta, ThinkingDelta) and not (delta.origin or delta.signature or delta.id):
            out.append(choice.thought[0] + encode(delta.text) + choice.thought[1])
        else:
            members = choice.members(delta)
            if members is not None:
                out.append(choice.around[0] + encode(members) + choice.around[1])
