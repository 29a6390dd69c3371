"""What is the same for every deployment of one vendor, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Operation(StrEnum):
    """What a call asks for; each has one path at a vendor."""

    CHAT = "chat"
    COMPLETIONS = "completions"
    EMBEDDINGS = "embeddings"


OPENAI_PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.CHAT: "/chat/completions",
        Operation.COMPLETIONS: "/completions",
        Operation.EMBEDDINGS: "/embeddings",
    }
)


@dataclass(frozen=True, slots=True)
class VendorKind:
    """One vendor as data. The name of the file that declares it is its `kind` in the YAML.

    `paths` are appended to the base URL; `{model}` and `{api_version}` are filled per target.
    A field in `renames` means the same under another name: dropping `max_completion_tokens` would lift a cap.
    `stream_usage` says how a stream reports usage: when asked by `stream_options.include_usage`
    ("option"), or always, refusing or ignoring the option ("always").
    """

    name: str
    title: str
    base_url: str | None = None  # None: the operator must give one
    env_keys: tuple[str, ...] = ()  # environment variables that hold a key; the first one set wins
    key_required: bool = True
    auth_header: str = "authorization"
    auth_prefix: str = "Bearer "
    dialect: str = "openai_chat"
    paths: Mapping[Operation, str] = field(default_factory=lambda: OPENAI_PATHS)
    stream_usage: Literal["option", "always"] = "option"
    drops: frozenset[str] = frozenset()  # top-level request fields the vendor answers with an error
    renames: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # field: the vendor's name for it
    prices: str | None = None  # provider id in genai-prices; None: no public price list
    free: bool = False  # runs on the operator's own machine: priced zero unless the YAML says otherwise
    bare_models: tuple[
        str, ...
    ] = ()  # patterns of model names that need no "vendor/" prefix without configuration
    api_version: str | None = None
    probe: str | None = None  # path asked once, after start, to see whether a local server answers
