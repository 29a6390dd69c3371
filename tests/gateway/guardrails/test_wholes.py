"""Texts that come whole are looked at by what they are, whatever the format calls them."""

import json
import re
from collections.abc import Collection, Sequence
from typing import cast

import pytest

from config.catalog import GuardFacts
from config.kinds import Operation
from dialects.dialect import Dialect
from gateway.formats import SPOKEN
from gateway.frames import Head
from gateway.guardrails.cordons import Post
from gateway.guardrails.shield import Shield
from gateway.guardrails.shielding import ShieldedSink
from gateway.guardrails.wholes import Whole
from guardrails.ends import OPENINGS
from guardrails.guards import size, words
from guardrails.restoring import Issued
from guardrails.skimming import FormSkim
from guardrails.window import Stopped
from tests.gateway.guardrails.test_shielding import NAME, through
from tests.gateway.road import DONE, ROLE, STOP, Caller

FACTS = GuardFacts("w", "words", words=("night train",), stages=("tool_call",))


def of_calls(operation: Operation) -> Whole:
    guard = words.GUARD.build(FACTS)
    openings = OPENINGS.build(guard.partial)
    dialect = cast(Dialect, SPOKEN[operation])
    return Whole(Shield(dialect, Issued({}), calls=(Post(guard, FACTS),), call_openings=openings))


@pytest.mark.parametrize(
    "item",
    [
        {"type": "custom_tool_call", "input": "night train"},
        {"type": "code_interpreter_call", "code": "x = 'night train'"},
        {"type": "apply_patch_call", "operation": {"type": "update_file", "diff": "+night train"}},
        {"type": "shell_call", "action": {"commands": ["cat night train"]}},
        {"type": "local_shell_call", "action": {"command": ["cat", "night train"]}},
        {"type": "computer_call", "action": {"type": "type", "text": "night train"}},
        {"type": "mcp_approval_request", "name": "f", "arguments": "night train"},
    ],
    ids=lambda item: item["type"],
)
def test_a_guard_of_calls_knows_every_kind_of_call(item: dict[str, object]) -> None:
    body = json.dumps({"object": "response", "output": [item]}).encode()
    with pytest.raises(Stopped):
        of_calls(Operation.RESPONSES).document(body)
    calm = json.dumps({"object": "response", "output": [{"type": "message", "text": "night train"}]}).encode()
    assert of_calls(Operation.RESPONSES).document(calm) == calm


def of_streams(operation: Operation) -> Whole:
    facts = GuardFacts("w", "words", words=("heron", "nightjar"))
    guard = words.GUARD.build(facts)
    dialect = cast(Dialect, SPOKEN[operation])
    openings = OPENINGS.build(guard.partial)
    return Whole(Shield(dialect, Issued({}), (Post(guard, facts),), openings))


