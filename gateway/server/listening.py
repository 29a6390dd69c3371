"""The sockets that a gateway listens on, and the error if they cannot be opened."""

import contextlib
import resource
import socket
import sys

# On Linux the kernel spreads connections evenly over sockets of one port; elsewhere all go to the last one.
SPREADS = sys.platform == "linux"


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; port 0 takes a free one.

    Raises `OSError` with a text for the operator when the address cannot be had.
    """
    try:
        return _bound(_family(host), (host, port))
    except OSError as error:
        raise OSError(
            f"Cannot listen on {host} port {port}: {error.strerror or error}. "
            "Choose another with --port (0 takes a free one) or --host."
        ) from error


def reserve(host: str, port: int) -> socket.socket:
    """A socket that keeps the address for the workers and takes no connection itself. Raises as `listen`."""
    first = listen(host, port)
    if not SPREADS:
        return first
    # Only a socket that shares nothing finds out that somebody else listens here already.
    address = first.getsockname()
    first.close()
    return _bound(first.family, address, shared=True)


def beside(reserved: socket.socket) -> socket.socket:
    """A worker's own socket at a reserved address; where the kernel spreads nothing, the reserved one."""
    if not SPREADS:
        return reserved.dup()
    return _bound(reserved.family, reserved.getsockname(), shared=True)


def url(listener: socket.socket) -> str:
    """How to reach it from this machine, without a path."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def allow_many_sockets() -> int:
    """Raise our limit of open files as far as we may; tells what it then is, below 0 for none.

    Most systems begin with 1024, of which each call may take two.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # where no bound of ours is more than the kernel gives
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
