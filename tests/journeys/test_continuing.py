"""A stream that breaks amid its text is gone on with, in any format, and every part is billed."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from config.kinds import Operation
from tests.formats import FORMATS
from tests.journeys.odd_vendor import LAST, OddVendor, Step, chunk, streamed
from tests.journeys.program import ADMIN_KEY, Gateway, Simulator, running
from tests.journeys.vendors import price_lines, vendor_lines

WORDS = "Tell me of the night train and its signals."
CUT = "small@tps=40,length=12,fault=cut_text,after=4"
CALLERS = (
    *(Operation.CHAT, Operation.RESPONSES, Operation.MESSAGES, Operation.GENERATE_CONTENT),
    *(Operation.OLLAMA_CHAT, Operation.COHERE_CHAT, Operation.CONVERSE),
)
GROUPS = f"""\
reliability: {{ breakers: false }}
models:
  chat: {{ targets: ["chat/{CUT}"], fallback: [rest] }}
  messages: {{ targets: ["messages/{CUT}"], fallback: [rest] }}
  alone: {{ targets: ["chat/{CUT}"] }}
  tool: {{ targets: ["chat/tools@tps=20,fault=cut_tool"], fallback: [rest] }}
  rest: {{ targets: ["messages/small@text=-and-so-on"] }}
capabilities:
  "messages/*": {{ prefill: true }}
admin_key: {ADMIN_KEY}
"""


@pytest.fixture(scope="module")
def gateway(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    deadlines = "{ connect: 5s, headers: 20s, first_content: 20s, idle: 20s }"
    lines = (*vendor_lines(simulator.base_url, deadlines), *price_lines(), GROUPS)
    gateway = Gateway(tmp_path_factory.mktemp("continuing"), "\n".join(lines))
    with running(gateway):
        yield gateway


def ask(gateway: Gateway, caller: Operation, model: str, tool: str = "", **headers: str) -> httpx.Response:
    form = FORMATS[caller]
    asked = form.ask(model, WORDS, stream=True, tool=tool)
    if caller is Operation.CHAT:
        asked["stream_options"] = {"include_usage": True}
    told = {f"x-signalbox-{name}": value for name, value in headers.items()}
    with gateway.client() as client:
        return client.post(form.at(model, stream=True), json=asked, headers=told)


@pytest.mark.parametrize("model", ["chat", "messages"])
@pytest.mark.parametrize("caller", CALLERS)
def test_the_joined_stream_ends_well(gateway: Gateway, caller: Operation, model: str) -> None:
    answer = ask(gateway, caller, model, **{"continue": "true"})
    form = FORMATS[caller]
    text = form.text(answer.content, stream=True)
    assert text.endswith("-and-so-on") and len(text) > len("-and-so-on") + 4
    assert form.clean.search(answer.content)
    first, second = gateway.attempts(answer.headers["x-request-id"], 2)
    assert (first["status"], second["status"]) == ("cut", "ok")
    assert first["cost_nano"] > 0 and second["cost_nano"] > 0
    if caller is Operation.CHAT:
        told = [each["usage"] for _, each in form.events(answer.content) if each.get("usage")][-1]
        assert told["prompt_tokens"] == first["input_tokens"] + second["input_tokens"]
        assert told["completion_tokens"] == first["output_tokens"] + second["output_tokens"]


def test_who_does_not_ask_for_it_gets_the_error(gateway: Gateway) -> None:
    answer = ask(gateway, Operation.CHAT, "chat")
    assert FORMATS[Operation.CHAT].error(answer.content, stream=True)
    assert len(gateway.attempts(answer.headers["x-request-id"])) == 1


@pytest.mark.parametrize(("model", "tool"), [("alone", ""), ("tool", "throw_signal")])
def test_where_nobody_goes_on_or_a_tool_was_cut_the_error_stands(
    gateway: Gateway, model: str, tool: str
) -> None:
    answer = ask(gateway, Operation.CHAT, model, tool, **{"continue": "true"})
    form = FORMATS[Operation.CHAT]
    assert form.error(answer.content, stream=True) and not form.clean.search(answer.content)
    assert len(gateway.attempts(answer.headers["x-request-id"])) == 1


def said_in_chat(*deltas: dict[str, str], finish: str | None = None) -> bytes:
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    if finish is not None:
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})  # type: ignore[dict-item]
    return b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)


BREAKS: list[Step] = [
    streamed(),
    chunk(said_in_chat({"reasoning_content": "Trains go."}, {"content": "The night train "})),
    0.3,
]
ECHOES: list[Step] = [
    streamed(),
    chunk(said_in_chat({"content": "The night"}, {"content": " train leaves"}, {"content": " at 7."})),
    chunk(said_in_chat(finish="stop") + b"data: [DONE]\n\n"),
    LAST,
]


@pytest.mark.parametrize("caller", [Operation.CHAT, Operation.MESSAGES])
def test_mistral_is_told_that_the_turn_goes_on_and_what_it_says_again_is_left_out(
    caller: Operation, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        vendor = stack.enter_context(OddVendor({"first": BREAKS, "next": ECHOES}))
        at = f"http://127.0.0.1:{vendor.port}"
        lines = (
            "vendors:",
            f'  first: {{ kind: openai-like, base_url: "{at}/first/v1" }}',
            f'  next: {{ kind: mistral, base_url: "{at}/next/v1", api_key: none }}',
            "models:",
            "  auto: { targets: [first/m], fallback: [rest] }",
            "  rest: { targets: [next/mistral-small-2506] }",
            'prices: { "first/m": { input: 1, output: 1 } }',
        )
        gateway = Gateway(tmp_path, "\n".join(lines))
        stack.enter_context(running(gateway))
        answer = ask(gateway, caller, "auto", **{"continue": "true"})
        rows = gateway.attempts(answer.headers["x-request-id"], 2)
    form = FORMATS[caller]
    assert form.text(answer.content, stream=True).endswith("The night train leaves at 7.")
    assert form.text(answer.content, stream=True).count("night") == 1
    assert b"Trains go." in answer.content and form.clean.search(answer.content)
    assert [row["status"] for row in rows] == ["cut", "ok"]
    told = json.loads(vendor.asked[1][1])["messages"][-1]
    assert told == {"role": "assistant", "content": "The night train", "prefix": True}
