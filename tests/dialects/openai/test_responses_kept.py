"""What a vendor keeps of an answer is found in it."""

import msgspec
import pytest

from dialects.openai.responses_kept import KeptInStream, kept_in, stores

encode = msgspec.json.encode


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
def test_what_is_no_request_is_not_to_be_kept(body: bytes) -> None:
    assert not stores(body)


@pytest.mark.parametrize(("store", "kept"), [(None, True), (True, True), (False, False)])
def test_whether_it_is_to_be_kept(store: bool | None, kept: bool) -> None:
    body = {} if store is None else {"store": store}
    assert stores(encode(body)) is kept
    assert bool(kept_in(encode(body | {"id": "r"}))) is kept
    stream = KeptInStream()
    begun = encode({"type": "response.created", "response": body | {"id": "r"}})
    item = encode({"type": "response.output_item.added", "item": {"id": "i"}})
    found = stream.feed(b"data: " + begun + b"\n\n") + stream.feed(b"data: " + item + b"\n\n")
    assert found == (["r", "i"] if kept else [])


@pytest.mark.parametrize("body", [b"", b"null", b'{"output": 7}', b'{"id": 7, "output": [{}]}'])
def test_what_is_no_answer_keeps_nothing(body: bytes) -> None:
    assert kept_in(body) == []
    assert KeptInStream().feed(b"data: response.created " + body + b"\n\n") == []


@pytest.mark.parametrize("store", [True, False])
def test_a_container_is_there_whether_the_answer_is_kept_or_not(store: bool) -> None:
    item = {"type": "code_interpreter_call", "id": "ci", "container_id": "cntr"}
    found = kept_in(encode({"id": "r", "store": store, "output": [item]}))
    assert found == (["r", "ci", "cntr"] if store else ["cntr"])
    stream = KeptInStream()
    stream.feed(
        b"data: " + encode({"type": "response.created", "response": {"id": "r", "store": store}}) + b"\n\n"
    )
    added = encode({"type": "response.output_item.added", "item": item})
    assert stream.feed(b"data: " + added + b"\n\n") == (["ci", "cntr"] if store else ["cntr"])
