"""One limit: how much of one thing an account may use in one window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec

Per = Literal["minute", "hour", "day", "week", "month", "total", "once"]
Level = Literal["organisation", "team", "user", "key", "tag"]
When = Literal["start", "end", "while"]
StoreRule = Literal["allow", "deny", "local-share"]

SPEND = "spend"
BATCH = ("priority", "batch")  # the tag of a key or team whose calls yield to others


class Amounts(msgspec.Struct, frozen=True, gc=False):
    """What a call may use or has used: input and output tokens, nano-dollars."""

    input: int
    output: int
    cost: int


NOTHING = Amounts(0, 0, 0)


@dataclass(frozen=True, slots=True)
class LimitKind:
    """One thing that can be limited; each is a file in `config/limits`, with the name used in the YAML.

    `start`: counted when a call is admitted. `end`: reserved on admission, settled with the actual amount.
    `while`: held as long as the call is open, then released.
    """

    when: When
    of: Callable[[Amounts], int]
    unit: str  # in messages, in the plural
    family: Literal["requests", "tokens", ""] = ""  # of OpenAI's `x-ratelimit-*` headers; "": none


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` of `kind` in each window; nano-dollars for spend.

    Minutes and hours slide: no window of that length ever holds more. Days, weeks and months are calendar
    periods in `zone`; `total` never resets; `once` limits what is open at the same time.
    """

    kind: str
    amount: int
    per: Per
    models: tuple[str, ...] | None = None  # names and `prefix*` of callers' models; None: all
    hard: bool = False  # never exceeded; others may be, by calls in flight
    alert_at: tuple[int, ...] = ()  # percent, ascending
    zone: str = "UTC"
    kept: int = 0  # percent that calls of priority `batch` must leave to others
    on_store_failure: StoreRule = "local-share"

    @property
    def text(self) -> str:
        """The limit in the command line's notation."""
        if self.kind == SPEND:
            return f"{decimal(self.amount)}USD/{self.per}"
        return f"{self.kind}={self.amount}" + ("" if self.per == "once" else f"/{self.per}")


def decimal(nano: int) -> str:
    """Nano-dollars as exact dollars."""
    whole, part = divmod(nano, 1_000_000_000)
    return f"{whole}.{part:09d}".rstrip("0").rstrip(".")
