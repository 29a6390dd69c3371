"""One limit: what an account may use of one thing in one window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

Per = Literal["minute", "hour", "day", "week", "month", "total", "once"]
Level = Literal["organisation", "team", "user", "key", "tag"]
When = Literal["start", "end", "while"]
StoreRule = Literal["allow", "deny", "local-share"]

SPEND = "spend"
BATCH = ("priority", "batch")  # the tag of a key or team whose calls step back for others


class Amounts(msgspec.Struct, frozen=True, gc=False):
    """What a call may use, or did: tokens in and out, nano-dollars."""

    input: int
    output: int
    cost: int


NOTHING = Amounts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class LimitKind:
    """One thing that is counted; each is one file in `config/limits`, whose name is the YAML's.

    `start`: counted when a call is admitted. `end`: held from then on, and counted as what it came to.
    `while`: held as long as the call is open, and then forgotten.
    """

    when: When
    of: Callable[[Amounts], int]
    unit: str  # as messages name it, in the plural
    family: Literal["requests", "tokens", ""] = ""  # of OpenAI's `x-ratelimit-*` headers; "": in none


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` of `kind`, in nano-dollars for spend, in each window.

    Minutes and hours slide, so that no window of that width ever holds more. Days, weeks and months are
    those of the calendar in `zone`; a total never begins again. What is open at the same time is `once`.
    """

    kind: str
    amount: int
    per: Per
    models: tuple[str, ...] | None = None  # names and `prefix*` of callers' models; None: all
    hard: bool = False  # never exceeded, instead of by what is under way
    alert_at: tuple[int, ...] = ()  # percent, rising
    zone: str = "UTC"
    kept: int = 0  # percent that calls of priority `batch` leave to others
    on_store_failure: StoreRule = "local-share"

    @property
    def text(self) -> str:
        """As the command line writes it."""
        if self.kind == SPEND:
            return f"{decimal(self.amount)}USD/{self.per}"
        return f"{self.kind}={self.amount}" + ("" if self.per == "once" else f"/{self.per}")


def decimal(nano: int) -> str:
    """Nano-dollars as dollars, exactly."""
    whole, part = divmod(nano, 1_000_000_000)
    return f"{whole}.{part:09d}".rstrip("0").rstrip(".")
