"""A port that refuses: bound for as long as the block lasts, so that no other test's server can take it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def refusing() -> Iterator[int]:
    """A port of 127.0.0.1 on which nobody listens. One that was let go may be anybody's a moment later."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
