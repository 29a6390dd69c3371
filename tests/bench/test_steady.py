"""What a function costs is told beside a loop, whatever the machine is doing."""

from bench.steady import costs, each, floor, reference


def test_what_does_more_costs_more() -> None:
    found = costs({"one": reference, "three": lambda: [reference() for _ in range(3)]}, calls=20)
    assert 0.5 < found["one"].ratio < 2.0
    assert found["three"].best > 1.5 * found["one"].best
    assert found["one"].best <= found["one"].usual


def test_single_calls_are_in_rising_order() -> None:
    taken = each(lambda steps: sum(range(steps)), [50_000, 5, 500])
    assert taken == sorted(taken) and len(taken) == 3
    assert floor() > 0
