"""A free port stays free until its server listens."""

import socket

from bench.ports import EPHEMERAL, free_port


def test_a_free_port_can_be_listened_on_and_is_none_that_the_system_gives_away() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert port < EPHEMERAL
        assert free_port() != port
    assert free_port(most=20_000) < 20_000
