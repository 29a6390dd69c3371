"""Every change that can shape an answer changes the fingerprint, what is on the list does not."""

import copy
import random
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caching.fingerprint import (
    LEFT_OUT,
    MAYBE_STATEFUL,
    beside,
    canonical,
    canonical_typed,
    end_user,
    fingerprint,
    is_stateful,
    left_out,
    read,
    temperature,
)
from config.kinds import Operation
from dialects.conversation import Conversation
from dialects.dialect import Destination, Dialect
from dialects.features import fit
from gateway.formats import SPOKEN, dialect_of
from tests.dialects.conversations import conversations

# Ollama's generate takes one prompt, which most conversations are not.
TALKING = [each for each in SPOKEN if dialect_of(each) and each is not Operation.OLLAMA_GENERATE]
TO = Destination("some-model", unsupported="drop", output_limit=4096)
Place = tuple[str | int, ...]


def said(body: bytes, operation: Operation) -> bytes:
    members = read(body)
    assert members is not None
    return canonical(members, left_out(operation))


def spoken(operation: Operation, conversation: Conversation) -> bytes:
    dialect = cast(Dialect, SPOKEN[operation])
    return dialect.write_request(fit(conversation, dialect, TO)[0], TO)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every value inside, and every container."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*at, index))


def mutated(document: Any, place: Place, rng: random.Random) -> Any:
    """The document with the value at this place changed, or taken out."""
    document = copy.deepcopy(document)
    inside = document
    for step in place[:-1]:
        inside = inside[step]
    value = inside[place[-1]]
    if rng.random() < 0.3:
        del inside[place[-1]]
    elif isinstance(value, bool):
        inside[place[-1]] = not value
    elif isinstance(value, int | float):
        inside[place[-1]] = value + rng.choice([1, 0.5, -3])
    elif isinstance(value, str):
        inside[place[-1]] = rng.choice(
            [value + " ", value + "x", "x" + value, value[1:] or "z", value * 2 or "y"]
        )
    elif isinstance(value, dict):
        inside[place[-1]] = {**value, "more": rng.randint(0, 9)}
    elif isinstance(value, list):
        inside[place[-1]] = [*value, *value] or [1]
    else:
        inside[place[-1]] = "something"
    return document


@pytest.mark.parametrize("operation", TALKING)
@settings(max_examples=5, deadline=None)
@given(conversation=conversations(), rng=st.randoms(use_true_random=False))
def test_any_change_that_can_shape_the_answer_is_another_request(
    operation: Operation, conversation: Conversation, rng: random.Random
) -> None:
    any_change_is_another_request(operation, conversation, rng)


@pytest.mark.soak
@pytest.mark.parametrize("operation", TALKING)
@settings(max_examples=300, deadline=None)
@given(conversation=conversations(), rng=st.randoms(use_true_random=False))
def test_any_change_of_hundreds_of_conversations_is_another_request(
    operation: Operation, conversation: Conversation, rng: random.Random
) -> None:
    any_change_is_another_request(operation, conversation, rng)


def any_change_is_another_request(
    operation: Operation, conversation: Conversation, rng: random.Random
) -> None:
    body = spoken(operation, conversation)
    document = msgspec.json.decode(body)
    before = said(body, operation)
    outside = LEFT_OUT[operation] | {"model"}
    for place in places(document):
        changed = mutated(document, place, rng)
        same = place[0] in outside
        assert (said(msgspec.json.encode(changed), operation) == before) is (same or changed == document), (
            place
        )


@pytest.mark.parametrize("operation", TALKING)
@settings(max_examples=3, deadline=None)
@given(conversation=conversations(), value=st.sampled_from(["x", 7, True, {"a": 1}]))
def test_what_is_on_the_list_does_not_count(
    operation: Operation, conversation: Conversation, value: Any
) -> None:
    body = spoken(operation, conversation)
    document = msgspec.json.decode(body)
    for name in LEFT_OUT[operation]:
        assert said(msgspec.json.encode({**document, name: value}), operation) == said(body, operation)
        members = read(msgspec.json.encode({**document, name: value}))
        assert members is not None
        assert canonical(members, left_out(operation, (name,))) != said(body, operation)


