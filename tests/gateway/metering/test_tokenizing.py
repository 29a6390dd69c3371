"""A request is counted where every target's tokenizer is known and all of it is text."""

from dataclasses import replace
from typing import Any

import pytest

from config.kinds import VendorKind
from gateway.deployment import Line
from gateway.metering.tokenizing import MOST_BYTES, Tokenizer
from tests.gateway.road import Answer, Road

BODY = b'{"model":"gpt-4o","messages":[{"role":"user","content":"hello world"}]}'


def line(model: str = "gpt-4o", kind: str = "openai") -> Line:
    route = Road({"one": [Answer()]}).deployment.route("fast")
    assert route is not None
    found = route.lines["one/m"]
    vendor = replace(found.vendor, kind=VendorKind(kind, "Some", key_required=False))
    return replace(found, vendor=vendor, model=model)


async def test_a_count_is_close_and_never_too_low() -> None:
    tokenizer = Tokenizer()
    for _ in range(2):  # loaded in a thread, and then at hand
        tokens = await tokenizer.count([line()], BODY)
        # Of OpenAI's rule: 3 for the message, 1 and 2 for its texts, 3 for the answer to begin.
        assert tokens is not None
        assert 9 <= tokens < len(BODY)


async def test_of_several_targets_the_largest_count_is_taken() -> None:
    tokenizer = Tokenizer()
    both = await tokenizer.count([line("gpt-4o"), line("gpt-4")], BODY)
    each = [await tokenizer.count([line(model)], BODY) for model in ("gpt-4o", "gpt-4")]
    assert both == max(count for count in each if count is not None)


async def test_tools_have_their_own_words_around_them() -> None:
    plain = await Tokenizer().count([line()], b'{"functions":[]}')
    tools = await Tokenizer().count([line()], b'{"tools":[]}')
    assert plain is not None
    assert tools is not None
    assert tools > plain + 400


UNKNOWN: dict[str, tuple[list[Any], bytes]] = {
    "no target": ([], BODY),
    "another vendor": (["anthropic"], BODY),
    "one of two": (["openai", "anthropic"], BODY),
    "a picture": (["openai"], b'{"image_url":"https://x/y.png"}'),
    "a long body": (["openai"], b'"' + b"x" * MOST_BYTES + b'"'),
}


@pytest.mark.parametrize(("kinds", "body"), UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_what_cannot_be_counted_is_not_guessed(kinds: list[str], body: bytes) -> None:
    assert await Tokenizer().count([line(kind=kind) for kind in kinds], body) is None


async def test_a_model_that_tiktoken_does_not_know_is_not_guessed() -> None:
    assert await Tokenizer().count([line("my-own")], BODY) is None
