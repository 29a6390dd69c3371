"""What planning knows: about a call (never its text), and about the targets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from math import inf
from typing import NamedTuple

import msgspec

NO_NEEDS: frozenset[str] = frozenset()


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What a strategy may know about a call. Facts that no group of the route needs keep their default."""

    model: str
    draw: float  # uniform in [0, 1), drawn before planning
    input_tokens: int = 0  # estimated from the body's length; 0: not needed
    max_output: int | None = None  # tokens, the caller's bound
    needs: frozenset[str] = NO_NEEDS  # names of capabilities, as config.capabilities has them
    regions: frozenset[str] | None = None  # where it may be processed; None: anywhere
    max_price: int | None = None  # nano-dollars that the call may be expected to cost
    vendors: frozenset[str] | None = None  # the only ones the caller wants; None: any
    caller: str = ""  # the key's id
    affinity: str = ""  # a checksum shared by the calls of one session; "": not needed, or none
    turn: int = 0  # how many calls of the group this process planned before
    score: float | None = None  # from the difficulty router, higher is harder; None: not scored
    rank: float = 1.0  # the share of the team's recent calls that were easier, 0 to 1
    dial: float | None = None  # the share of strong calls that the caller wants; None: as configured
    drained: float = 0.0  # the used share of the caller's most used budget


# A target's name and its tariff for computing, in nano-dollars: per input token, saved per cached input
# token, per output token, per call. A plain tuple, because unpacking a named one takes twice as long.
Bill = tuple[str, float, float, float, float]


class Tariff(NamedTuple):
    """A target's list price, in nano-dollars per million tokens; `call` is per call."""

    input: int
    cached_read: int
    output: int
    call: int = 0

    def bill(self, target: str) -> Bill:
        """The tariff per token, with the target's name."""
        saved = self.input - self.cached_read
        return (target, self.input / 1e6, saved / 1e6, self.output / 1e6, self.call)


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A target with the reason for its place: a text, or a function that formats `of` when it is read.

    Most targets of a plan are hardly ever asked, and their reasons never read, so formatting is deferred.
    """

    target: str
    said: str | Callable[..., str]
    of: tuple[float | int | str, ...] = ()

    @property
    def reason(self) -> str:
        """Why the target has its place in the plan."""
        return self.said if isinstance(self.said, str) else self.said(*self.of)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One target that may serve the model, with everything known at load.

    Values derived from its name or price, which calls need again and again, are computed once.
    """

    name: str
    weight: int = 1
    vendor: str = ""
    region: str | None = None  # where its vendor processes data; None: unknown
    lacks: frozenset[str] = frozenset()  # capabilities it is known not to have
    context: int | None = None  # tokens; None: unknown
    tariff: Tariff | None = None  # None: its price is unknown
    refused: str = ""  # why no call may go there at all, such as a missing price
    slope: float = field(init=False, compare=False)  # see `slope_of`
    root: float = field(init=False, compare=False)  # 1/weight: see `routing.strategies.sticky`
    bill: Bill = field(init=False, compare=False)  # infinite per call without a tariff
    behind: Choice = field(init=False, compare=False)  # its choice if not first, with a generic reason

    def __post_init__(self) -> None:
        object.__setattr__(self, "slope", slope_of(self.name))
        object.__setattr__(self, "root", 1.0 / self.weight)
        object.__setattr__(self, "behind", Choice(self.name, "next in line"))
        unknown = (self.name, 0.0, 0.0, 0.0, inf)
        object.__setattr__(self, "bill", unknown if self.tariff is None else self.tariff.bill(self.name))


def slope_of(name: str) -> float:
    """A hash of the name, between 2**20 and 2**20 + 2**24; the same in every process.

    Multiplied by a number between 1 and 2, its fractional part is independent of that of another name.
    """
    share = int.from_bytes(blake2b(name.encode(), digest_size=6).digest()) / 2**48
    return 2.0**20 + 2.0**24 * share
