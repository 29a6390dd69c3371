"""Where a tool may connect to, and with what: of now, never of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass

from agentloop.egress import Egress


@dataclass(frozen=True, slots=True)
class Reach:
    """`headers` are what its server wants."""

    egress: Egress
    headers: Mapping[str, str]
