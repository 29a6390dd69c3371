"""Answers that hold JSON, in words and arguments: it stays JSON when values come back, and hides no word."""

import json
from typing import Any, cast

import pytest

from config.catalog import GuardFacts, GuardSettings
from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.cordons import Cordon, Post
from gateway.guardrails.inspecting import inspect
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from guardrails.ends import OPENINGS
from guardrails.guards import pii, words
from guardrails.placeholders import Placeholders
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim
from tests.gateway.guardrails.test_shielding import Caller

VALUE = 'Ann "A" \\ Lee\nBerlin'
PLACES = Placeholders(b"k", "team")
NAME = PLACES.of("PERSON", VALUE.encode())
FACTS = GuardFacts("w", "words", words=("night train", "Zürich", "a/b"), action="redact")
WORDS = words.GUARD.build(FACTS)


def shield(guard: bool, values: dict[str, str] | None = None) -> Shield:
    dialect, issued = (
        cast(Dialect, SPOKEN[Operation.CHAT]),
        Issued(PLACES.values if values is None else values),
    )
    if not guard:
        return Shield(dialect, issued)
    skim = FormSkim(WORDS.partial)
    return Shield(dialect, issued, (Post(WORDS, FACTS),), OPENINGS.build(WORDS.partial), skim=skim)


def given_on(of: Shield, pieces: list[bytes], *, whole: bool = False) -> bytes:
    caller = Caller()
    sink = ShieldedSink(of, caller, lambda shield: None)
    sink.begin(Head(b"", whole), pieces[0])
    for piece in pieces[1:]:
        sink.write(piece)
    sink.end()
    return caller.body


def streamed(of: Shield, text: str, size: int, *, arguments: bool = False) -> str:
    """What an answer says that comes in pieces of so many characters."""
    events = []
    for at in range(0, len(text), size):
        said: dict[str, Any] = {"content": text[at : at + size]}
        if arguments:
            said = {"tool_calls": [{"index": 0, "function": {"arguments": text[at : at + size]}}]}
        events.append(f"data: {json.dumps({'choices': [{'index': 0, 'delta': said}]})}\n\n".encode())
    events += [b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n', b"data: [DONE]\n\n"]
    out = ""
    for line in given_on(of, events).splitlines():
        if line.startswith(b"data: {"):
            delta = json.loads(line[6:])["choices"][0]["delta"]
            for call in delta.get("tool_calls", [{"function": {"arguments": ""}}]):
                out += delta.get("content", "") + call["function"]["arguments"]
    return out


def answered(of: Shield, text: str, *, arguments: bool = False) -> str:
    """What a whole answer says."""
    said: dict[str, Any] = {"content": text}
    if arguments:
        said = {"tool_calls": [{"function": {"name": "f", "arguments": text}}]}
    found = json.loads(given_on(of, [json.dumps({"choices": [{"message": said}]}).encode()], whole=True))
    message = found["choices"][0]["message"]
    return str(message["tool_calls"][0]["function"]["arguments"] if arguments else message["content"])


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("arguments", [False, True])
@pytest.mark.parametrize("brackets", ["<>", "\\u003c \\u003e"])
def test_json_stays_json_when_values_come_back(guard: bool, arguments: bool, brackets: str) -> None:
    left, _, right = brackets.replace("<>", "< >").partition(" ")
    inner = json.dumps({"name": NAME, "say": "no\n"}).replace("<", left).replace(">", right)
    text = json.dumps({"to": NAME, "body": inner, "then": f"to {NAME}"})
    for size in (1, 2, 3, 7, 40, 400):
        for said in (
            streamed(shield(guard), text, size, arguments=arguments),
            answered(shield(guard), text, arguments=arguments),
        ):
            found = json.loads(said)
            assert (found["to"], found["then"]) == (VALUE, f"to {VALUE}")
            assert json.loads(found["body"]) == {"name": VALUE, "say": "no\n"}


@pytest.mark.parametrize("guard", [False, True])
def test_words_have_the_value_as_it_is(guard: bool) -> None:
    text = f'he said "{NAME}" and {{"a": "{NAME}"}}'
    for size in (1, 3, 40, 400):
        assert streamed(shield(guard), text, size) == text.replace(NAME, VALUE)
    assert answered(shield(guard), text) == text.replace(NAME, VALUE)


def test_a_member_of_a_tools_own_that_is_called_arguments_is_no_json() -> None:
    body = json.dumps(
        {"candidates": [{"content": {"parts": [{"functionCall": {"args": {"arguments": NAME}}}]}}]}
    )
    said = json.loads(given_on(shield(False), [body.encode()], whole=True))
    assert said["candidates"][0]["content"]["parts"][0]["functionCall"]["args"] == {"arguments": VALUE}


@pytest.mark.parametrize("arguments", [False, True])
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a":"in Z\\u00fcrich now"}', '{"a":"in [WORD] now"}'),
        ('{"a":"x a\\/b y"}', '{"a":"x [WORD] y"}'),
        ('{"a":"\\u003enight\\u0020train"}', '{"a":"\\u003e[WORD]"}'),
        ('{"a":"{\\"b\\":\\"Z\\\\u00fcrich\\"}"}', '{"a":"{\\"b\\":\\"[WORD]\\"}"}'),
    ],
)
def test_an_escape_hides_no_word(arguments: bool, text: str, left: str) -> None:
    for size in (1, 2, 5, 60):
        assert streamed(shield(True), text, size, arguments=arguments) == left
    assert answered(shield(True), text, arguments=arguments) == left


def test_nor_does_a_backslash_that_is_none() -> None:
    text, left = "see C:\\team\\night train now", "see C:\\team\\[WORD] now"
    assert [streamed(shield(True), text, size) for size in (1, 4, 60)] == [left] * 3
    assert answered(shield(True), text) == left
    done = {"type": "response.output_text.done", "text": text}
    event = f"event: x\ndata: {json.dumps(done)}\n\n".encode()
    assert b"night" not in given_on(shield(True), [event])


def test_what_is_masked_in_json_comes_back_as_its_letters() -> None:
    facts = GuardFacts("pii", "pii")
    cordon = Cordon((Post(pii.GUARD.build(facts), facts),), (), True, GuardSettings())
    places = Placeholders(b"k", "team")
    result = json.dumps(
        {"m": "ren\u00e9.m\u00fcller@acme.example", "t": json.dumps({"n": "a\nann@acme.example"})}
    )
    body = json.dumps({"messages": [{"role": "tool", "content": result}]}).encode()
    sent = json.loads(inspect(cordon, body, places).body)["messages"][0]["content"]
    assert set(places.values.values()) == {"rené.müller@acme.example", "ann@acme.example"}
    name = next(iter(places.values))
    assert answered(shield(False, places.values), f"write to {name}") in (
        "write to rené.müller@acme.example",
        "write to ann@acme.example",
    )
    assert json.loads(answered(shield(False, places.values), sent)) == json.loads(result)


def test_a_word_in_json_refuses_a_request() -> None:
    facts = GuardFacts("w", "words", words=("Zürich", "nightjar"))
    cordon = Cordon((Post(words.GUARD.build(facts), facts),), (), True, GuardSettings())
    for text in ('{"a": "in Z\\u00fcrich now"}', "see C:\\team\\nightjar now"):
        body = json.dumps({"messages": [{"role": "user", "content": text}]}).encode()
        assert inspect(cordon, body, Placeholders(b"k", "team")).blocked == "w"
