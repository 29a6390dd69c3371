"""The kinds of guards that a file may name."""

from config.guard_names import DISTANT_KINDS, GUARD_KINDS, MODEL_KINDS, READY_KINDS, SERVICE_KINDS


def test_every_kind_is_allowed_once() -> None:
    assert {*READY_KINDS, *DISTANT_KINDS, *SERVICE_KINDS, *MODEL_KINDS} <= set(GUARD_KINDS)
    assert list(GUARD_KINDS) == sorted(set(GUARD_KINDS))
