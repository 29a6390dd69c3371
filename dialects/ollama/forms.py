"""Converts Ollama's answers from a stream to a whole answer, and back."""

import json
from collections.abc import Sequence

from dialects.conversation import Extra
from dialects.dialect import Reply
from dialects.json_objects import encode
from dialects.merging import add
from dialects.usage import Usage

_GROWS = frozenset(["content", "thinking", "response"])
_SAID = ("message", "response", "thinking", "logprobs")


class OllamaForms:
    """Converts answers of `/api/chat` and of `/api/generate`."""

    def whole_of(self, events: Sequence[bytes], usage: Usage | None) -> Extra:
        whole: Extra = {}
        for event in events:
            if event.strip():
                add(whole, json.loads(event), _GROWS)
        return whole

    def stream_of(self, whole: Extra, reply: Reply) -> bytes:
        said = {name: whole.pop(name) for name in _SAID if name in whole}
        head = {name: whole[name] for name in ("model", "created_at") if name in whole}
        empty = {"response": ""} if "response" in said else {"message": {"role": "assistant", "content": ""}}
        return b"%b\n%b\n" % (encode(head | said | {"done": False}), encode(whole | empty))