@pytest.mark.parametrize("operation", TALKING)
@settings(max_examples=3, deadline=None)
@given(conversation=conversations(), value=st.sampled_from(["x", 7, True, {"a": 1}]))
def test_a_member_that_nobody_knows_counts(
    operation: Operation, conversation: Conversation, value: Any
) -> None:
    body = spoken(operation, conversation)
    more = {**msgspec.json.decode(body), "nobody_knows_it": value}
    assert said(msgspec.json.encode(more), operation) != said(body, operation)


@settings(max_examples=15, deadline=None)
@given(conversations(), st.randoms(use_true_random=False))
def test_order_and_white_space_do_not_count(conversation: Conversation, rng: random.Random) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            names = list(value)
            rng.shuffle(names)
            return {name: turned(value[name]) for name in names}
        return [turned(each) for each in value] if isinstance(value, list) else value

    body = spoken(Operation.CHAT, conversation)
    other = msgspec.json.format(msgspec.json.encode(turned(msgspec.json.decode(body))), indent=3)
    assert said(other, Operation.CHAT) == said(body, Operation.CHAT)


NUMBERS = [
    "0.1",
    "0.10000000000000001",
    "1",
    "1.0",
    "1e5",
    "1E5",
    "1e+5",
    "1e99999999999999999999",
    "123456789012345678901234567890",
    "123456789012345678901234567891",
    "1e400",
    "0",
    "12345678901234567890123",
    "12345678901234567890124",
]


def test_numbers_that_are_written_unlike_are_unlike_and_no_number_is_a_text() -> None:
    bodies = [f'{{"seed":{number}}}' for number in NUMBERS] + [f'{{"seed":"{number}"}}' for number in NUMBERS]
    found = [read(body.encode()) for body in bodies]
    told = [canonical(each, left_out(Operation.CHAT)) for each in found if each is not None]
    assert len(set(told)) == len(told)
    assert len(told) == len(bodies)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"a":"\\ud800"}', b'{"a":NaN}', b"{" * 4, b'{"a":' * 3000], ids=range(6)
)
def test_what_cannot_be_read_for_certain_has_no_fingerprint(body: bytes) -> None:
    assert read(body) is None


@settings(max_examples=15, deadline=None)
@given(conversations(), st.randoms(use_true_random=False))
def test_the_typed_form_tells_requests_apart_as_well(conversation: Conversation, rng: random.Random) -> None:
    def typed(document: Any) -> bytes:
        return canonical_typed(dialect.read_request(msgspec.json.encode(document)))

    dialect = cast(Dialect, SPOKEN[Operation.CHAT])
    document = msgspec.json.decode(spoken(Operation.CHAT, conversation))
    before, asked = typed(document), dialect.read_request(msgspec.json.encode(document))
    for place in places(document):
        if place[0] in LEFT_OUT[Operation.CHAT] | {"model"}:
            continue
        changed = mutated(document, place, rng)
        try:
            other = dialect.read_request(msgspec.json.encode(changed))
        except ValueError:
            continue
        if other != asked:
            assert typed(changed) != before, place


@settings(max_examples=15, deadline=None)
@given(conversations())
def test_the_typed_form_of_a_plain_conversation_is_alike_in_every_format(conversation: Conversation) -> None:
    plain = msgspec.structs.replace(conversation, tools=(), extra=None)
    formats = {canonical_typed(msgspec.structs.replace(plain, dialect=name)) for name in ("chat", "messages")}
    common = all(not message.extra for message in plain.messages) and b'"native"' not in next(iter(formats))
    told_apart = any(getattr(part, "extra", None) for message in plain.messages for part in message.parts)
    assert (len(formats) == 1) is (common and not told_apart)


