"""The ledger row: what is recorded about one upstream attempt."""

from typing import NewType

import msgspec

from dialects.usage import Usage

NanoDollars = NewType("NanoDollars", int)


def first_id_at(at_ms: int) -> str:
    """A prefix that sorts before the ids of all requests that arrived at this time or later."""
    return f"req_{at_ms:011x}"


class Begun(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="b"):
    """The start of an attempt, spooled before its first byte goes upstream.

    After a crash, a `Begun` without its `UsageRow` becomes an estimated row with status "lost", so that its
    possible cost is known.
    """

    attempt_id: str  # f"{request_id}.{n}", n from 1
    at_ms: int  # Unix time
    key_id: str
    user: str
    team: str
    organisation: str
    endpoint: str  # an Operation's value
    model_asked: str
    vendor: str
    model_served: str
    price_version: str
    input_estimate: int  # tokens, from the body's length
    tags: str = ""  # JSON object, or empty
    most: int = 0  # nano-dollars reserved for it in hard budgets; 0: none
    units: int = 0  # requested, of what is not counted in tokens
    unit: str = ""


class UsageRow(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="u"):
    """One upstream attempt, or (attempt number 0) one request rejected before any. Never updated."""

    attempt_id: str
    at_ms: int  # Unix time at which the request arrived
    key_id: str
    user: str
    team: str
    organisation: str
    endpoint: str
    model_asked: str
    vendor: str  # the configured name; "" for a refusal
    model_served: str  # as sent to the vendor
    status: str  # ok | error | cancelled | cut | timeout | refused | lost | blocked (by a guard)
    http_status: int  # the vendor's, or ours for a refusal; 0: none
    error_code: str
    usage: Usage
    cost: NanoDollars
    price_version: str
    priced: bool  # False: the price was unknown, the cost is zero or assumed
    estimated: bool  # True: the vendor reported no usage, the tokens were counted here
    stream: bool
    queue_ms: float  # arrival to the first byte sent upstream
    first_ms: float  # arrival to the first content; 0: none
    total_ms: float
    vendor_request_id: str = ""
    cache: str = ""  # "": not looked up; hit, shared, stale, semantic: answered without a vendor; miss
    guard: str = ""
    trail: str = ""  # JSON list of [stage, verdict, reason, numbers]
    tags: str = ""
    # At the end and with defaults, so that lines spooled by earlier versions can be read.
    units: int = 0  # of what is not counted in tokens
    unit: str = ""  # image, character, second, search, call; "": none
    saved: NanoDollars = NanoDollars(0)  # for a cache hit: the cost of the vendor's answer
    unsure: NanoDollars = NanoDollars(0)  # what the vendor may bill beyond the cost; hard budgets count it
