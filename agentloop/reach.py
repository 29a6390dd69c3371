"""Where a tool may connect to now, and with which headers: never taken from the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agentloop.egress import Egress
from agentloop.records import RunRecord


@dataclass(frozen=True, slots=True)
class Program:
    """A tool server that is a program on this machine. `network`: whether it has network access."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    network: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What a tool may reach, with its server's `headers`; `url` is for kinds whose tools have none."""

    egress: Egress
    headers: Mapping[str, str]
    url: str = field(default="", repr=False)  # a database URL contains its password
    program: Program | None = None
    record: RunRecord | None = None  # of the run, for tools that access its holder's data
