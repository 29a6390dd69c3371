"""Who listens where: one socket alone, or several that share an address."""

import socket

import pytest

from gateway.server.listening import SPREADS, beside, listen, reserve, url


def test_a_free_port_is_taken_and_told() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert not listener.getblocking()


def test_a_port_that_somebody_listens_on_is_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        for attempt in (listen, reserve):
            with pytest.raises(OSError, match=f"Cannot listen on 127.0.0.1 port {port}.*--port"):
                attempt("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(OSError, match=r"Cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")])
def test_an_address_for_everybody_is_told_as_one_that_can_be_called(host: str, shown: str) -> None:
    with listen(host, 0) as listener:
        assert url(listener).startswith(f"http://{shown}:")


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_an_ipv6_address_is_told_in_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with listener:
        assert url(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_workers_share_the_reserved_address_and_it_takes_no_call_itself() -> None:
    with reserve("127.0.0.1", 0) as reserved, beside(reserved) as one, beside(reserved) as other:
        assert one.getsockname() == other.getsockname() == reserved.getsockname()
        if not SPREADS:
            return
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(reserved.getsockname())
        one.listen()
        one.setblocking(True)
        with socket.create_connection(reserved.getsockname()), one.accept()[0]:
            pass


@pytest.mark.skipif(not SPREADS, reason="the kernel spreads nothing here")
def test_a_worker_that_is_gone_leaves_no_connection_waiting() -> None:
    with reserve("127.0.0.1", 0) as reserved, beside(reserved) as alive:
        dead = beside(reserved)
        for each in (alive, dead):
            each.listen()
        dead.close()
        alive.setblocking(True)
        for _ in range(20):
            with socket.create_connection(reserved.getsockname()), alive.accept()[0]:
                pass
