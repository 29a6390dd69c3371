"""An answer that is given again repeats its caller's own words, and is else the same to the byte."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caching.echoes import Echoing, echoed, own

ANN = {"metadata": {"trace": "a"}, "user": "ann", "safety_identifier": None, "prompt_cache_key": "k"}
BOB = {"metadata": {"trace": "b", "more": "x"}, "safety_identifier": "bob"}
TEXT = '[{"text": "a \\"response\\": b\\n\\n"}]'


def answer(said: dict[str, Any]) -> bytes:
    members = {"metadata": {}, "user": None, "safety_identifier": None, "prompt_cache_key": None, **said}
    return b'{\n  "id": "resp_1",  "output": %b, "top_p":1e0, %b' % (
        TEXT.encode(),
        json.dumps(members)[1:].encode(),
    )


def events(said: dict[str, Any], end: str = "\n\n") -> bytes:
    response = answer(said).decode().replace("\n", "")
    kinds = ("response.created", "response.in_progress", "response.completed")
    told = [f'event: {kind}\ndata: {{"type":"{kind}","response":{response}}}{end}' for kind in kinds]
    delta = 'event: response.output_text.delta\ndata: {"delta":"{\\"response\\": {\\"user\\": 1}}"}' + end
    return "".join([*told[:2], delta, ": waits" + end, told[2]]).encode()


def request(said: dict[str, Any]) -> bytes:
    return json.dumps({"model": "m", "input": "Hi", **said}).encode()


def read(data: bytes, stream: bool) -> list[Any]:
    if not stream:
        return [json.loads(data)]
    return [json.loads(line[5:]) for line in data.splitlines() if line.startswith(b"data:")]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("mine", "theirs"), [(ANN, BOB), (BOB, ANN), ({}, ANN), (ANN, {"metadata": None})])
def test_each_caller_has_its_own_back(stream: bool, mine: Any, theirs: Any) -> None:
    first, asked = (events(theirs) if stream else answer(theirs)), own(request(mine))
    wanted = {**mine, "metadata": mine.get("metadata") or {}}
    said = echoed(first, asked, stream=stream)
    assert read(said, stream) == read(events(wanted) if stream else answer(wanted), stream)
    assert TEXT.encode() in said and b":1e0" in said


@pytest.mark.parametrize("stream", [False, True])
def test_where_it_is_the_same_not_a_byte_is_another(stream: bool) -> None:
    said = events(ANN) if stream else answer(ANN)
    assert (
        echoed(said, own(request(ANN)), stream=stream) is said
        or echoed(said, own(request(ANN)), stream=stream) == said
    )
    for other in (
        b'{"id":"x", "output":[]}',
        b'{"metadata":{}, "id":1}',
        b"no answer",
        b'data: {"response":7}\n\ndata: "response": {\n\n',
    ):
        assert echoed(other, own(request(ANN)), stream=stream) == other


@given(st.sampled_from(["\n\n", "\r\n\r\n"]), st.lists(st.integers(0, 900), max_size=8))
def test_a_stream_may_be_cut_anywhere(end: str, cuts: list[int]) -> None:
    said = events(ANN, end) + b"data: [DO"
    echoing, places = Echoing(own(request(BOB))), [0, *sorted(cuts), len(said)]
    pieces = [echoing.feed(said[a:b]) for a, b in zip(places, places[1:], strict=False)]
    assert b"".join(pieces) + echoing.end() == echoed(said, own(request(BOB)), stream=True)


def test_what_no_vendor_takes_is_no_error_here() -> None:
    assert echoed(answer(ANN), own(b'{"user":1e999}'), stream=False) == answer(ANN)
