"""Requests are refused with the place, and edited without touching what is not ours."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialects.dialect import Destination
from dialects.errors import Malformed
from dialects.openai.common import decode_answer, decode_request, edit_body
from dialects.openai.usage import UsageWire

# Values as bytes, with all that a parser would write differently.
WRITTEN = st.sampled_from(
    [b"1.0e5", b"1E400", b"-0", b"0.10", b"123456789012345678901234567890", b"9" * 5000, b"null", b"true"]
    + [b'"\\u00e9\\ud83c\\udf89\\/"', '"é🎉"'.encode(), b'""', b"{ }", b"[ 1,\t2 ]", b'{"a" : [1.50,{}]}']
    + [b'{"model":"inner"}', b'"\\u0000"']
)
NAMES = st.sampled_from(
    ["temperature", "messages", "seed", "user", "max_completion_tokens", "é", "a b", 'q"']
)
MEMBERS = st.dictionaries(NAMES, WRITTEN, max_size=6)
SPACE = st.sampled_from([b"", b" ", b"\n\t"])


def body(members: dict[str, bytes], space: bytes = b"") -> bytes:
    inside = [
        space + json.dumps(name).encode() + space + b":" + space + value for name, value in members.items()
    ]
    return b"{" + (space + b",").join(inside) + b"}"


def members_of(written: bytes) -> dict[str, bytes]:
    return {
        name: bytes(raw).strip()
        for name, raw in msgspec.json.decode(written, type=dict[str, msgspec.Raw]).items()
    }


@given(MEMBERS, SPACE)
def test_every_member_but_the_model_passes_bit_for_bit(members: dict[str, bytes], space: bytes) -> None:
    written = edit_body(body({"model": b'"fast"'} | members, space), Destination("gpt-x"))
    assert members_of(written) == {"model": b'"gpt-x"'} | members


@given(
    MEMBERS,
    st.frozensets(NAMES),
    st.dictionaries(NAMES, st.sampled_from(["theirs", "random_seed"]), max_size=2),
)
def test_drops_and_renames_touch_nothing_else(
    members: dict[str, bytes], drops: frozenset[str], renames: dict[str, str]
) -> None:
    found = members_of(
        edit_body(body({"model": b'"fast"'} | members), Destination("m", drops=drops, renames=renames))
    )
    touched = drops | renames.keys()
    assert {name: value for name, value in members.items() if name not in touched}.items() <= found.items()
    assert touched.isdisjoint(found)
    assert found.keys() <= {"model", *members, *renames.values()}


@given(st.lists(st.tuples(st.sampled_from(["model", "n", "messages"]), WRITTEN), max_size=8))
def test_of_equal_keys_only_the_last_is_sent(pairs: list[tuple[str, bytes]]) -> None:
    written = b"{" + b",".join(b'"%b":%b' % (name.encode(), value) for name, value in pairs) + b"}"
    found = members_of(edit_body(written, Destination("m")))
    assert found == dict(pairs) | {"model": b'"m"'}


@given(st.text(min_size=1))
def test_any_model_name_is_written_so_that_it_is_read_again(model: str) -> None:
    assert json.loads(edit_body(b'{"mod\\u0065l":"fast"}', Destination(model))) == {"model": model}


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        pytest.param(None, {"include_usage": True}, id="none"),
        pytest.param(b" null ", {"include_usage": True}, id="null"),
        pytest.param(b"{}", {"include_usage": True}, id="empty"),
        pytest.param(b'{"include_usage":false}', {"include_usage": True}, id="said no"),
        pytest.param(b'{"include_usage":false,"x":1}', {"include_usage": True, "x": 1}, id="others stay"),
    ],
)
def test_usage_is_asked_for(options: bytes | None, sent: dict[str, Any]) -> None:
    members = {"model": b'"fast"'} | ({} if options is None else {"stream_options": options})
    found = json.loads(edit_body(body(members), Destination("m", ask_usage=True)))
    assert found == {"model": "m", "stream_options": sent}


@pytest.mark.parametrize(
    ("members", "sent"),
    [
        pytest.param({"cap": b"5"}, {"max": 5}, id="renamed"),
        pytest.param({"max": b"5"}, {"max": 5}, id="theirs already"),
        pytest.param({"max": b"7", "cap": b"5"}, {"max": 5}, id="the newer name wins"),
        pytest.param({"cap": b"5", "max": b"7"}, {"max": 5}, id="in any order"),
        pytest.param({"max": b"7", "cap": b"null"}, {"max": 7}, id="null lifts no cap"),
        pytest.param({"cap": b"null"}, {"max": None}, id="null alone"),
    ],
)
def test_a_renamed_cap_stays_a_cap(members: dict[str, bytes], sent: dict[str, Any]) -> None:
    found = json.loads(edit_body(body({"model": b'"a"'} | members), Destination("m", renames={"cap": "max"})))
    assert found == {"model": "m"} | sent


class _Request(msgspec.Struct):
    model: str
    n: int | None = None


REQUEST = msgspec.json.Decoder(_Request)
JSON = "The request body is not valid JSON: "

BAD = [
    pytest.param(b"", JSON + "it is empty.", None, id="empty"),
    pytest.param(b" \n", JSON + "it is empty.", None, id="blank"),
    pytest.param(
        b'{"model":\n "a"', JSON + "it ends too early, at line 2, column 5 (byte 14).", None, id="cut"
    ),
    pytest.param(
        b'{"model":"a"} x',
        JSON + "trailing characters at line 1, column 15 (byte 14).",
        None,
        id="garbage after",
    ),
    pytest.param(
        b'{"model":"a",\n"n":NaN}', JSON + "invalid character at line 2, column 5 (byte 18).", None, id="NaN"
    ),
    pytest.param(
        b"{'model':1}",
        JSON + "object keys must be strings at line 1, column 2 (byte 1).",
        None,
        id="single quotes",
    ),
    pytest.param(
        b'{"model":"a","x":"\\\\\\ud83d"}',
        JSON + "\\ud83d at line 1, column 21 (byte 20) is half of a surrogate pair.",
        None,
        id="half an emoji",
    ),
    pytest.param(
        b'{"model":"a","x":"\\ud83c\\udf89 \\udf89 and more"}',
        JSON + "\\udf89 at line 1, column 32 (byte 31) is half of a surrogate pair.",
        None,
        id="the other half of one",
    ),
    pytest.param(
        b'{"model":\n"\xff"}',
        "The request body is not valid UTF-8: byte 0xff at line 2, column 2 (byte 11).",
        None,
        id="not UTF-8",
    ),
    pytest.param(
        b'\xef\xbb\xbf{"model":"a"}',
        JSON + "it begins with a byte order mark; send it without those three bytes.",
        None,
        id="a byte order mark",
    ),
    pytest.param(
        '{"model":"a"}'.encode("utf-16"),
        "The request body is not valid UTF-8: it is UTF-16.",
        None,
        id="UTF-16",
    ),
    pytest.param(
        b'{"model":"a","x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        "The request body is nested too deeply to be read: 900 levels can be.",
        None,
        id="deep",
    ),
    pytest.param(b"[]", "Invalid request body: Expected `object`, got `array`.", None, id="an array"),
    pytest.param(
        b'{"n":1}',
        "Invalid request body at 'model': Object missing required field `model`.",
        "model",
        id="no model",
    ),
    pytest.param(
        b'{"model":7}',
        "Invalid request body at 'model': Expected `str`, got `int`.",
        "model",
        id="model a number",
    ),
    pytest.param(
        b'{"model":"a","n":"2"}',
        "Invalid request body at 'n': Expected `int | null`, got `str`.",
        "n",
        id="a number as text",
    ),
    pytest.param(
        b'{"model":"a","n":' + b"9" * 5000 + b"}",
        "Invalid request body at 'n': Integer value out of range.",
        "n",
        id="a huge number",
    ),
    pytest.param(
        b'{"model":"a","n":1E400}', "Invalid request body at 'n': Number out of range.", "n", id="infinity"
    ),
]


@pytest.mark.parametrize(("sent", "message", "param"), BAD)
def test_a_bad_body_is_refused_with_its_place(sent: bytes, message: str, param: str | None) -> None:
    with pytest.raises(Malformed) as refused:
        decode_request(REQUEST, sent)
    assert (refused.value.message, refused.value.param) == (message, param)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_no_body_breaks_the_decoder(sent: bytes) -> None:
    try:
        decode_request(REQUEST, sent)
    except Malformed as refused:
        assert refused.message.endswith(".")


@given(st.binary(max_size=20), MEMBERS)
def test_what_was_read_can_be_edited(junk: bytes, members: dict[str, bytes]) -> None:
    sent = body({"model": b'"a"'} | members).replace(b"user", junk)
    try:
        decode_request(REQUEST, sent)
    except Malformed:
        return
    assert members_of(edit_body(sent, Destination("m", ask_usage=False)))["model"] == b'"m"'


class _Answer(msgspec.Struct):
    data: list[Any] | None = None
    usage: UsageWire | None = None


ANSWER = msgspec.json.Decoder(_Answer)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(b'{"data":[1]}', _Answer([1]), id="plain"),
        pytest.param(b'{"usage":{"prompt_tokens":"3"}}', _Answer(usage=UsageWire(3)), id="a count as text"),
        pytest.param(b'{"usage":7,"data":[]}', _Answer([]), id="a usage of no shape"),
        pytest.param(b'{"data":["\\ud83d"]}', _Answer(["?"]), id="half an emoji"),
        pytest.param(b'{"data":["\xff"]}', _Answer(["\ufffd"]), id="not UTF-8"),
    ],
)
def test_an_answer_that_was_paid_for_is_read(sent: bytes, answer: _Answer) -> None:
    assert decode_answer(ANSWER, sent) == answer


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        pytest.param(b"", "the answer is not a JSON object", id="empty"),
        pytest.param(b"[]", "the answer is not a JSON object", id="an array"),
        pytest.param(b'{"usage":"x",', "the answer is not a JSON object", id="cut after an odd type"),
        pytest.param(b"[" * 100_000, "the answer is not a JSON object", id="deep"),
        pytest.param(
            b'{"data":3}',
            "the answer has an unknown shape: Expected `array | null`, got `int` - at `$.data`",
            id="odd",
        ),
    ],
)
def test_what_is_no_answer_is_malformed(sent: bytes, message: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode_answer(ANSWER, sent)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ({"role": "assistant", "content": "One"}, {"prefix": True, "role": "assistant", "content": "One"}),
        ({"role": "assistant", "prefix": False}, {"role": "assistant", "prefix": False}),
        ({"role": "user", "content": "Two"}, None),
        ({"role": "assistant", "tool_calls": [{"id": "a"}]}, None),
    ],
)
def test_a_last_turn_of_the_assistant_is_marked_where_its_vendor_wants_that(
    last: dict[str, Any], told: dict[str, Any] | None
) -> None:
    body = json.dumps({"model": "a", "messages": [{"role": "user", "content": "?"}, last]}).encode()
    to = Destination("b", prefill=({"prefix": True}, {"continue_final_message": True}))
    found = json.loads(edit_body(body, to))
    assert found["messages"] == [{"role": "user", "content": "?"}, told or last]
    assert found.get("continue_final_message") == (True if told else None)


@pytest.mark.parametrize(
    "body", [b'{"model":"a"}', b'{"messages":[]}', b'{"messages":[7]}', b'{"messages":"x"}']
)
def test_what_has_no_turns_is_left_as_it_is(body: bytes) -> None:
    to = Destination("b", prefill=({"prefix": True}, {}))
    assert json.loads(edit_body(body, to)) == {**json.loads(body), "model": "b"}
