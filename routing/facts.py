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
    draw: float  # uniform in [0, 1), drawn by the caller
    input_tokens: int = 0  # estimated from the body's length; 0: not asked for
    max_output: int | None = None  # tokens, as the caller bounded them
    needs: frozenset[str] = NO_NEEDS  # names of capabilities, as config.capabilities has them
    regions: frozenset[str] | None = None  # where it may be processed; None: anywhere
    max_price: int | None = None  # nano-dollars that the call may be expected to cost
    vendors: frozenset[str] | None = None  # the only ones the caller wants; None: any
    caller: str = ""  # the key's id
    affinity: str = ""  # what calls of one session have in common; "": not asked for, or nothing
    turn: int = 0  # how many calls of the group came before, in this process
    score: float | None = None  # of the difficulty router: the higher, the harder; None: not scored
    rank: float = 1.0  # the share of the team's late calls that were easier, 0 to 1
    dial: float | None = None  # the share of strong calls that the caller wants; None: the file's
    drained: float = 0.0  # the share that is used of that budget of the caller's which is used most


# A target's name and its tariff as it is reckoned with, in nano-dollars: for a token of input, what of that
# is saved where the vendor read it from its cache, for a token of output, for the call. A plain tuple: those
# with names are taken apart at twice the cost.
Bill = tuple[str, float, float, float, float]


class Tariff(NamedTuple):
    """A target's list price, in nano-dollars per million tokens; `call` is for each call."""

    input: int
    cached_read: int
    output: int
    call: int = 0

    def bill(self, target: str) -> Bill:
        """The same per token."""
        saved = self.input - self.cached_read
        return (target, self.input / 1e6, saved / 1e6, self.output / 1e6, self.call)


class Choice(msgspec.Struct, frozen=True, gc=False):
    """A target with the reason for its place: a text, or what makes one of `of` once somebody reads it.

    Of eight targets that a plan names seven are hardly ever asked, and nobody reads why they are there.
    """

    target: str
    said: str | Callable[..., str]
    of: tuple[float | int | str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it is where it is."""
        return self.said if isinstance(self.said, str) else self.said(*self.of)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One target that may serve the model, with what is known of it at load.

    What calls would reckon again and again from a name or a price is reckoned once.
    """

    name: str
    weight: int = 1
    vendor: str = ""
    region: str | None = None  # where its vendor processes data; None: not said
    lacks: frozenset[str] = frozenset()  # capabilities it is known not to have
    context: int | None = None  # tokens; None: unknown
    tariff: Tariff | None = None  # None: nobody knows its price
    refused: str = ""  # why no call may go there at all, such as a price that is missing
    slope: float = field(init=False, compare=False)  # by its name: see `slope_of`
    root: float = field(init=False, compare=False)  # a point to this power comes first as its weight says
    bill: Bill = field(init=False, compare=False)  # without a tariff: each call costs endlessly much
    behind: Choice = field(init=False, compare=False)  # after another one, for no reason of its own

    def __post_init__(self) -> None:
        object.__setattr__(self, "slope", slope_of(self.name))
        object.__setattr__(self, "root", 1.0 / self.weight)
        object.__setattr__(self, "behind", Choice(self.name, "next in line"))
        unknown = (self.name, 0.0, 0.0, 0.0, inf)
        object.__setattr__(self, "bill", unknown if self.tariff is None else self.tariff.bill(self.name))


def slope_of(name: str) -> float:
    """A number between 2 to the power of 20 and that of 24, and no two names' alike; the same everywhere.

    Taken times a number between 1 and 2, what is behind the point tells nothing of that of another name.
    """
    share = int.from_bytes(blake2b(name.encode(), digest_size=6).digest()) / 2**48
    return 2.0**20 + 2.0**24 * share
