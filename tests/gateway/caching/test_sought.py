"""What a call is looked up by: its policy's scope, its model, its body; or why it is not looked up."""

import copy
from typing import Any

import msgspec
import pytest

from config.caching import CachePolicy
from config.kinds import Operation
from dialects.anthropic.messages import AnthropicMessages
from dialects.dialect import Spoken
from dialects.openai.chat import OpenAIChat
from gateway.caching.sought import ANEW, Sought, seek
from gateway.call import Call, Cleared
from gateway.formats import SPOKEN
from ledger.principal import Principal
from tests.gateway.road import WHO, Answer, Road

MINUTE = CachePolicy(exact=60.0)
ROAD = Road({"one": [Answer()]}, cache=MINUTE)
BODY = {"model": "fast", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 9}


def call(operation: Operation = Operation.CHAT, body: Any = BODY, **changed: Any) -> Call:
    spoken: Spoken = SPOKEN[operation]
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    changed = {"operation": operation, "dialect": spoken, "body": raw, "asked": spoken.peek(raw), **changed}
    return msgspec.structs.replace(ROAD.call(), **changed)


def sought(call: Call, policy: CachePolicy = MINUTE, who: Principal = WHO, body: bytes = b"") -> Sought | str:
    rules = ROAD.deployment.caching
    assert rules is not None
    return seek(Cleared(call, who, body or call.body), rules, policy)


def print_of(*args: Any, **named: Any) -> bytes:
    found = sought(*args, **named)
    assert isinstance(found, Sought)
    return found.fingerprint


def other(**changed: str) -> Principal:
    facts = {"key_id": "key_1", "key_name": "k", "role": "caller", "user": "ann", "team": "support"}
    return Principal(**{**facts, "organisation": "acme", **changed})  # type: ignore[arg-type]


SHARED = [
    ("organisation", {"team": "sales"}, True),
    ("organisation", {"organisation": "other"}, False),
    ("team", {"key_id": "key_2", "user": "bob"}, True),
    ("team", {"team": "sales"}, False),
    ("team", {"organisation": "other"}, False),
    ("key", {"key_id": "key_2"}, False),
    ("key", {"user": "bob"}, True),
    ("user", {"user": "bob"}, False),
]


@pytest.mark.parametrize(("scope", "changed", "same"), SHARED)
def test_who_shares_an_answer(scope: Any, changed: dict[str, str], same: bool) -> None:
    policy = CachePolicy(exact=60.0, scope=scope)
    alike = print_of(call(), policy, other()) == print_of(call(), policy, other(**changed))
    assert alike is same


def test_an_end_user_that_the_request_names_counts_in_that_scope_alone() -> None:
    ann, bob = ({**BODY, "user": name} for name in ("ann", "bob"))
    assert print_of(call(body=ann)) == print_of(call(body=bob))
    mine = CachePolicy(exact=60.0, scope="user")
    assert print_of(call(body=ann), mine) != print_of(call(body=bob), mine)


def test_what_is_compared_is_what_would_leave() -> None:
    masked = msgspec.json.encode({**BODY, "messages": [{"role": "user", "content": "<EMAIL_1>"}]})
    assert print_of(call(), body=masked) != print_of(call())
    # One who wrote the placeholder himself is not the one whose address it hides.
    assert print_of(call(body=masked)) != print_of(call(), body=masked)


def test_headers_that_a_vendor_would_get_count() -> None:
    usual = call(Operation.MESSAGES, forwarded=b"anthropic-version: 2023-06-01\r\n")
    beta = call(Operation.MESSAGES, forwarded=b"anthropic-version: 2023-06-01\r\nanthropic-beta: x\r\n")
    assert print_of(usual) != print_of(beta)


def test_what_is_wanted_of_routing_counts() -> None:
    here = call(headers=((b"x-signalbox-regions", b"eu"),))
    assert print_of(here) != print_of(call())
    assert print_of(call(headers=((b"x-signalbox-session", b"a"),))) == print_of(call())
    in_body = call(body={**BODY, "metadata": {"signalbox_regions": "eu"}})
    assert print_of(in_body) != print_of(call(body={**BODY, "metadata": {"other": "eu"}})) == print_of(call())


def test_what_metadata_says_of_the_cache_is_heard_and_does_not_count() -> None:
    def asked(**metadata: str) -> Sought | str:
        return sought(call(body={**BODY, "metadata": metadata}))

    assert asked(signalbox_cache_control="no-store") == "no-store"
    fresh = asked(signalbox_cache_control="no-cache, max-age=9", signalbox_cache_tags="a")
    assert isinstance(fresh, Sought)
    assert (fresh.controls.no_cache, fresh.controls.max_age, fresh.controls.tags) == (True, 9, ("a",))
    assert fresh.fingerprint == print_of(call())
    both = asked(signalbox_cache_control="no-cache", signalbox_regions="eu")
    assert isinstance(both, Sought)
    assert both.fingerprint == print_of(call(body={**BODY, "metadata": {"signalbox_regions": "eu"}}))
    assert both.fingerprint != print_of(call())


def test_names_of_headers_that_were_seen_before_are_known_but_not_without_end() -> None:
    rules = ROAD.deployment.caching
    assert rules is not None
    plain = print_of(call())
    for number in range(300):
        asked = call(headers=((b"accept", b"*"), (b"x-mine-%d" % number, b"1")))
        assert print_of(asked) == print_of(asked) == plain
    assert len(rules.silent) <= 256
    wishing = call(headers=((b"accept", b"*"), (b"x-signalbox-region", b"eu")))
    assert print_of(wishing) != plain
    assert sought(call(headers=((b"accept", b"*"), (b"cache-control", b"no-store")))) == "no-store"