@pytest.mark.parametrize(
    "trials", [5_000, pytest.param(100_000, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_nobody_meets_a_stranger(trials: int) -> None:
    """Requests of random tenants, policies, bodies: equal only where all is."""
    rng = random.Random(18)
    names = ["", "a", "b", "ab", "a\0", '"', '","', "a,b"]
    seen: dict[bytes, tuple[Any, ...]] = {}
    for _ in range(trials):
        scope = tuple(rng.choice(names) for _ in range(rng.randint(1, 3)))
        shaped = (rng.choice(names), rng.choice(names))
        body = rng.choice([b"{}", b'{"a":1}', b'{"a":"1"}'])
        facts = (scope, shaped, body)
        assert seen.setdefault(fingerprint(beside(scope, shaped), body), facts) == facts
    assert len(seen) > trials * 0.3


TEMPERATURES = [
    (Operation.CHAT, b'{"temperature":0.5}', 0.5),
    (Operation.CHAT, b"{}", None),
    (Operation.CHAT, b'{"temperature":null}', None),
    (Operation.MESSAGES, b'{"temperature":1}', 1.0),
    (Operation.GENERATE_CONTENT, b'{"generationConfig":{"temperature":0}}', 0.0),
    (Operation.CONVERSE, b'{"inferenceConfig":{"temperature":0.2}}', 0.2),
    (Operation.OLLAMA_CHAT, b'{"options":{"temperature":0.3},"temperature":1}', 0.3),
]


@pytest.mark.parametrize(("operation", "body", "expected"), TEMPERATURES)
def test_a_temperature_is_found_where_its_format_has_it(
    operation: Operation, body: bytes, expected: float | None
) -> None:
    assert temperature(read(body) or {}, operation) == expected


STATES = [
    (b'{"conversation":"conv_1"}', True),
    (b'{"background":true}', True),
    (b'{"background":false}', False),
    (b'{"mcp_servers":[{"url":"x"}]}', True),
    (b'{"tools":[{"type":"mcp"}]}', True),
    (b'{"tools":[{"type":"function"}]}', False),
    (b'{"previous_response_id":"resp_1"}', False),
    (b'{"tools":[{"type":"code_interpreter","container":"cntr_1"}]}', True),
    (b'{"tools":[{"type":"code_interpreter","container":{"type":"auto"}}]}', False),
    (b'{"tools":"x"}', False),
    (b'{"prompt":{"id":"pmpt_1"}}', True),
    (b'{"prompt":{"id":"pmpt_1","version":"2"}}', False),
    (b'{"prompt":"Once"}', False),
]


@pytest.mark.parametrize(("body", "expected"), STATES)
def test_a_request_that_depends_on_a_state_is_told(body: bytes, expected: bool) -> None:
    assert is_stateful(read(body) or {}) is expected


def test_an_end_user_is_known_by_all_that_names_one() -> None:
    assert end_user({"user": "ann"}) != end_user({"user": "bob"}) != b""
    assert end_user({"metadata": {"user_id": "ann"}}) != b""
    assert end_user({"user": None}) == b""


@pytest.mark.parametrize(
    "members",
    [
        {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]},
        {"tools": [{"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/1"]}}]},
        {"tools": [{"retrieval": {"vertexAiSearch": {"datastore": "d"}}}]},
        {"tools": [{"type": "collections_search", "collection_ids": ["c"]}]},
        {"data_sources": [{"type": "azure_search"}]},
        {"guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "DRAFT"}},
    ],
)
def test_what_is_kept_elsewhere_and_changes_is_state(members: dict[str, Any]) -> None:
    assert not MAYBE_STATEFUL.isdisjoint(members)
    assert is_stateful(members)


def test_a_guardrail_with_a_number_does_not_change() -> None:
    assert not is_stateful({"guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "3"}})
