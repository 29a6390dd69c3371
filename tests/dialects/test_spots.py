"""Each format's events say where their text is, and when a text is over."""

import pytest

from dialects.spots import SPOTS, Json


def chat(delta: Json, **more: object) -> Json:
    return {"choices": [{"index": 0, "delta": delta, **more}]}


def block(**delta: str) -> Json:
    return {"type": "content_block_delta", "index": 0, "delta": delta}


TRUTH: list[tuple[str, str, Json, list[str], bool]] = [
    ("chat content ends thoughts", "openai_chat", chat({"content": "x"}), ["x"], True),
    ("chat list", "openai_chat", chat({"content": [{"type": "text", "text": "x"}]}), ["x"], False),
    ("chat reasoning", "openai_chat", chat({"reasoning_content": "x"}), ["x"], False),
    ("chat end", "openai_chat", chat({}, finish_reason="stop"), [], True),
    ("chat custom tool", "openai_chat", chat({"tool_calls": [{"custom": {"input": "x"}}]}), ["x"], True),
    ("completions", "openai_completions", {"choices": [{"text": "x", "finish_reason": None}]}, ["x"], False),
    (
        "responses text",
        "openai_responses",
        {"type": "response.output_text.delta", "delta": "x"},
        ["x"],
        False,
    ),
    ("responses sound", "openai_responses", {"type": "response.audio.delta", "delta": "AAAA"}, [], False),
    ("responses done", "openai_responses", {"type": "response.output_text.done", "text": "x"}, [], True),
    ("messages text", "anthropic_messages", block(text="x"), ["x"], False),
    ("messages signature", "anthropic_messages", block(signature="x"), [], False),
    ("messages stop", "anthropic_messages", {"type": "content_block_stop", "index": 0}, [], True),
    (
        "gemini",
        "gemini",
        {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]},
        ["x"],
        True,
    ),
    (
        "converse",
        "bedrock_converse",
        {"contentBlockIndex": 0, "delta": {"text": "x"}, "p": "abc"},
        ["x"],
        False,
    ),
    (
        "converse thought",
        "bedrock_converse",
        {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "x"}}},
        ["x"],
        False,
    ),
    ("converse stop", "bedrock_converse", {"contentBlockIndex": 0, "p": "abc"}, [], True),
    (
        "cohere",
        "cohere_chat",
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "x"}}}},
        ["x"],
        False,
    ),
    ("cohere end", "cohere_chat", {"type": "content-end", "index": 0}, [], True),
    (
        "ollama",
        "ollama_chat",
        {"message": {"content": "x", "thinking": "y"}, "done": False},
        ["x", "y"],
        True,
    ),
    ("ollama end", "ollama_generate", {"response": "x", "done": True}, ["x"], True),
]


@pytest.mark.parametrize(
    ("name", "event", "texts", "ends"), [each[1:] for each in TRUTH], ids=[each[0] for each in TRUTH]
)
def test_where_an_event_says_text(name: str, event: Json, texts: list[str], ends: bool) -> None:
    spots = SPOTS[name]
    assert [spot.holder[spot.key] for spot in spots.find(event)] == texts
    assert bool(spots.ended(event)) is ends


def test_arguments_are_json_and_words_are_not() -> None:
    call = {"index": 1, "function": {"arguments": "{"}}
    event = {"choices": [{"index": 2, "delta": {"content": "x", "tool_calls": [call]}}]}
    assert [(spot.channel, spot.in_json) for spot in SPOTS["openai_chat"].find(event)] == [
        ((2, "content"), False),
        ((2, "call", 1, "arguments"), True),
    ]