def test_the_form_of_the_answer_does_not_count() -> None:
    assert print_of(call(body={**BODY, "stream": True})) == print_of(call())


def test_formats_are_apart_unless_the_policy_joins_them() -> None:
    usual = b"anthropic-version: 2023-06-01\r\n"
    messages = call(Operation.MESSAGES, forwarded=usual)
    assert print_of(messages) != print_of(call())
    both = CachePolicy(exact=60.0, formats="any")
    assert print_of(messages, both) == print_of(call(), both)
    assert isinstance(messages.dialect, AnthropicMessages)
    assert isinstance(call().dialect, OpenAIChat)


ANY = CachePolicy(exact=60.0, formats="any")
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
INLINE = {"mimeType": "image/png", "data": "AAAA"}
FORMAT = {"name": "n", "schema": {"type": "object"}}
DROPPED = [
    (
        Operation.CHAT,
        {"messages": [{"role": "user", "content": [IMAGE]}]},
        ("messages", 0, "content", 0, "image_url", "max_pixels"),
    ),
    (
        Operation.CHAT,
        {**BODY, "response_format": {"type": "json_schema", "json_schema": FORMAT}},
        ("response_format", "json_schema", "mode"),
    ),
    (Operation.CHAT, BODY, ("labels",)),
    (Operation.CHAT, BODY, ("keep_alive",)),
    (
        Operation.GENERATE_CONTENT,
        {"contents": [{"role": "user", "parts": [{"inlineData": INLINE}]}]},
        ("contents", 0, "parts", 0, "inlineData", "displayName"),
    ),
    (
        Operation.GENERATE_CONTENT,
        {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
        ("contents", 0, "nobody_knows"),
    ),
    (Operation.MESSAGES, {**BODY, "tool_choice": {"type": "auto"}}, ("tool_choice", "nobody_knows")),
    (Operation.COHERE_CHAT, {**BODY, "thinking": {"type": "enabled"}}, ("thinking", "nobody_knows")),
]


@pytest.mark.parametrize(("operation", "body", "place"), DROPPED)
def test_what_a_reader_drops_counts_in_the_typed_form_too(
    operation: Operation, body: Any, place: tuple[Any, ...]
) -> None:
    prints = []
    for value in ("one", "other", None):
        asked = copy.deepcopy({"model": "fast", **body})
        holder = asked
        for name in place[:-1]:
            holder = holder[name]
        if value is not None:
            holder[place[-1]] = value
        prints.append(print_of(call(operation, asked), ANY))
    assert len(set(prints)) == 3


def test_a_text_that_goes_on_is_not_one_that_is_answered() -> None:
    asked = {"model": "fast", "prompt": "Hello", "max_tokens": 9}
    assert print_of(call(Operation.COMPLETIONS, asked), ANY) != print_of(call(), ANY)


def test_two_framings_of_gemini_are_one_format() -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
    one, other = (call(each, body) for each in (Operation.GENERATE_CONTENT, Operation.GENERATE_CONTENT_ARRAY))
    assert print_of(one) == print_of(other)


PASSED_BY = [
    ({}, BODY, ((b"cache-control", b"no-store"),), "no-store"),
    ({"max_choices": 1}, {**BODY, "n": 2}, (), "more choices than max_choices"),
    ({"max_temperature": 0.5}, BODY, (), "a temperature above max_temperature"),
    ({"max_temperature": 0.5}, {**BODY, "temperature": 0.7}, (), "a temperature above max_temperature"),
    ({}, {**BODY, "mcp_servers": [{}]}, (), "depends on what is kept elsewhere"),
    ({}, b'{"model":"fast","messages":[],"seed":NaN}', (), "not readable"),
]


@pytest.mark.parametrize(("policy", "body", "headers", "reason"), PASSED_BY)
def test_a_call_that_is_passed_by_says_why(policy: Any, body: Any, headers: Any, reason: str) -> None:
    if isinstance(body, bytes):
        asking = msgspec.structs.replace(call(headers=headers), body=body)
    else:
        asking = call(body=body, headers=headers)
    assert sought(asking, CachePolicy(exact=60.0, **policy)) == reason


def test_a_low_temperature_is_looked_up() -> None:
    policy = CachePolicy(exact=60.0, max_temperature=0.5)
    assert isinstance(sought(call(body={**BODY, "temperature": 0.5}), policy), Sought)


def test_a_renewal_asks_a_vendor_whatever_its_body_says() -> None:
    said = {"signalbox_cache_control": "only-if-cached", "signalbox_cache_tags": "faq"}
    body = {**BODY, "metadata": said}
    found = [sought(call(body=body, headers=headers)) for headers in ((), (ANEW,))]
    assert isinstance(found[0], Sought) and isinstance(found[1], Sought)
    assert (found[0].controls.only_if_cached, found[0].controls.no_cache) == (True, False)
    assert (found[1].controls.only_if_cached, found[1].controls.no_cache) == (False, True)
    assert found[0].controls.tags == found[1].controls.tags == ("faq",)
    assert found[0].fingerprint == found[1].fingerprint
