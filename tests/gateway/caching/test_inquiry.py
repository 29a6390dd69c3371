"""Which calls are compared by their meaning, and who may be given their texts."""

from typing import Any

import msgspec
import pytest

from caching.semantic.subject import Subject
from config.caching import CachePolicy, SemanticPolicy
from config.kinds import Operation
from gateway.caching.inquiry import bound_of, subject_of
from gateway.caching.sought import Sought, seek
from gateway.call import Cleared
from gateway.errors import Header
from tests.gateway.caching.test_sought import BODY, ROAD, call
from tests.gateway.road import WHO

POLICY = SemanticPolicy(embedder="words")


def sought(
    *headers: Header, sent: bytes = b"", operation: Operation = Operation.CHAT, body: Any = BODY
) -> Sought:
    asking = msgspec.structs.replace(call(operation, body), headers=headers)
    assert ROAD.deployment.caching is not None
    policy = CachePolicy(exact=60.0, semantic=POLICY)
    found = seek(Cleared(asking, WHO, sent or asking.body), ROAD.deployment.caching, policy)
    assert isinstance(found, Sought)
    return found


def test_the_last_text_is_what_may_be_said_otherwise() -> None:
    found = subject_of(sought(), POLICY)
    assert isinstance(found, Subject) and found.text == "Hello"
    other = subject_of(sought(), SemanticPolicy(embedder="others"))
    assert isinstance(other, Subject) and other.scope != found.scope  # another's vectors mean nothing here


@pytest.mark.parametrize(
    ("given", "policy", "why"),
    [
        (sought(sent=msgspec.json.encode(BODY) + b" "), POLICY, "masked"),
        (sought(), SemanticPolicy(models=("smart",)), "a model that is not in semantic.models"),
        (sought(), SemanticPolicy(max_turns=0), "a long conversation"),
        (
            sought(operation=Operation.COMPLETIONS, body={"model": "fast", "prompt": "Once"}),
            POLICY,
            "a text to go on with",
        ),
    ],
    ids=["masked", "another model", "long", "a beginning"],
)
def test_what_is_not_compared_says_why(given: Sought, policy: SemanticPolicy, why: str) -> None:
    assert subject_of(given, policy) == why


def test_what_the_caller_wants_of_a_vendor_holds_for_who_gets_the_text() -> None:
    region = (b"x-signalbox-regions", b"eu")
    assert bound_of(sought()) == ()
    assert bound_of(sought(region, (b"user-agent", b"me"))) == (region,)
    only = sought((b"cache-control", b"only-if-cached"))
    assert bound_of(only) == ((b"cache-control", b"only-if-cached"),)
