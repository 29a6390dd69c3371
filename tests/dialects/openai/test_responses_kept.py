"""What of a Responses request leads to what a vendor keeps is found however it is written."""

from typing import Any

import msgspec
import pytest

from dialects.errors import Malformed
from dialects.openai.responses_kept import KeptInStream, kept_in, named

encode = msgspec.json.encode


@pytest.mark.parametrize(
    ("body", "sought", "shown"),
    [
        ({"input": "hi"}, (), ()),
        ({"previous_response_id": None, "conversation": None}, (), ()),
        ({"previous_response_id": "r"}, (("previous_response_id", "r"),), ()),
        ({"conversation": "c"}, (("conversation", "c"),), ()),
        ({"conversation": {"id": "c"}}, (("conversation", "c"),), ()),
        ({"input": [{"type": "item_reference", "id": "i"}]}, (("input.0.id", "i"),), ()),
        ({"input": ["x", {"id": "i"}]}, (("input.0.id", "i"),), ()),
        ({"input": [{"role": "user", "content": "x", "id": "i"}]}, (), ()),
        ({"input": [{"type": "message", "role": "assistant", "id": "i"}]}, (), ()),
        ({"input": [{"type": "reasoning", "id": "i"}]}, (), (("input.0.id", "i"),)),
        ({"input": [{"type": "reasoning", "id": "i", "encrypted_content": "e"}]}, (), ()),
    ],
)
def test_names_are_found(body: dict[str, Any], sought: object, shown: object) -> None:
    assert named(encode(body))[:2] == (sought, shown)


def test_a_name_that_is_written_with_escapes_is_found() -> None:
    body = b'{"previous\\u005fresponse_id": "r", "input": [{"type": "item\\u005freference", "id": "i"}]}'
    assert [name for _, name in named(body).sought] == ["r", "i"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b'{"input": [', b"\xff"),
        b'{"previous_response_id": "r", "store": 1e999}',
        b'{"input": [{"type": "item_reference", "id": "i", "role": 1e999}]}',
        b'{"input": [%b, {"type": "item_reference", "id": "i"}]}' % (b"9" * 5000),
    ],
)
def test_what_cannot_be_read_is_not_taken_for_one_that_names_nothing(body: bytes) -> None:
    with pytest.raises(Malformed):
        named(body)


@pytest.mark.parametrize(("store", "kept"), [(None, True), (True, True), (False, False)])
def test_whether_it_is_to_be_kept(store: bool | None, kept: bool) -> None:
    body = {} if store is None else {"store": store}
    assert named(encode(body)).stores is kept
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
