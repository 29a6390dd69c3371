"""What planning may know of a target."""

from routing.health import UNKNOWN, HealthView, nothing_known


def test_a_target_nobody_asked_is_neither_good_nor_bad() -> None:
    view: HealthView = nothing_known
    target = view("any/model")
    assert target is UNKNOWN
    assert not target.open
    assert (target.share, target.success) == (1.0, 1.0)
    assert (target.first_token_ms, target.per_token_ms, target.output_tokens) == (0.0, 0.0, 0.0)
