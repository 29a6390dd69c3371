"""Model names in every vendor's spelling, and what is known from them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.capabilities import UNKNOWN, Capabilities
from config.families import MAKERS, family, named_by_makers
from config.kinds import VendorKind


def kind(name: str, *, free: bool = False) -> VendorKind:
    return VendorKind(name, name, free=free)


def facts(vendor: str, model: str) -> Capabilities:
    return family(kind(vendor), model)


@pytest.mark.parametrize(
    ("vendor", "model", "known"),
    [
        ("openai", "gpt-4o", {"context": 128_000, "output": 16_384, "temperature": True}),
        ("openai", "gpt-4o-2024-05-13", {"output": 4_096, "json_schema": False}),
        ("openai", "gpt-4o-audio-preview", {"audio": True, "vision": False}),
        ("openai", "gpt-4.1-mini", {"context": 1_047_576, "output": 32_768, "thinking": False}),
        ("openai", "gpt-5", {"context": 400_000, "thinking": True, "temperature": False, "prefill": False}),
        ("openai", "o1", {"parallel_tools": False, "vision": True, "temperature": False}),
        ("openai", "o3-mini", {"vision": False, "json_schema": True, "output": 100_000}),
        ("anthropic", "claude-3-haiku-20240307", {"output": 4_096, "prefill": True, "thinking": False}),
        ("anthropic", "claude-3-5-sonnet-latest", {"output": 8_192, "files": True, "json_schema": False}),
        ("anthropic", "claude-3-7-sonnet-latest", {"thinking": True, "prefill": True}),
        ("anthropic", "claude-opus-4-20250514", {"context": 200_000, "output": 32_000}),
        ("anthropic", "claude-sonnet-4-5", {"context": 1_000_000, "json_schema": True, "prefill": True}),
        ("anthropic", "claude-opus-4-6", {"output": 128_000, "prefill": False}),
        ("gemini", "gemini-1.5-pro-002", {"context": 2_097_152, "audio": True, "thinking": False}),
        ("gemini", "gemini-2.0-flash", {"output": 8_192, "thinking": None}),
        ("gemini", "gemini-2.5-pro", {"output": 65_536, "files": True, "thinking": True}),
        ("gemini", "gemini-3-pro-preview", {"context": 1_048_576, "thinking": True, "image_tokens": 2_700}),
        ("mistral", "mistral-large-latest", {"tools": True, "prefill": True, "vision": None}),
        ("mistral", "pixtral-large-2411", {"vision": True, "image_tokens": 4_160}),
        ("cohere", "command-r-plus-08-2024", {"context": 128_000, "output": 4_096, "vision": False}),
        ("cohere", "command-a-vision-07-2025", {"tools": False, "vision": True}),
        ("deepseek", "deepseek-chat", {"json_schema": False, "tools": True, "prefill": None}),
        ("bedrock", "amazon.nova-micro-v1:0", {"context": 128_000, "vision": False}),
        ("groq", "llama-3.3-70b-versatile", {"vision": False, "tools": None, "context": None}),
        ("groq", "meta-llama/llama-4-scout-17b-16e-instruct", {"vision": True, "image_tokens": 3_000}),
        ("together", "Qwen/Qwen2.5-VL-72B-Instruct", {"vision": True, "image_tokens": 16_384}),
        ("bedrock", "us.meta.llama3-2-90b-instruct-v1:0", {"vision": True, "image_tokens": 6_404}),
        ("together", "Qwen/Qwen2.5-72B-Instruct-Turbo", {"vision": False}),
    ],
)
def test_a_family_is_known_by_its_name(vendor: str, model: str, known: dict[str, Any]) -> None:
    found = facts(vendor, model)
    assert {name: getattr(found, name) for name in known} == known


@pytest.mark.parametrize(
    ("vendor", "written", "plain"),
    [
        ("openai", "gpt-4o-2024-08-06", "gpt-4o"),
        ("openai", "GPT-4o", "gpt-4o"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::1", "gpt-4o-mini"),
        ("openai", "gpt-5-nano-2025-08-07", "gpt-5-nano"),
        ("bedrock", "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
        ("bedrock", "apac.amazon.nova-lite-v1:0", "nova-lite"),
        ("bedrock", "amazon.nova-pro-v1:0", "nova-pro"),
        ("vertex-ai", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("vertex-ai", "publishers/google/models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("gemini", "models/gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("gemini", "gemini-2.5-pro-preview-05-06", "gemini-2.5-pro"),
        ("openrouter", "anthropic/claude-3.5-sonnet:beta", "claude-3-5-sonnet"),
        ("bedrock", "meta.llama3-1-70b-instruct-v1:0", "llama-3.1-70b"),
        ("fireworks", "accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-3.1-8b"),
    ],
)
def test_a_name_is_the_same_in_every_spelling(vendor: str, written: str, plain: str) -> None:
    assert facts(vendor, written) == facts(vendor, plain) != UNKNOWN


@pytest.mark.parametrize(
    "model",
    ["gpt-5.9", "gpt-4o-search-preview", "gpt-5-chat-latest", "gpt-4o-transcribe", "gpt-4.5", "o5", "my-own"],
)
def test_a_relative_that_no_line_names_is_not_taken_for_its_family(model: str) -> None:
    assert facts("openai", model) == UNKNOWN


def test_at_another_vendor_only_what_lies_in_the_model_itself_is_known() -> None:
    assert facts("openrouter", "openai/gpt-4o") == Capabilities(vision=True, audio=False)
    assert facts("openai", "claude-3-haiku") == Capabilities(vision=True, audio=False)


@pytest.mark.parametrize("name", ["azure-openai", "openai-like"])
def test_a_name_that_the_operator_chose_tells_nothing(name: str) -> None:
    assert not named_by_makers(kind(name))
    assert facts(name, "gpt-4o") == UNKNOWN
    assert family(kind("vllm", free=True), "llama-3.1-8b") == UNKNOWN


def test_no_limit_is_larger_than_its_window_and_no_name_has_two_makers() -> None:
    names = [name for maker in MAKERS for name in maker.lines]
    assert len(names) == len(set(names)) > 80
    for maker in MAKERS:
        for known in maker.lines.values():
            assert known.output is None or known.context is None or known.output <= known.context


@given(st.sampled_from(["openai", "bedrock", "groq"]), st.text(max_size=60) | st.just("ft:") | st.just("/"))
def test_any_text_is_a_name(vendor: str, model: str) -> None:
    assert isinstance(facts(vendor, model), Capabilities)
