"""What every process does after a person was erased, wherever the erasure was requested."""

from collections.abc import Callable

ORDER = "erase:"  # how every process is told; each then begins a new segment of its spool


def obeying(turn: Callable[[], None]) -> Callable[[tuple[str, ...]], None]:
    """For a key ring's listeners: `turn` is called when somebody was erased."""

    def hear(orders: tuple[str, ...]) -> None:
        if any(each.startswith(ORDER) for each in orders):
            turn()

    return hear
