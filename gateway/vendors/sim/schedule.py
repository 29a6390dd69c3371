"""Decides which requests a fault applies to: the same ones for the same seed."""

from collections.abc import Iterable
from hashlib import blake2b

from gateway.vendors.sim.behaviour import Fault


def draw(seed: int, number: int) -> float:
    """A number in [0, 1) that depends only on the seed and the request's number."""
    digest = blake2b(b"%d/%d" % (seed, number), digest_size=7).digest()
    return int.from_bytes(digest) / (1 << 56)


def strike(faults: Iterable[Fault], model: str, number: int, seed: int, key: str = "") -> Fault | None:
    """The fault for the `number`th request (from 1), sent with that API key, or None.

    Faults with a probability share one draw, so that the probabilities of a list add up and never
    overlap. If several faults are due, the first in the list applies.
    """
    lot: float | None = None
    low = 0.0
    for fault in faults:
        if fault.models is not None and model not in fault.models:
            continue
        if fault.keys is not None and key not in fault.keys:
            continue
        due = (fault.first is None or number <= fault.first) and (
            fault.every is None or number % fault.every == 0
        )
        if fault.probability is not None:
            lot = draw(seed, number) if lot is None else lot
            due = due and low <= lot < low + fault.probability
            low += fault.probability
        if due:
            return fault
    return None
