"""What every process does after a person was erased, wherever the erasure was requested."""

from collections.abc import Callable

ORDER = "erase:"  # broadcast to every process; each then starts a new segment of its spool


def obeying(turn: Callable[[], None]) -> Callable[[tuple[str, ...]], None]:
    """A listener for the key ring, which calls `turn` when a person was erased."""

    def hear(orders: tuple[str, ...]) -> None:
        if any(each.startswith(ORDER) for each in orders):
            turn()

    return hear