@pytest.mark.parametrize(
    "arguments",
    [
        {"bird": "heron"},
        {"Nightjar": 1},
        {"status": "it is Nightjar now"},
        {"conversation": "a heron, ok"},
        {"list": ["heron"]},
    ],
    ids=str,
)
def test_an_event_is_looked_at_as_an_answer_is(arguments: dict[str, object]) -> None:
    gemini = {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": arguments}}]}}]}
    ollama = {"message": {"content": "", "tool_calls": [{"function": {"name": "f", "arguments": arguments}}]}}
    for operation, said in ((Operation.GENERATE_CONTENT, gemini), (Operation.OLLAMA_CHAT, ollama)):
        body, whole = json.dumps(said).encode(), of_streams(operation)
        with pytest.raises(Stopped):
            whole.document(body)
        with pytest.raises(Stopped):
            whole.event(body)


def test_machines_words_are_passed_over_in_events() -> None:
    body = b'{"id":"heron-1","model":"nightjar","type":"heron","choices":[]}'
    assert of_streams(Operation.CHAT).event(body) is body


@pytest.mark.parametrize(("logprobs", "quiet"), [("null", True), ("[]", True), ('[{"token":"a"}]', False)])
def test_probabilities_that_say_nothing_are_no_work(logprobs: str, quiet: bool) -> None:
    whole = of_streams(Operation.RESPONSES)
    whole._shield.skim = FormSkim(words.GUARD.build(FACTS).partial)
    assert whole.quiet(f'{{"delta":"a","logprobs":{logprobs}}}'.encode()) is quiet


def test_probabilities_do_not_spell_what_was_taken_out() -> None:
    facts = GuardFacts("w", "words", words=("night train",), action="redact")
    guard = words.GUARD.build(facts)
    dialect = cast(Dialect, SPOKEN[Operation.CHAT])
    whole = Whole(Shield(dialect, Issued({}), (Post(guard, facts),), OPENINGS.build(guard.partial)))
    for said, spelled in (("the night train", False), ("the day train", True)):
        tokens = [{"token": each} for each in (said[:6], said[6:12], said[12:])]
        choice = {"message": {"content": said}, "logprobs": {"content": tokens}}
        [told] = json.loads(whole.document(json.dumps({"choices": [choice]}).encode()))["choices"]
        assert told["message"]["content"] == said.replace("night train", "[WORD]")
        assert bool(told["logprobs"]) is spelled


@pytest.mark.parametrize("size", [1, 3, 30])
def test_probabilities_do_not_say_what_stood_for_a_value(size: int) -> None:
    said = f"I write to {NAME} now."
    parts = [said[at : at + size] for at in range(0, len(said), size)]
    told = [{"token": each, "logprob": -1, "bytes": [*each.encode()]} for each in parts]
    events = [
        {"choices": [{"index": 0, "delta": {"content": part}, "logprobs": {"content": [token]}}]}
        for part, token in zip(parts, told, strict=True)
    ]
    streamed = through(
        Operation.CHAT, [f"data: {json.dumps(each)}\n\n".encode() for each in events], whole=False
    )
    spelled = ""
    for event in streamed.body.split(b"\n\n")[:-1]:
        for token in (json.loads(event[6:])["choices"][0]["logprobs"] or {"content": []})["content"]:
            spelled += token["token"]
    assert not set(re.findall("[0-9a-f]{3}", NAME)) & set(re.findall("[0-9a-f]{3}", spelled))
    assert size == 30 or spelled.startswith("I write") and spelled.endswith("w.")
    choice = {"index": 0, "message": {"content": said}, "logprobs": {"content": told}}
    for text, kept in ((said, False), ("I write to nobody.", True)):
        choice |= {"message": {"content": text}, "logprobs": {"content": told if not kept else told[:1]}}
        answer = json.loads(
            through(Operation.CHAT, [json.dumps({"choices": [choice]}).encode()], whole=True).body
        )
        assert bool(answer["choices"][0]["logprobs"]) is (kept and size < 30)


class Counted(FormSkim):
    """Remembers what it was asked about."""

    def __init__(self, forms: Sequence[str]) -> None:
        super().__init__(forms)
        self.looks: list[bytes] = []

    def seen(self, document: bytes) -> Collection[str] | None:
        self.looks.append(document)
        return super().seen(document)


@pytest.mark.parametrize(("said", "clean"), [("The train is at noon. ", True), ("The heron. ", False)])
def test_events_that_came_together_are_looked_at_once_where_they_hold_nothing(said: str, clean: bool) -> None:
    facts = GuardFacts("w", "words", words=("heron",), action="redact")
    guard = words.GUARD.build(facts)
    skim, caller = Counted(guard.partial), Caller([])
    shield = Shield(
        cast(Dialect, SPOKEN[Operation.CHAT]),
        Issued({}),
        (Post(guard, facts),),
        OPENINGS.build(guard.partial),
        skim=skim,
    )
    event = b'data: {"choices":[{"index":0,"delta":{"content":"%b"}}]}\n\n' % said.encode()
    data = ROLE + event * 20 + STOP + DONE
    sink = ShieldedSink(shield, caller, lambda shield: None)
    sink.begin(Head(b"", False), data)
    sink.end()
    assert caller.body == data if clean else (b"heron" not in caller.body and b"[WORD]" in caller.body)
    assert (len(skim.looks) == 1) is clean


def test_an_event_is_as_long_as_its_longest_text() -> None:
    facts = GuardFacts("s", "size", max_bytes=40, stages=("output",))
    guard = size.GUARD.build(facts)
    shield = Shield(cast(Dialect, SPOKEN[Operation.RESPONSES]), Issued({}), (Post(guard, facts),))
    whole = Whole(shield)
    created = json.dumps({"response": {"instructions": "a" * 30, "output_members_of_it": "b" * 30}}).encode()
    assert whole.event(created) is created
    with pytest.raises(Stopped):
        whole.document(created)
    with pytest.raises(Stopped):
        whole.event(json.dumps({"response": {"instructions": "a" * 50}}).encode())