def test_a_text_of_gemini_is_over_when_another_part_begins() -> None:
    spots = SPOTS["gemini"]
    thought = {"candidates": [{"content": {"parts": [{"text": "x", "thought": True}]}}]}
    call = {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f"}}]}}]}
    assert spots.ended(thought) == [(0, False)]
    both = [(0, True), (0, False), (0, "partialArgs")]
    assert spots.ended(call) == both
    parts = [{"text": "x"}, {"functionCall": {"name": "f"}}]
    assert spots.ended({"candidates": [{"content": {"parts": parts}}]}) == both
    assert spots.ended({"candidates": [{"content": {"parts": parts[::-1]}}]}) == [both[0], both[2]]


@pytest.mark.parametrize("name", SPOTS)
@pytest.mark.parametrize(
    "event", [{}, {"choices": [1, None]}, {"choices": {}}, {"candidates": [{"content": 1}]}, {"delta": []}]
)
def test_odd_events_are_no_text(name: str, event: Json) -> None:
    assert SPOTS[name].find(event) == []


def _call(**call: object) -> Json:
    return {"candidates": [{"index": 1, "content": {"parts": [{"functionCall": call}]}}]}


def test_arguments_of_gemini_that_come_in_pieces_are_texts_by_their_places() -> None:
    spots = SPOTS["gemini"]
    pieces = [
        {"jsonPath": "$.a", "stringValue": "x", "willContinue": True},
        {"jsonPath": "$.b", "stringValue": "y"},
        {"jsonPath": "$.c", "numberValue": 1},
    ]
    event = _call(partialArgs=pieces, willContinue=True)
    a, b = spots.find(event)
    assert (a.channel, a.in_json) == ((1, "partialArgs", "$.a", "stringValue"), False)
    over = [channel for channel in spots.ended(event) if channel[1] == "partialArgs"]
    assert over == [b.channel[:-1], (1, "partialArgs", "$.c")]
    assert (1, "partialArgs") in spots.ended(_call())


@pytest.mark.parametrize(
    ("name", "event", "called"),
    [
        ("openai_chat", chat({"tool_calls": [{"index": 0, "custom": {"input": "ls"}}]}), True),
        ("openai_chat", chat({"content": "ls"}), False),
        ("openai_responses", {"type": "response.custom_tool_call_input.delta", "delta": "ls"}, True),
        ("openai_responses", {"type": "response.shell_call_command.delta", "delta": "ls"}, True),
        ("openai_responses", {"type": "response.apply_patch_call_operation_diff.delta", "delta": "+"}, True),
        ("openai_responses", {"type": "response.shell_call_output_content.delta", "delta": "a b"}, False),
        ("openai_responses", {"type": "response.output_text.delta", "delta": "ls"}, False),
    ],
)
def test_what_a_tool_is_given_need_not_be_json(name: str, event: Json, called: bool) -> None:
    (spot,) = SPOTS[name].find(event)
    assert (spot.in_json, spot.called) == (False, called)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("openai_chat", chat({"thinking_blocks": [{"type": "thinking", "thinking": "a b"}]})),
        ("openai_chat", chat({"content": "", "new": {"deep": "a b"}})),
        ("openai_chat", chat({}, text="a b")),
        ("anthropic_messages", block(type="compaction_delta", content="a b")),
        ("bedrock_converse", {"contentBlockIndex": 0, "delta": {"toolResult": [{"text": "a b"}]}}),
        ("openai_responses", {"type": "response.new.delta", "delta": {"said": "a b"}}),
        ("cohere_chat", {"type": "content-delta", "index": 0, "delta": {"message": {"new": "a b"}}}),
        ("ollama_chat", {"message": {"role": "assistant", "content": "", "new": "a b"}}),
    ],
    ids=str,
)
def test_pieces_under_unknown_names_have_a_text_of_their_own(name: str, event: Json) -> None:
    spots = {spot.channel: spot for spot in SPOTS[name].find(event)}
    again = {spot.channel: spot for spot in SPOTS[name].find(event)}
    found = [spot for spot in spots.values() if spot.holder[spot.key] == "a b"]
    assert len(found) == 1 and list(spots) == list(again)


@pytest.mark.parametrize(
    "delta",
    [
        {"annotations": [{"url_citation": {"url": "https://a.example", "title": "a b"}}]},
        {
            "role": "assistant",
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f"}}],
        },
        {"images": [{"image_url": {"url": "data:"}}], "audio": {"id": "a", "data": "aaaa"}},
    ],
    ids=str,
)
def test_what_comes_whole_is_no_piece(delta: Json) -> None:
    assert not SPOTS["openai_chat"].find(chat(delta))


@pytest.mark.parametrize(
    ("name", "event", "goes_on"),
    [
        (
            "anthropic_messages",
            {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "a b"}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "a b"}},
        ),
        (
            "cohere_chat",
            {"type": "content-start", "index": 1, "delta": {"message": {"content": {"text": "a b"}}}},
            {"type": "content-delta", "index": 1, "delta": {"message": {"content": {"text": "a b"}}}},
        ),
    ],
)
def test_what_a_first_event_says_is_the_texts_first_piece(name: str, event: Json, goes_on: Json) -> None:
    assert SPOTS[name].opened(event) == goes_on
    assert "a b" not in str(event)
    assert SPOTS[name].opened(event) is None
    assert [spot.holder[spot.key] for spot in SPOTS[name].find(goes_on)] == ["a b"]
