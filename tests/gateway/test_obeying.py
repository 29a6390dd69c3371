"""A process hears that a person was erased."""

from gateway.obeying import ORDER, obeying


def test_a_spool_is_turned_when_somebody_was_erased_and_for_no_other_change() -> None:
    turned: list[bool] = []
    hear = obeying(lambda: turned.append(True))
    hear(("keys", "answers:all"))
    assert turned == []
    hear(("keys", f"{ORDER}user-1"))
    assert turned == [True]
