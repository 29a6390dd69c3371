"""Converts chat and legacy completions from stream to whole, and back."""

from collections.abc import Iterator, Sequence

from dialects.base64_pieces import more
from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.json_objects import encode
from dialects.merging import add, objects
from dialects.openai.chat_answer import write_usage
from dialects.openai.chat_writer import DONE
from dialects.usage import Usage

_GROWS = frozenset(
    ["content", "refusal", "reasoning", "reasoning_content", "arguments", "input"]
    + ["text", "summary", "thinking", "signature", "data", "transcript"]
)
_EVERYWHERE = ("id", "object", "created", "model", "service_tier", "system_fingerprint", "provider")
_OF_CHOICE = ("index", "message", "text", "logprobs", "finish_reason")
_PADDING = "obfuscation"


def _add(message: Extra, delta: Extra) -> None:
    sound, piece = message.get("audio"), delta.get("audio")
    before = sound.get("data") if isinstance(sound, dict) else None
    add(message, delta, _GROWS)
    if isinstance(before, str) and isinstance(piece, dict) and isinstance(piece.get("data"), str):
        message["audio"]["data"] = more(before, piece["data"])


class ChatForms:
    """Forms for chat, in which choices hold messages (`spoken`), and for legacy completions."""

    def __init__(self, kind: str, *, spoken: bool) -> None:
        self._kind = kind
        self._spoken = spoken

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        whole: Extra = {"id": "", "object": self._kind}
        choices: dict[int, Extra] = {}
        for chunk in objects(events):
            for said in chunk.pop("choices", None) or ():
                choice = choices.setdefault(said.get("index") or 0, self._new(said))
                delta = said.pop("delta", None)
                if delta:
                    _add(choice["message"], delta)
                add(choice, said, _GROWS)
            whole |= {name: value for name, value in chunk.items() if value is not None}
        whole.pop(_PADDING, None)
        for choice in choices.values():
            message = choice.get("message", {})
            for call in message.get("tool_calls") or ():
                call.pop("index")
            for annotation in message.get("annotations") or ():
                annotation.pop("index", None)
        whole |= {"object": self._kind, "choices": [choices[index] for index in sorted(choices)]}
        if usage is not None:
            whole.setdefault("usage", write_usage(usage))
        return whole

    def _new(self, said: Extra) -> Extra:
        choice: Extra = {"index": said.get("index") or 0}
        if self._spoken:
            choice["message"] = {"role": "assistant", "content": None, "refusal": None}
        return choice | {"logprobs": None, "finish_reason": None}

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        head = {name: whole.pop(name) for name in _EVERYWHERE if name in whole}
        if self._spoken:
            head["object"] = f"{self._kind}.chunk"
        choices, usage = whole.pop("choices"), whole.pop("usage", None)
        told: Extra = {"usage": None} if reply.include_usage else {}
        chunks = [{"choices": [piece]} for choice in choices for piece in self._pieces(choice)]
        chunks[0] |= whole  # members of the whole answer are sent once
        if reply.include_usage and usage is not None:
            chunks.append({"choices": [], "usage": usage})
        return b"".join([b"data: %b\n\n" % encode(head | told | chunk) for chunk in chunks]) + DONE

    def _pieces(self, choice: Extra) -> Iterator[Extra]:
        index, logprobs = choice["index"], choice.get("logprobs")
        unsaid = {"index": index, "logprobs": None, "finish_reason": None}
        end = unsaid | {name: value for name, value in choice.items() if name not in _OF_CHOICE}
        end["finish_reason"] = choice["finish_reason"]
        if not self._spoken:
            yield unsaid | {"text": choice["text"], "logprobs": logprobs}
            yield {"text": ""} | end
            return
        for delta in _deltas(choice["message"]):
            said = not delta.keys().isdisjoint(("content", "refusal")) and "role" not in delta
            yield unsaid | {"delta": delta, "logprobs": logprobs if said else None}
            logprobs = None if said else logprobs
        yield end | {"delta": {}}


def _deltas(message: Extra) -> Iterator[Extra]:
    """A message's deltas: the role, the thinking, then everything else."""
    text = message.get("content")
    yield {"role": message["role"], "content": "" if isinstance(text, str) else None, "refusal": None}
    calls = [{"index": number} | call for number, call in enumerate(message.pop("tool_calls", None) or ())]
    thoughts = {name: message.pop(name) for name in [*message] if name.startswith("reasoning")}
    if thoughts:
        yield thoughts
    for name, value in message.items():
        if name != "role" and value not in (None, ""):
            yield {name: value}
    for call in calls:
        yield {"tool_calls": [call]}
