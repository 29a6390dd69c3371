"""What is masked is held against a schema as its caller will read it, and no vendor is told it for that."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.catalog import GuardFacts, GuardSettings
from gateway.call import Call
from gateway.errors import AnswerNotValid
from gateway.guardrails.cordons import Cordon, Post
from guardrails.ends import OPENINGS
from guardrails.guards import pii, words
from guardrails.placeholders import Placeholders
from tests.gateway.around.test_repairing import call, road, run, said, sent
from tests.gateway.road import Road

MAIL = "ann@acme.example"
NAME = Placeholders(b"secret", "acme\0support").of("EMAIL", MAIL.encode())
PII, STOP = GuardFacts("pii", "pii"), GuardFacts("stop", "words", words=("Nightjar",), stages=("output",))
WISH = {
    "type": "object",
    "properties": {
        "mail": {
            "type": "string",
            "pattern": "^[^<>@]+@[^<>@]+$",
            "maxLength": 20,
            "description": f"as {MAIL}",
        },
        "who": {"enum": [MAIL, "nobody"]},
    },
}


def guarded(asked: Call, *output: GuardFacts) -> Call:
    posts = tuple(Post(words.GUARD.build(facts), facts) for facts in output)
    openings = OPENINGS.build([pattern for post in posts for pattern in post.guard.partial])
    cordon = Cordon((Post(pii.GUARD.build(PII), PII),), posts, True, GuardSettings(), openings)
    asked.deployment.cordons = cast(Any, SimpleNamespace(of=lambda team, model: cordon))
    return asked


def asking(on: Road) -> Call:
    """A call whose address is masked, for an answer by that schema."""
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": WISH}}
    messages = [{"role": "user", "content": f"write to {MAIL}"}]
    return guarded(call(on, messages=messages, response_format=wish))


def answered(**members: str) -> Any:
    return said(json.dumps(members))


async def test_an_answer_is_valid_as_its_caller_reads_it() -> None:
    on = road({"one": [answered(mail=NAME, who=NAME)]})
    caller = await run(on, asking(on))
    told = json.loads(json.loads(caller.body)["choices"][0]["message"]["content"])
    assert told == {"mail": MAIL, "who": MAIL} and len(on.rows) == 1
    assert MAIL not in json.dumps(sent(on, 0))


async def test_who_is_asked_again_is_told_what_is_wrong_and_nothing_that_was_masked() -> None:
    on = road({"one": [answered(mail=f"{NAME} or so", who=NAME)]})
    with pytest.raises(AnswerNotValid, match="breaks 'maxLength'"):
        await run(on, asking(on))
    again = json.dumps(sent(on, 1))
    assert "it breaks 'maxLength'" in again and NAME in again and MAIL not in again


async def test_a_forbidden_word_of_an_answer_that_is_not_valid_is_not_quoted() -> None:
    on = road({"one": [said('{"a":"Nightjar flies"}')]})
    with pytest.raises(AnswerNotValid) as raised:
        await run(on, guarded(call(on), STOP))
    assert 'at /a: "[WORD] flies" is not of type' in raised.value.shown().message
