"""How long an answer stays fresh, and whether a call accepts a stored one of its age."""

from caching.flight import Flight
from caching.kept import Kept
from gateway.caching.sought import Sought


def is_fresh(kept: Kept, sought: Sought) -> bool:
    """Whether it may be served as a hit."""
    now = sought.cleared.call.at_ms / 1000
    oldest = sought.policy.exact
    if sought.controls.max_age is not None:
        oldest = min(oldest, sought.controls.max_age)
    return now < kept.fresh_until and now - kept.at <= oldest


def may_be_renewed(kept: Kept, sought: Sought) -> bool:
    """Whether it may be served stale while it is renewed (stale-while-revalidate)."""
    policy, now = sought.policy, sought.cleared.call.at_ms / 1000
    asked = sought.controls.max_age is None
    return asked and 0 <= now - kept.fresh_until < policy.stale_while_revalidate


def may_stand_in(kept: Kept, sought: Sought) -> bool:
    """Whether it may replace a vendor's failure (stale-if-error), and is within the caller's max-age."""
    controls, now = sought.controls, sought.cleared.call.at_ms / 1000
    if controls.no_cache or (controls.max_age is not None and now - kept.at > controls.max_age):
        return False
    return now - kept.fresh_until < sought.policy.stale_if_error


def kept_of(sought: Sought, flight: Flight, now: float) -> Kept | None:
    """The entry to store at this Unix time; None if the answer was not begun, has no row, or is too long."""
    call, policy, who = sought.cleared.call, sought.policy, sought.cleared.principal
    row, form, pieces = call.served, sought.form, flight.pieces
    if row is None or not flight.begun or flight.size > flight.bound:
        return None
    fresh_until = now + policy.exact
    return Kept(
        form.operation,
        form.stream,
        form.include_usage,
        pieces[0] if len(pieces) == 1 else b"".join(pieces),
        flight.lines,
        row.vendor,
        row.model_served,
        None if row.estimated else row.usage,
        row.cost,
        call.asked.max_output,
        call.asked.choices,
        now,
        fresh_until,
        fresh_until + max(policy.stale_while_revalidate, policy.stale_if_error),
        who.organisation,
        who.team,
        call.asked.model,
        sought.controls.tags,
    )
