"""Vendors of every kind, each of them the one simulator in that kind's own wire format."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Kind(NamedTuple):
    """What a vendor is in the configuration, beside its address, with where it is asked to answer whole."""

    settings: str
    path: str


_CHAT = "/v1/chat/completions"
# By the name in the configuration; any model of it is `NAME/model`.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "chat": Kind("kind: openai-like", _CHAT),
        "openai": Kind("kind: openai, api_key: vendors-own", _CHAT),
        "anthropic": Kind("kind: anthropic, api_key: vendors-own", "/v1/messages"),
        "gemini": Kind("kind: gemini, api_key: vendors-own", "/v1beta/models/small:generateContent"),
        "bedrock": Kind("kind: bedrock, api_key: vendors-own, region: us-east-1", "/model/small/converse"),
        "cohere": Kind("kind: cohere, api_key: vendors-own", "/v2/chat"),
        "ollama": Kind("kind: ollama", _CHAT),
    }
)
# A vendor that speaks more formats than one is asked in the caller's own, where it speaks that.
_OWN: Mapping[tuple[str, str], str] = MappingProxyType(
    {("openai responses", "openai"): "/v1/responses", ("ollama", "ollama"): "/api/chat"}
)
_VERSIONED = frozenset({"chat", "openai"})  # their base URL ends in /v1


def path_of(speaker: str, vendor: str) -> str:
    """Where the vendor is asked for a whole answer of its model `small` when this SDK calls."""
    return _OWN.get((speaker, vendor)) or KINDS[vendor].path


def configuration(base_url: str) -> str:
    """One in which each of them is the simulator at this base URL; nothing of a request may be dropped."""
    vendors, models = ["vendors:"], ["models:"]
    for name, kind in KINDS.items():
        address = base_url if name in _VERSIONED else base_url.removesuffix("/v1")
        vendors.append(f'  {name}: {{ {kind.settings}, base_url: "{address}", unsupported: error }}')
        models.append(f'  "{name}/*": {{ passthrough: {name} }}')
    return "\n".join([*vendors, *models, "log: { format: json }"])
