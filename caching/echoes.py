"""Request members that an answer repeats without depending on them: each caller gets its own values back.

https://platform.openai.com/docs/api-reference/responses/object
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from config.kinds import Operation

REPEATING = (Operation.RESPONSES,)  # formats with answers that repeat members left out of the fingerprint
_NOTHING, _NO_DATA = msgspec.Raw(b"null"), msgspec.Raw(b"{}")
_RESPONSE = b'"response":'  # cannot occur inside a string, where its quotes would be escaped
_REPEATED = frozenset(["safety_identifier", "user"])  # every answer that repeats its request has one of these
_ENDS = (b"\n\n", b"\r\n\r\n")  # of an event


class _Said(msgspec.Struct):
    metadata: msgspec.Raw = _NO_DATA
    prompt_cache_key: msgspec.Raw = _NOTHING
    safety_identifier: msgspec.Raw = _NOTHING
    user: msgspec.Raw = _NOTHING


_SAID = msgspec.json.Decoder(_Said).decode
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_VALUE = msgspec.json.Decoder().decode
_ENCODE = msgspec.json.Encoder().encode
Own = Mapping[str, Any]


def own(request: bytes) -> Own:
    """The values that an answer to this request would repeat."""
    said = msgspec.structs.asdict(_SAID(request))
    try:
        values = {name: _VALUE(value) for name, value in said.items()}
    except msgspec.MsgspecError:  # a number out of range, which vendors refuse there
        return {}
    return {**values, "metadata": values["metadata"] or {}}


def echoed(answer: bytes, mine: Own, *, stream: bool) -> bytes:
    """The answer with this caller's values in it; the same bytes if it already repeats those."""
    echoing = Echoing(mine)
    return echoing.feed(answer) + echoing.end() if stream else echoing.whole(answer)


class Echoing:
    """The same for a stream that arrives in pieces cut anywhere."""

    def __init__(self, mine: Own) -> None:
        self._mine = mine
        self._begun = b""  # the beginning of an incomplete event

    def feed(self, data: bytes) -> bytes:
        """The events completed by this data."""
        data = self._begun + data
        end = max(place + len(each) if (place := data.rfind(each)) >= 0 else 0 for each in _ENDS)
        whole, self._begun = data[:end], data[end:]
        if _RESPONSE not in whole:
            return whole
        return b"\n".join([self._line(each) for each in whole.split(b"\n")])

    def whole(self, answer: bytes) -> bytes:
        """An answer that is not a stream."""
        return _whole(answer, self._mine)

    def end(self) -> bytes:
        """The rest of a stream that ends within an event, unchanged."""
        return self._begun

    def _line(self, line: bytes) -> bytes:
        if line[:5] != b"data:" or _RESPONSE not in line:
            return line
        try:
            members = _MEMBERS(line[5:])
        except msgspec.MsgspecError:
            return line
        response = members.get("response")
        said = None if response is None else _whole(bytes(response), self._mine)
        if said is None or said == response:
            return line
        return b"data: " + _ENCODE({**members, "response": msgspec.Raw(said)}) + b"\r" * line.endswith(b"\r")


def _whole(answer: bytes, mine: Own) -> bytes:
    try:
        members = _MEMBERS(answer)
        theirs = {name: _VALUE(members[name]) for name in mine if name in members}
    except msgspec.MsgspecError:
        return answer
    if not _REPEATED.intersection(members) and not theirs.get("metadata"):
        return answer  # of a vendor that repeats nothing
    other = {name: mine[name] for name, value in theirs.items() if value != mine[name]}
    return _ENCODE({**members, **other}) if other else answer
