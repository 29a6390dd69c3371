"""A configuration in which one simulator stands for the vendors of every format."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from config.kinds import Operation
from gateway.vendors.sim.prices import PRICES

# The kind that speaks a format first of all; `{root}` and `{base}` are the simulator without and with /v1.
KINDS: Mapping[Operation, tuple[str, str]] = MappingProxyType(
    {
        Operation.CHAT: ("sim", "{base}"),
        Operation.RESPONSES: ("openai", "{base}"),
        Operation.MESSAGES: ("anthropic", "{root}"),
        Operation.GENERATE_CONTENT: ("gemini", "{root}"),
        Operation.CONVERSE: ("bedrock", "{root}"),
        Operation.COHERE_CHAT: ("cohere", "{root}"),
        Operation.OLLAMA_CHAT: ("ollama", "{root}"),
    }
)


def vendor_lines(base_url: str, deadlines: str) -> Iterable[str]:
    """A vendor for each format, called as the format is."""
    yield "vendors:"
    for operation, (kind, address) in KINDS.items():
        url = address.format(base=base_url, root=base_url.removesuffix("/v1"))
        key = "" if kind == "sim" else ", api_key: none-needed"
        key += ", region: eu-west-1" if kind == "bedrock" else ""
        told = f'kind: {kind}, base_url: "{url}", unsupported: drop, deadlines: {deadlines}{key}'
        yield f"  {operation.value}: {{ {told} }}"


def price_lines() -> Iterable[str]:
    """The simulator's prices, at each of these vendors."""
    yield "prices:"
    for operation in KINDS:
        for name, price in PRICES.items():
            costs = {"input": price.input, "output": price.output, "cached_read": price.cached_input}
            apart = {"cache_write": price.written, "cache_write_1h": price.written_1h}
            costs |= {name: cost for name, cost in apart.items() if cost is not None}
            told = ", ".join(f"{what}: {cost // 10**9}.{cost % 10**9:09d}" for what, cost in costs.items())
            yield f'  "{operation.value}/{name}": {{ {told} }}'
