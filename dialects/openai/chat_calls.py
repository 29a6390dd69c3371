"""Separates the tool calls of a chat vendor's answer, however their fragments are numbered."""

from typing import Any

from dialects.answer import Delta, PartDelta, ToolDelta, ToolStarted
from dialects.conversation import Native
from dialects.halves import joined
from dialects.json_objects import encode, is_object
from dialects.openai.chat_events import Call, Function
from dialects.openai.chat_parts import NAME


class _Heard:
    """A call as received so far."""

    __slots__ = ("arguments", "held", "id", "name", "native", "part", "signature")

    def __init__(self, id: str | None) -> None:
        self.id = id
        self.name = ""
        self.arguments = ""  # received so far, after the name
        self.part = -1  # -1 until its name is known
        self.held = ""  # arguments that arrived before the name
        self.signature: str | None = None
        self.native: dict[str, Any] | None = None  # a call of a kind specific to this format


class Calls:
    """The calls of one choice."""

    __slots__ = ("_heard", "_index", "_last", "_open")

    def __init__(self, index: int) -> None:
        self._index = index
        self._heard: list[_Heard] = []
        self._open: dict[object, _Heard] = {}  # by the number under which a call may continue
        self._last: object = None

    @property
    def any(self) -> bool:
        return bool(self._heard)

    def hear(self, calls: list[Call], out: list[Delta], next: int, *, whole: bool) -> int:
        """Adds the fragments' deltas to `out`. Takes and returns the number of the next part to begin."""
        for number, call in enumerate(calls):
            heard = self._heard_of(call, ("whole", number) if whole else call.index)
            if call.custom is not None:
                _grow(heard, call)
                continue
            heard.signature = heard.signature or _signature(call.extra_content)
            next = self._add(heard, call.function or Function(), out, next)
        return next

    def hear_function(self, function: Function, out: list[Delta], next: int) -> int:
        """The same for the legacy `function_call`."""
        return self._add(self._heard_of(Call(), "function"), function, out, next)

    def finish(self, out: list[Delta], next: int) -> int:
        """Adds calls that were held back because their name or end was missing."""
        for heard in self._heard:
            if heard.native is not None:
                heard.native["custom"] = {name: joined(text) for name, text in heard.native["custom"].items()}
                out.append(PartDelta(Native(NAME, heard.native), next, self._index))
                next += 1
            elif heard.part < 0:
                next = self._start(heard, out, next)
        return next

    def _heard_of(self, call: Call, key: object) -> _Heard:
        function = call.function
        named = function is not None and bool(function.name)
        if key is None:
            key = call.id or (object() if named else self._last)
        heard = self._open.get(key)
        # Gemini numbers every call 0: https://ai.google.dev/gemini-api/docs/openai
        if heard is None or (function is not None and named and _is_another(call.id, function, heard)):
            heard = self._open[key] = _Heard(call.id)
            self._heard.append(heard)
        self._last = key
        return heard

    def _add(self, heard: _Heard, function: Function, out: list[Delta], next: int) -> int:
        arguments = function.arguments
        if isinstance(arguments, dict):
            arguments = encode(arguments).decode()
        if heard.part < 0:
            heard.name += function.name or ""
            if not heard.name:
                heard.held += arguments or ""
                return next
            next = self._start(heard, out, next)
        if arguments:
            heard.arguments += arguments
            out.append(ToolDelta(arguments, heard.part, self._index))
        return next

    def _start(self, heard: _Heard, out: list[Delta], next: int) -> int:
        heard.part = next
        id = heard.id or f"call_{self._index}_{next}"
        out.append(ToolStarted(id, heard.name, next, self._index, heard.signature))
        if heard.held:
            heard.arguments = heard.held
            out.append(ToolDelta(heard.held, next, self._index))
        return next + 1


def _is_another(id: str | None, function: Function, heard: _Heard) -> bool:
    """Whether a fragment with a name begins another call under the number of `heard`.

    Without ids, only complete arguments decide that, since some vendors repeat the name in each fragment.
    """
    if id and heard.id:
        return id != heard.id
    return is_object(heard.arguments) and (function.name != heard.name or bool(function.arguments))


def _grow(heard: _Heard, call: Call) -> None:
    custom = call.custom or {}
    if heard.native is None:
        heard.native = {"id": call.id or "", "type": "custom", "custom": {"name": "", "input": ""}}
    said = heard.native["custom"]
    for name in ("name", "input"):
        if isinstance(custom.get(name), str):
            said[name] += custom[name]


def _signature(found: Any) -> str | None:
    # Gemini's OpenAI-compatible API: https://ai.google.dev/gemini-api/docs/thought-signatures
    google = found.get("google") if isinstance(found, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else None
