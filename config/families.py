"""Model families by name: what vendors document about their capabilities.

A line states only what is certain; the rest stays unknown. Names are exact, or prefixes that end in `*`; a
dated or tagged name without a line of its own is looked up as its family.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from config.capabilities import UNKNOWN, Capabilities
from config.kinds import VendorKind


@dataclass(frozen=True, slots=True)
class Maker:
    """The vendor of a family: the vendor kinds to which its documentation applies, and its lines."""

    home: frozenset[str]
    lines: Mapping[str, Capabilities]


def _lines(*lines: tuple[str, Capabilities]) -> Mapping[str, Capabilities]:
    return {name: facts for names, facts in lines for name in names.split()}


def _but(base: Capabilities, **facts: Any) -> Capabilities:
    return replace(base, **facts)


_TEXT = Capabilities(tools=True, vision=False, audio=False)
_GPT = Capabilities(
    tools=True, parallel_tools=True, vision=True, audio=False, files=True, json_schema=True, prefill=False
)
_GPT_4 = _but(_GPT, thinking=False, temperature=True)
# An image's tokens at the longest aspect ratio: a base and eight tiles (2048 by 768 pixels); with smaller
# models, 1,536 patches times each model's multiplier.
# https://platform.openai.com/docs/guides/images-vision#calculating-costs
_GPT_4O = _but(_GPT_4, context=128_000, output=16_384, image_tokens=85 + 8 * 170)
_GPT_4_1 = _but(_GPT_4, context=1_047_576, output=32_768)
# https://platform.openai.com/docs/guides/reasoning: reasoning models accept no temperature.
_GPT_5 = _but(_GPT, context=400_000, output=128_000, thinking=True, temperature=False)
_O = _but(_GPT_5, context=200_000, output=100_000, parallel_tools=None)

_OPENAI = _lines(
    ("gpt-4o", _GPT_4O),  # https://platform.openai.com/docs/models/gpt-4o
    ("gpt-4o-mini", _but(_GPT_4O, image_tokens=2_833 + 8 * 5_667)),
    # The first release predates schemas: https://platform.openai.com/docs/guides/structured-outputs
    ("gpt-4o-2024-05-13", _but(_GPT_4O, output=4_096, json_schema=False)),
    # https://platform.openai.com/docs/models/gpt-4o-audio-preview
    ("gpt-4o-audio-*", Capabilities(context=128_000, output=16_384, tools=True, audio=True, vision=False)),
    # https://platform.openai.com/docs/models/gpt-4.1
    ("gpt-4.1", _but(_GPT_4_1, image_tokens=85 + 8 * 170)),
    ("gpt-4.1-mini", _but(_GPT_4_1, image_tokens=2_489)),
    ("gpt-4.1-nano", _but(_GPT_4_1, image_tokens=3_779)),
    # https://platform.openai.com/docs/models/gpt-5
    ("gpt-5", _but(_GPT_5, image_tokens=70 + 8 * 140)),
    ("gpt-5-mini", _but(_GPT_5, image_tokens=2_489)),
    ("gpt-5-nano", _but(_GPT_5, image_tokens=3_779)),
    # They accept a temperature if they do not reason: https://platform.openai.com/docs/guides/latest-model
    ("gpt-5.1 gpt-5.2", _but(_GPT_5, temperature=None)),
    # https://platform.openai.com/docs/models/o1
    ("o1", _but(_O, parallel_tools=False, image_tokens=75 + 8 * 150)),
    ("o3", _but(_O, image_tokens=75 + 8 * 150)),  # https://platform.openai.com/docs/models/o3
    ("o4-mini", _but(_O, image_tokens=2_642)),
    # https://platform.openai.com/docs/models/o3-mini
    ("o3-mini", _but(_O, parallel_tools=False, vision=False, files=None)),
    # https://platform.openai.com/docs/models/o1-mini
    (
        "o1-mini",
        Capabilities(
            context=128_000, output=65_536, tools=False, vision=False, audio=False, json_schema=False
        ),
    ),
)

# Older models take budgets, newer ones effort levels:
# https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking
_BUDGETS = {"thinking_budget": True, "thinking_effort": False}
# Images above "approximately" 1,600 tokens, or 4,784 from 4.7 on, are scaled down; this adds a quarter:
# https://docs.claude.com/en/docs/build-with-claude/vision#calculate-image-costs
_CLAUDE = Capabilities(
    context=200_000,
    image_tokens=2_000,
    tools=True,
    parallel_tools=True,
    vision=True,
    audio=False,
    temperature=True,
)
# https://docs.claude.com/en/docs/build-with-claude/prompt-engineering/prefill-claudes-response
_CLAUDE_3 = _but(_CLAUDE, output=4_096, json_schema=False, thinking=False, prefill=True)
# https://docs.claude.com/en/docs/build-with-claude/pdf-support
_CLAUDE_3_5 = _but(_CLAUDE_3, output=8_192, files=True)
_CLAUDE_4 = _but(_CLAUDE, output=64_000, files=True, thinking=True, prefill=True, **_BUDGETS)
# 4.6 rejects a prefill with 400: https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6
_CLAUDE_4_6 = _but(_CLAUDE_4, context=1_000_000, json_schema=True, prefill=False, thinking_effort=True)
# https://docs.claude.com/en/docs/build-with-claude/adaptive-thinking: a budget is a 400.
_CLAUDE_4_7 = _but(_CLAUDE_4_6, thinking_budget=False, temperature=None, image_tokens=6_000)
_WIDE = 1_000_000  # with a beta header: https://docs.claude.com/en/docs/build-with-claude/context-windows

# Windows and limits: https://docs.claude.com/en/docs/about-claude/models/overview
# Schemas: https://docs.claude.com/en/docs/build-with-claude/structured-outputs
_ANTHROPIC = _lines(
    ("claude-3-haiku claude-3-sonnet claude-3-opus", _CLAUDE_3),
    ("claude-3-5-haiku claude-3-5-sonnet", _CLAUDE_3_5),
    # 64k, or 128k with a beta header: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
    ("claude-3-7-sonnet", _but(_CLAUDE_3_5, output=128_000, thinking=True, **_BUDGETS)),
    ("claude-opus-4 claude-opus-4-0", _but(_CLAUDE_4, output=32_000, json_schema=False)),
    ("claude-sonnet-4 claude-sonnet-4-0", _but(_CLAUDE_4, context=_WIDE, json_schema=False)),
    ("claude-opus-4-1", _but(_CLAUDE_4, output=32_000)),
    ("claude-sonnet-4-5", _but(_CLAUDE_4, context=_WIDE, json_schema=True)),
    ("claude-opus-4-5 claude-haiku-4-5", _but(_CLAUDE_4, json_schema=True)),
    ("claude-opus-4-6", _but(_CLAUDE_4_6, output=128_000)),
    ("claude-sonnet-4-6", _CLAUDE_4_6),
    ("claude-opus-4-7 claude-opus-4-8", _CLAUDE_4_7),
)

# https://ai.google.dev/gemini-api/docs/models: all of them take images, audio, video and PDF.
_GEMINI = Capabilities(
    context=1_048_576,
    output=8_192,
    tools=True,
    parallel_tools=True,
    vision=True,
    audio=True,
    files=True,
    json_schema=True,
    temperature=True,
)
# https://ai.google.dev/gemini-api/docs/thinking
_GEMINI_THINKING = _but(_GEMINI, output=65_536, thinking=True)
# An image's tokens at the highest resolution: 256 and "approximately" 2,048 for its parts, or 2,240; this
# adds a fifth:
# https://ai.google.dev/gemini-api/docs/media-resolution#token-counts
_GEMINI_2_5, _GEMINI_3 = (_but(_GEMINI_THINKING, image_tokens=each) for each in (2_800, 2_700))
_GOOGLE = _lines(
    ("gemini-1.5-pro", _but(_GEMINI, context=2_097_152, thinking=False)),
    ("gemini-1.5-flash gemini-1.5-flash-8b", _but(_GEMINI, thinking=False)),
    ("gemini-2.0-flash", _GEMINI),
    ("gemini-2.0-flash-lite", _but(_GEMINI, thinking=False)),
    ("gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite", _GEMINI_2_5),
    ("gemini-3-pro gemini-3-flash", _GEMINI_3),  # https://ai.google.dev/gemini-api/docs/gemini-3
)

# Windows differ by release: the public list has them. https://docs.mistral.ai/getting-started/models
# A prefill is marked by `prefix`: https://docs.mistral.ai/capabilities/completion
_MISTRAL_CHAT = Capabilities(tools=True, audio=False, json_schema=True, prefill=True, temperature=True)
_MISTRAL = _lines(
    ("mistral-large mistral-medium mistral-small ministral-3b ministral-8b", _MISTRAL_CHAT),
    ("mistral-large-2407 mistral-large-2411", _but(_MISTRAL_CHAT, context=131_072, vision=False)),
    # https://docs.mistral.ai/capabilities/vision
    # One token per patch of 16 pixels, up to 1,024 by 1,024, and one per row; later models: 28 pixels, up to
    # 1,540:
    # https://mistralai.github.io/mistral-common/usage/images
    ("pixtral-12b pixtral-large", _but(_MISTRAL_CHAT, vision=True, image_tokens=64 * 65)),
    (
        "mistral-medium-2505 mistral-medium-2508 mistral-small-2503 mistral-small-2506 mistral-large-2512",
        _but(_MISTRAL_CHAT, vision=True, image_tokens=64 * 65),
    ),
    ("codestral open-mistral-nemo", _but(_MISTRAL_CHAT, vision=False)),
    # https://docs.mistral.ai/capabilities/audio
    ("voxtral-small voxtral-mini", Capabilities(audio=True, vision=False)),
)

# https://docs.cohere.com/docs/models
_COMMAND = _but(_TEXT, json_schema=True, thinking=False, temperature=True)
_COHERE = _lines(
    ("command-r-08-2024 command-r-plus-08-2024", _but(_COMMAND, context=128_000, output=4_096)),
    ("command-r7b", _but(_COMMAND, context=128_000, output=4_096)),
    ("command-a", _but(_COMMAND, context=256_000, output=8_192)),
    # https://docs.cohere.com/docs/command-a-vision: no tool calls.
    ("command-a-vision", Capabilities(context=128_000, output=8_192, tools=False, vision=True, audio=False)),
    # https://docs.cohere.com/docs/command-a-reasoning
    ("command-a-reasoning", _but(_COMMAND, context=256_000, output=32_768, thinking=True)),
)

# https://api-docs.deepseek.com/quick_start/pricing: both old names are served by V4 Flash.
# A prefill needs the beta base URL: https://api-docs.deepseek.com/guides/chat_prefix_completion
_DEEPSEEK_CHAT = Capabilities(context=1_000_000, output=384_000, tools=True, audio=False, json_schema=False)
_DEEPSEEK = _lines(
    ("deepseek-chat", _DEEPSEEK_CHAT),
    ("deepseek-reasoner deepseek-v4-flash deepseek-v4-pro", _but(_DEEPSEEK_CHAT, thinking=True)),
)

# Open weights: windows, tools and schemas depend on the server; modalities belong to the model.
_BLIND = Capabilities(vision=False, audio=False)
_SEES = Capabilities(vision=True, audio=False)
# The most tokens per image, by the processors that come with the weights: four tiles of 1,601
# (https://huggingface.co/docs/transformers/model_doc/mllama); 17 of 144 with separators, plus about a fifth
# (https://huggingface.co/docs/transformers/model_doc/llama4); the range in the model cards of Qwen.
_LLAMA_3_2, _LLAMA_4, _QWEN_VL = (_but(_SEES, image_tokens=each) for each in (4 * 1_601, 3_000, 16_384))
_OPEN_WEIGHTS = _lines(
    # https://github.com/meta-llama/llama-models; the spellings are those of the vendors that serve them.
    ("llama-3.1-* llama-3.3-* llama3.1-* llama-v3p1-* llama-v3p3-* llama3-1-* llama3-3-*", _BLIND),
    ("meta-llama-3-* meta-llama-3.1-* llama-3-* llama3-8b-* llama3-70b-*", _BLIND),
    ("llama-3.2-1b-* llama-3.2-3b-* llama3-2-1b-* llama3-2-3b-*", _BLIND),
    ("llama-3.2-11b-* llama-3.2-90b-* llama3-2-11b-* llama3-2-90b-*", _LLAMA_3_2),
    ("llama-4-scout* llama-4-maverick* llama4-scout* llama4-maverick*", _LLAMA_4),
    # https://github.com/deepseek-ai/DeepSeek-V3 and DeepSeek-R1
    ("deepseek-r1* deepseek-v3*", _BLIND),
    # https://qwen.readthedocs.io/en/latest/ and https://github.com/QwenLM/Qwen3-VL
    ("qwen2.5-* qwen-2.5-* qwen3-* qwq-32b*", _BLIND),
    ("qwen2.5-vl-* qwen-2.5-vl-* qwen3-vl-*", _QWEN_VL),
    ("qwen2.5-omni-* qwen3-omni-*", Capabilities(vision=True, audio=True)),
)

# https://docs.aws.amazon.com/nova/latest/userguide/what-is-nova.html
_NOVA = Capabilities(
    context=300_000, tools=True, vision=True, audio=False, files=True, thinking=False, temperature=True
)
_AMAZON = _lines(
    ("nova-micro", _but(_NOVA, context=128_000, vision=False, files=None)),
    ("nova-lite nova-pro", _NOVA),
    ("nova-premier", _but(_NOVA, context=1_000_000)),
    # https://docs.aws.amazon.com/nova/latest/nova2-userguide/what-is-nova-2.html
    ("nova-2-lite", _but(_NOVA, context=1_000_000, thinking=True)),
)

MAKERS = (
    Maker(frozenset({"openai"}), _OPENAI),
    Maker(frozenset({"anthropic", "bedrock", "vertex", "vertex-ai"}), _ANTHROPIC),
    Maker(frozenset({"gemini", "google", "vertex", "vertex-ai"}), _GOOGLE),
    Maker(frozenset({"mistral"}), _MISTRAL),
    Maker(frozenset({"cohere"}), _COHERE),
    Maker(frozenset({"deepseek"}), _DEEPSEEK),
    Maker(frozenset({"bedrock"}), _AMAZON),
    Maker(frozenset(), _OPEN_WEIGHTS),
)

# For these kinds, model names are chosen by the operator and say nothing about the model.
_OWN_NAMES = frozenset({"azure-openai", "openai-like"})
_BEDROCK = re.compile(r"(?:[a-z]{2,6}\.)?(?:amazon|anthropic|cohere|deepseek|meta|mistral|qwen)\.")
_TAGS = re.compile(
    r"(?:[-@](?:latest|\d{4}-\d\d-\d\d|\d\d-\d{4}|\d{8}|\d{3,4}|preview(?:-\d\d-\d\d(?:\d\d)?)?))?"
    r"(?:-preview)?(?:-v\d(?::\d+\w?)?)?(?::[a-z]+)?$"
)


def named_by_makers(kind: VendorKind) -> bool:
    """Whether a name means the same model here as at its maker, rather than being the operator's choice."""
    return not kind.free and kind.name not in _OWN_NAMES


