"""Every vendor as data: where a call goes, with which key, and what the vendor does not take."""

import re

import pytest
from genai_prices import data

from config.defaults import default_catalog
from config.discover import discover
from config.kinds import Operation, VendorKind

KINDS = discover("gateway.vendors", "VENDOR", VendorKind)
HOSTED = {
    name: kind
    for name, kind in KINDS.items()
    if kind.env_keys and kind.base_url and "{" not in kind.base_url  # else the region is in the address
}
LOCAL = {name: kind for name, kind in KINDS.items() if kind.free}

# Where a conversation goes, and the variables its key is looked for in, in order.
ADDRESSES = [
    ("openai", "https://api.openai.com/v1/chat/completions", ("OPENAI_API_KEY",)),
    ("groq", "https://api.groq.com/openai/v1/chat/completions", ("GROQ_API_KEY",)),
    ("mistral", "https://api.mistral.ai/v1/chat/completions", ("MISTRAL_API_KEY",)),
    ("deepseek", "https://api.deepseek.com/v1/chat/completions", ("DEEPSEEK_API_KEY",)),
    ("together", "https://api.together.xyz/v1/chat/completions", ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY")),
    ("fireworks", "https://api.fireworks.ai/inference/v1/chat/completions", ("FIREWORKS_API_KEY",)),
    ("openrouter", "https://openrouter.ai/api/v1/chat/completions", ("OPENROUTER_API_KEY",)),
    ("xai", "https://api.x.ai/v1/chat/completions", ("XAI_API_KEY",)),
    ("cerebras", "https://api.cerebras.ai/v1/chat/completions", ("CEREBRAS_API_KEY",)),
    ("perplexity", "https://api.perplexity.ai/chat/completions", ("PERPLEXITY_API_KEY", "PPLX_API_KEY")),
    (
        "nvidia-nim",
        "https://integrate.api.nvidia.com/v1/chat/completions",
        ("NVIDIA_API_KEY", "NVIDIA_NIM_API_KEY"),
    ),
    ("huggingface", "https://router.huggingface.co/v1/chat/completions", ("HF_TOKEN", "HUGGINGFACE_API_KEY")),
    ("ollama", "http://localhost:11434/v1/chat/completions", ()),
    ("lm-studio", "http://localhost:1234/v1/chat/completions", ()),
    ("anthropic", "https://api.anthropic.com/v1/messages", ("ANTHROPIC_API_KEY",)),
    (
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    ),
    ("jina", "https://api.jina.ai/v1/embeddings", ("JINA_API_KEY",)),
    ("cohere", "https://api.cohere.com/v2/chat", ("COHERE_API_KEY", "CO_API_KEY")),
]


@pytest.mark.parametrize(("name", "url", "keys"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_a_chat_goes_to_the_vendors_address(name: str, url: str, keys: tuple[str, ...]) -> None:
    kind = KINDS[name]
    assert f"{kind.base_url}{next(iter(kind.paths.values()))}" == url
    assert kind.env_keys == keys


def test_no_vendor_is_without_a_row() -> None:
    elsewhere = {
        "azure-ai-foundry",
        "bedrock",
        "vertex-ai",
        "vertex-ai-anthropic",
        "azure-openai",
        "openai-like",
        "vllm",
        "sim",
    }  # the operator, or the gateway, gives the address
    assert {row[0] for row in ADDRESSES} | elsewhere == set(KINDS) | {"sim"}


@pytest.mark.parametrize("name", KINDS)
def test_a_vendor_is_called_as_its_file(name: str) -> None:
    assert KINDS[name].name == name


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.prices])
def test_a_vendors_prices_are_in_the_public_list(name: str) -> None:
    assert KINDS[name].prices in {provider.id for provider in data.providers}


@pytest.mark.parametrize("name", HOSTED)
def test_the_public_list_knows_the_vendors_address(name: str) -> None:
    kind = HOSTED[name]
    patterns = [provider.api_pattern for provider in data.providers if provider.id == kind.prices]
    assert all(re.match(pattern, f"{kind.base_url}/") for pattern in patterns)


def test_azure_puts_the_deployment_in_the_path_and_the_key_in_its_own_header() -> None:
    kind = KINDS["azure-openai"]
    path = kind.paths[Operation.EMBEDDINGS].format(model="small", api_version=kind.api_version)
    assert path == "/openai/deployments/small/embeddings?api-version=2024-10-21"
    assert (kind.auth_header, kind.auth_prefix, kind.base_url) == ("api-key", "", None)


def test_mistral_is_never_asked_for_what_it_refuses() -> None:
    kind = KINDS["mistral"]
    assert kind.stream_usage == "always"
    assert kind.renames == {"max_completion_tokens": "max_tokens", "seed": "random_seed"}
    assert {"logit_bias", "logprobs", "store", "user"} <= kind.drops


@pytest.mark.parametrize("name", KINDS)
def test_nothing_that_bounds_the_cost_is_dropped(name: str) -> None:
    assert not KINDS[name].drops & {"max_tokens", "max_completion_tokens", "n", "messages", "stream"}


@pytest.mark.parametrize(
    ("name", "dropped"),
    [("groq", {"logprobs", "logit_bias", "top_logprobs"})]
    + [("cerebras", {"frequency_penalty", "logit_bias", "presence_penalty"})],
)
def test_a_vendor_is_spared_what_it_answers_with_an_error(name: str, dropped: set[str]) -> None:
    assert KINDS[name].drops == dropped


def test_nobody_names_other_models_to_openrouter_than_the_one_that_is_allowed() -> None:
    assert KINDS["openrouter"].drops == {"models", "route"}


@pytest.mark.parametrize("name", LOCAL)
def test_what_runs_on_ones_own_machine_needs_no_key(name: str) -> None:
    assert not LOCAL[name].key_required


def test_only_ollama_is_looked_for() -> None:
    assert {name: kind.probe for name, kind in KINDS.items() if kind.probe} == {"ollama": "/v1/models"}


@pytest.mark.parametrize(
    ("model", "vendor"),
    [("gpt-4o-mini", "openai"), ("o1", "openai"), ("o3-mini", "openai"), ("text-embedding-3-small", "openai")]
    + [
        ("ft:gpt-4o:acme::1", "openai"),
        ("grok-4", "xai"),
        ("deepseek-chat", "deepseek"),
        ("sonar", "perplexity"),
    ]
    + [("mistral-large-latest", "mistral"), ("codestral-latest", "mistral"), ("groq/llama-3", "groq")],
)
def test_a_well_known_model_goes_to_its_maker(model: str, vendor: str) -> None:
    environ = {kind.env_keys[0]: "a-key" for kind in HOSTED.values()}
    group = default_catalog(KINDS, environ).catalog.resolve(model)
    assert group is not None
    assert [target.vendor for target in group.targets] == [vendor]


def test_no_model_name_belongs_to_two_vendors() -> None:
    claims = [
        (pattern.removesuffix("*"), name) for name, kind in KINDS.items() for pattern in kind.bare_models
    ]
    clashes = [
        (a, b)
        for a, owner in claims
        for b, other in claims
        if owner != other and (a.startswith(b) or b.startswith(a))
    ]
    assert clashes == []


def test_claude_on_google_has_its_model_in_the_path_and_its_version_in_the_body() -> None:
    kind = KINDS["vertex-ai-anthropic"]
    assert "{model}" in kind.paths[Operation.MESSAGES] and "model" in kind.drops
    assert kind.sets == {"anthropic_version": "vertex-2023-10-16"}
