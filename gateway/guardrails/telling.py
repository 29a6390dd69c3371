"""Extracts every text of an answer, for guards that read it whole.

The pieces of a streamed text are joined; a text that is repeated, as in events at its end, is extracted once.
Members unknown to the format are included: everything that the caller can read is.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dialects.dialect import Dialect
from dialects.loosely import read
from dialects.positions import within
from dialects.repeating import PROBABILITIES
from dialects.spots import SPOTS, Channel, Json, Spots
from dialects.stopping import KEPT
from dialects.wrapping import Wrapping
from guardrails.spoken import MACHINE

# Names of members with format keywords or ids as values; skipped if the value looks like one.
_WORDS = KEPT | frozenset(name.decode() for name in MACHINE) | {"prompt_cache_key", "safety_identifier"}
_IS_WORD = re.compile(r"[\w.:/+=-]*", re.ASCII).fullmatch
_GIVEN = frozenset(["input", "args", "arguments"])  # tool arguments: the model chose every member


class Text(NamedTuple):
    """One text of an answer."""

    said: str
    called: bool  # whether it is an argument of a tool call


def told(dialect: Dialect, said: bytes, *, stream: bool) -> list[Text]:
    """The texts of an answer, those streamed in pieces first. Raises Malformed on invalid JSON."""
    found = list(_streamed(dialect, said)) if stream else list(_walked(read(said)))
    left, all_of_it = list[Text](), ""
    for text in dict.fromkeys(found):
        if text.said.strip() and (text.called or text.said not in all_of_it):
            left.append(text)
            all_of_it += f"{text.said}\0"
    return left


def _streamed(dialect: Dialect, said: bytes) -> Iterator[Text]:
    spots, pieces, rest = SPOTS[dialect.name], dict[Channel, list[Text]](), list[Any]()
    for event in _events(dialect, said):
        if isinstance(event, dict):
            for part in _parts(spots, event):
                for spot in spots.find(part):
                    pieces.setdefault(spot.channel, []).append(Text(spot.holder[spot.key], spot.called))
                    spot.holder[spot.key] = ""
                rest.append(part)
        else:
            rest.append(event)
    for texts in pieces.values():
        yield Text("".join(each.said for each in texts), texts[0].called)
    for event in rest:
        yield from _walked(event)


def _events(dialect: Dialect, said: bytes) -> Iterator[Any]:
    wrapping = Wrapping(dialect.framing)
    events, rest = dialect.framing.split(said, 0)
    for event in [*events, rest] if rest else events:
        _, payload, _ = wrapping.parted(event)
        if payload and not wrapping.is_last(event, payload):
            yield read(payload)


def _parts(spots: Spots, event: Json) -> Iterator[Json]:
    if (opened := spots.opened(event)) is not None:
        yield opened
    yield event


def _walked(value: Any) -> Iterator[Text]:
    """The texts of a document or event, without log probabilities, which only repeat a text."""
    yield from _inner(value, within("", value, "words") == "tool_call", free=False)


def _inner(value: Any, called: bool, *, free: bool) -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(value, called)
    elif isinstance(value, list):
        for each in value:
            yield from _inner(each, _is_called("", each, called), free=free)
    elif isinstance(value, dict):
        for name, each in value.items():
            if free:
                yield Text(name, called)
            elif name in PROBABILITIES or name in _WORDS and isinstance(each, str) and _IS_WORD(each):
                continue
            given = free or (name in _GIVEN and isinstance(each, dict))
            yield from _inner(each, _is_called(name, each, called), free=given)


def _is_called(name: str, value: Any, outer: bool) -> bool:
    return within(name, value, "tool_call" if outer else "words") == "tool_call"
