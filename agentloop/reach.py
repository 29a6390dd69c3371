"""Where a tool may connect to now, and with which headers: never taken from the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agentloop.egress import Egress
from agentloop.records import RunRecord


@dataclass(frozen=True, slots=True)
class Program:
    """A tool server that is a program on this machine. `network`: whether it may reach any."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    network: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """`headers` are those of its server; `url` is for servers whose tools have no URLs of their own."""

    egress: Egress
    headers: Mapping[str, str]
    url: str = field(default="", repr=False)  # a database's holds its password
    program: Program | None = None
    record: RunRecord | None = None  # whose run it is, for tools that reach what is its holder's
