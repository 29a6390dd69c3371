"""Writes a legacy completion's answer for a client, whole or as a stream: only text."""

from collections.abc import Sequence
from typing import Any

from dialects.answer import Answer, Choice, Counted, Delta, Finished, Reason, Started, TextDelta
from dialects.conversation import Text
from dialects.dialect import Reply
from dialects.openai.chat_answer import encode, write_envelope, write_reason
from dialects.openai.chat_writer import ChunkFrame
from dialects.openai.completions_request import NAME
from dialects.openai.logprobs import write_legacy

_KIND, _PREFIX = "text_completion", "cmpl"


def write_answer(answer: Answer, reply: Reply) -> bytes:
    """The body; thinking, tool calls and everything else that is not text is left out."""
    body = write_envelope(answer, reply, _KIND, _PREFIX)
    body["choices"] = [_choice(choice) for choice in answer.choices]
    if answer.dialect == NAME and answer.extra:
        body = answer.extra | body
    return encode(body)


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "text": "".join(part.text for part in choice.parts if isinstance(part, Text)),
        "index": choice.index,
        "logprobs": write_legacy(choice.logprobs) if choice.logprobs else None,
        "finish_reason": _reason(choice.finish.reason),
    }


def _reason(reason: Reason) -> str:
    """The finish reason; legacy completions have none for tool calls."""
    return "stop" if reason == "tool_calls" else write_reason(reason)


class CompletionWriter:
    """A StreamWriter: chunks of text, a usage chunk on request, [DONE]."""

    __slots__ = ("_around", "_counted", "_frame", "_lengths", "_reply")

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._counted: Counted | None = None
        self._lengths: dict[int, int] = {}  # by choice: characters so far
        self._around: dict[int, tuple[bytes, bytes]] = {}  # by choice: the bytes around a text
        self._frame = ChunkFrame(reply, _KIND, _PREFIX, Started())

    def write(self, deltas: Sequence[Delta]) -> bytes:
        out: list[bytes] = []
        for delta in deltas:
            if isinstance(delta, TextDelta):
                out.append(self._say(delta))
            elif isinstance(delta, Started):
                self._frame = ChunkFrame(self._reply, _KIND, _PREFIX, delta)
                self._counted = Counted(delta.usage) if delta.usage else self._counted
            elif isinstance(delta, Counted):
                self._counted = delta
            elif isinstance(delta, Finished):
                reason = encode(_reason(delta.finish.reason))
                before, after = self._beside(delta.choice, b"null", reason)
                out.append(before + b'""' + after)
        return b"".join(out)

    def end(self) -> bytes:
        return self._frame.close(self._counted)

    def _say(self, delta: TextDelta) -> bytes:
        index = delta.choice
        since = self._lengths.get(index, 0)
        self._lengths[index] = since + len(delta.text)
        if delta.logprobs:
            around = self._beside(index, encode(write_legacy(delta.logprobs, since)), b"null")
        else:
            around = self._around.get(index) or self._around.setdefault(
                index, self._beside(index, b"null", b"null")
            )
        return around[0] + encode(delta.text) + around[1]

    def _beside(self, index: int, logprobs: bytes, reason: bytes) -> tuple[bytes, bytes]:
        return self._frame.around(
            b'{"index":%d,"text":' % index,
            b',"logprobs":' + logprobs + b',"finish_reason":' + reason + b"}",
        )
