"""The sockets that a gateway listens on, and the error if they cannot be opened."""

import contextlib
import resource
import socket
import sys

# Linux balances connections between the sockets of one port; elsewhere the last socket gets all of them.
SPREADS = sys.platform == "linux"


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one.

    Raises `OSError`, with a text for the operator, if the address cannot be bound.
    """
    try:
        return _bound(_family(host), (host, port))
    except OSError as error:
        raise OSError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Choose another with --port (0 takes a free one) or --host."
        ) from error


def reserve(host: str, port: int) -> socket.socket:
    """A socket that reserves the address for the workers and accepts nothing. Raises as `listen` does."""
    first = listen(host, port)
    if not SPREADS:
        return first
    # Only a socket without SO_REUSEPORT detects that another process already listens here.
    address = first.getsockname()
    first.close()
    return _bound(first.family, address, shared=True)


def beside(reserved: socket.socket) -> socket.socket:
    """A worker's own socket at a reserved address, or the reserved one if the kernel does not balance."""
    if not SPREADS:
        return reserved.dup()
    return _bound(reserved.family, reserved.getsockname(), shared=True)


def url(listener: socket.socket) -> str:
    """The URL that reaches the socket from this machine, without a path."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def allow_many_sockets() -> int:
    """Raises this process's limit of open files as far as allowed; returns the limit, negative for unlimited.

    Most systems start with 1024, and each call may take two.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # the hard limit may exceed what the kernel allows
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        return most
    return allowed


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bound(
    family: int, address: tuple[str, int] | tuple[str, int, int, int], *, shared: bool = False
) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