def family(kind: VendorKind, model: str) -> Capabilities:
    """What a model's name says about it, for kinds that use the makers' names.

    At vendors other than the maker, only what is inherent in the model is taken over: image and audio input.
    """
    if not named_by_makers(kind):
        return UNKNOWN
    name = _plain(model)
    for maker in MAKERS:
        facts = _find(maker.lines, name)
        if facts is not None:
            at_home = not maker.home or kind.name in maker.home
            return facts if at_home else Capabilities(vision=facts.vision, audio=facts.audio)
    return UNKNOWN


def _plain(model: str) -> str:
    """A model's name as its maker writes it: without `us.anthropic.`, `openai/`, `ft:` and the like."""
    name = model.lower()
    if name.startswith("ft:"):  # https://platform.openai.com/docs/guides/fine-tuning
        name = name.split(":")[1]
    name = name.rpartition("/")[2]
    name = _BEDROCK.sub("", name, count=1) if _BEDROCK.match(name) else name
    # OpenRouter writes the maker's 3-5 as 3.5: https://openrouter.ai/anthropic
    return name.replace(".", "-") if name.startswith("claude-") else name


def _find(lines: Mapping[str, Capabilities], name: str) -> Capabilities | None:
    for whole in (name, _TAGS.sub("", name, count=1)):
        if whole in lines:
            return lines[whole]
    prefixes = [line for line in lines if line.endswith("*") and name.startswith(line[:-1])]
    return lines[max(prefixes, key=len)] if prefixes else None
